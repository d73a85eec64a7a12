"""People's voices in a browser, offline: what a person says into the microphone stands on the page, and is answered.

The recordings are of Debian's package `pocketsphinx-testdata`: a volunteer of LibriVox reads a novel. The engines are the local
ones, the project is the first that a newcomer talks to.
"""

import os
import pathlib
import re

import pytest
from speech import samples_of, silence, write_wave
from waiting import wait_until

RATE = 48_000
FOLDER = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
SENTENCES = {
    "0870": "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them",
    "0890": "unless to be rather cold hearted and rather selfish is to be ill disposed",
}
# Of the words that were said, this share may be wrong, missing or too many.
TOLERANCE = 0.2


@pytest.fixture(scope="module")
def moonshine():
    """The engine's files are there; they come from a network, which not every machine has."""
    data = pathlib.Path(os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local" / "share"))
    models = pathlib.Path(os.environ.get("PARLEY_MODELS", data / "parley" / "models"))
    for part in ("moonshine-tiny-en", "onnxruntime"):
        if not (models / part).is_dir():
            pytest.skip(f"{models / part} is missing: the files of Local/Moonshine come with `parley models fetch`")


def plain_words(text):
    """What is compared: small letters without punctuation."""
    return re.sub(r"[^a-z' ]", " ", text.lower().replace("’", "'").replace("mr.", "mister")).split()


def wrong_words(said, heard):
    """How many words must be put in, taken out or changed to make one of the other."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said):
        corner, row[0] = row[0], i + 1
        for j, other in enumerate(heard):
            corner, row[j + 1] = row[j + 1], min(corner + (word != other), row[j] + 1, row[j + 1] + 1)
    return row[-1]


def test_wrong_words_are_counted():
    counts = [wrong_words(a.split(), b.split()) for a, b in [("a b c", "a c"), ("a b", "b"), ("", "a"), ("a b", "b a")]]
    assert counts == [1, 1, 1, 2]


@pytest.mark.parametrize("name", SENTENCES)
def test_the_words_of_a_person_stand_on_the_page(browse, parley, moonshine, tmp_path, name):
    speech = samples_of(FOLDER / f"sense_and_sensibility_01_austen_64kb-{name}.wav", RATE)
    # The silence behind it ends the turn.
    write_wave(tmp_path / "person.wav", silence(1.5, RATE) + speech + silence(90, RATE), RATE)
    page = browse(parley, microphone=tmp_path / "person.wav")
    wait_until(page, "window.parley && document.querySelector('.graph-node')")
    page.select_option("#project", "hello")
    wait_until(page, "document.querySelector('[data-id$=\"/Planner\"]')")
    page.click("#start")
    wait_until(page, "parley.speaker !== null", 60)
    rows = page.locator(".entry[data-kind=caller][data-status=final] .entry-text").all_inner_texts()
    said, heard = plain_words(SENTENCES[name]), plain_words(" ".join(rows))
    wrong = wrong_words(said, heard)
    print(f"{wrong} of {len(said)} words are wrong: {' '.join(rows)}")
    assert wrong <= TOLERANCE * len(said)
    # Nobody stood in for the engine.
    page.click("#stop")
    providers = "parley.log.filter((entry) => entry.type === 'turn.usage').flatMap((entry) => entry.message.providers)"
    heard_by = f"{providers}.filter((one) => one.kind === 'recognition').map((one) => one.provider)"
    assert wait_until(page, f"({heard_by}).length > 0 && {heard_by}")[0] == "Local/Moonshine"
