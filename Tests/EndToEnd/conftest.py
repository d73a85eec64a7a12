import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The caller and the speech of the benchmarks.
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "Benchmarks")]
