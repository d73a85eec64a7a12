"""Takes the pictures of the page for the documents: a conversation with an interruption in it.

`python Tests/Browser/take_pictures.py http://127.0.0.1:8000 docs/images` makes console.png, console-dark.png and
console-phone.png with the server that runs at that address.
"""

import pathlib
import sys
import tempfile

from conftest import launch
from microphone import two_questions
from playwright.sync_api import sync_playwright
from waiting import wait_until

SETTINGS = {
    "console": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "console-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "console-phone": {"viewport": {"width": 390, "height": 800}, "color_scheme": "light", "device_scale_factor": 2},
}


def take(playwright, address, microphone, path, settings):
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )
    page = browser.new_context(**settings).new_page()
    page.goto(address)
    wait_until(page, "window.parley && document.querySelector('.graph-node, .flow-row')")
    page.click("#start")
    wait_until(page, "parley.flushes.length > 0", 60)
    # The second answer, some words into its second speaker.
    wait_until(page, "Object.values(parley.playedSecondsByAgent).filter((seconds) => seconds > 2).length >= 2", 120)
    wait_until(page, "parley.phase === 'speaking'")
    page.screenshot(path=path)
    browser.close()


def main():
    address, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        microphone = two_questions(pathlib.Path(temporary) / "two.wav", between_seconds=6.0)
        for name, settings in SETTINGS.items():
            take(playwright, address, microphone, folder / f"{name}.png", settings)
            print(folder / f"{name}.png")


if __name__ == "__main__":
    main()
