#!/usr/bin/env bash
# Puts the Silero network's weights where the build embeds them from. Safe to run again: it stops when they are there.
set -euo pipefail

version=6.2.3
sha256=7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49
member=silero_vad/data/silero_vad_16k_op15.onnx

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$root/Sources/SileroKernel/weights
target=$folder/silero_vad_16k_op15.onnx

matches() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$sha256" ]; }
fail() { echo "fetch-silero: $1" >&2; exit 1; }

if matches "$target"; then exit 0; fi
command -v python3 >/dev/null || fail "python3 is missing (Debian: apt install python3 python3-pip)."

mkdir -p "$folder"
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo "fetching the Silero weights (PyPI silero-vad $version)"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --dest "$work" "silero-vad==$version" \
    || fail "pip could not download silero-vad $version from PyPI; is the network there, and is python3-pip installed?"
wheel=$(find "$work" -name '*.whl' | head -n 1)
[ -n "$wheel" ] || fail "pip downloaded no wheel of silero-vad $version."

python3 - "$wheel" "$member" "$work/model.onnx" <<'PYTHON' || fail "the wheel holds no $member."
import sys, zipfile
wheel, member, to = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(to, "wb") as file:
    try:
        file.write(archive.read(member))
    except KeyError:
        sys.exit(1)
PYTHON
matches "$work/model.onnx" \
    || fail "SHA-256 of $member is $(sha256sum "$work/model.onnx" | cut -d' ' -f1), expected $sha256; nothing was changed."
mv -f "$work/model.onnx" "$target"
