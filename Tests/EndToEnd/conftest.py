import asyncio
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# The caller and the speech of the benchmarks.
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "Benchmarks")]


@pytest.fixture(scope="session")
def seen(tmp_path_factory):
    """(engine, alone) → its lane, on which everything has gone wrong."""
    import lanes

    made = {chain: lanes.Lane(*chain, tmp_path_factory.mktemp("lane")) for chain in lanes.CHAINS}
    asyncio.run(lanes.run(made.values()))
    for lane in made.values():
        print(f"{lane}: {lane.took:.0f} s")
    return made
