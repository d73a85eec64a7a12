"""A browser whose microphone is a file, and the servers it talks to."""

import os
import pathlib
import shutil
import sys

import pytest
from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from servers import BINARY, MISSING, running, serving  # noqa: E402


@pytest.fixture(scope="session")
def stand_in():
    with serving([sys.executable, str(HERE / "stand_in_bridge.py"), "--port", "0"]) as address:
        yield address


@pytest.fixture(scope="session")
def binary():
    """The real program is there; `running` fails where it is not."""
    # A missing server may not pass for a tested one, unless it was said that only the page is to be tested.
    if not BINARY.exists() and os.environ.get("PARLEY_PAGE_ONLY"):
        pytest.skip(MISSING)


@pytest.fixture(scope="session")
def parley(binary):
    """The real server, with the repository's own projects."""
    with running(["serve", "--port", "0", "--projects", "projects"]) as address:
        yield address


@pytest.fixture(scope="module")
def parley_with_doubles(binary):
    """The real server, with stand-ins for all hosted providers."""
    with running(["serve", "--doubles", "--strict-providers", "--port", "0", "--projects", "projects"]) as address:
        yield address


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as driver:
        yield driver


def launch(playwright, *arguments):
    """The distribution's Chromium: Playwright's own download is never used."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=executable, args=[*sandbox, *arguments])


@pytest.fixture(scope="session")
def plain_browser(playwright):
    """A browser on a machine without a microphone."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def browse(playwright, plain_browser):
    """`browse(address, microphone=WAV or None, **context options)` opens a page; script errors fail the test."""
    opened = []
    problems = []

    def open_page(address, microphone=None, **options):
        browser = plain_browser
        if microphone:
            # Chromium reads the file once a process, so each microphone is a browser of its own.
            browser = launch(
                playwright,
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}%noloop",
            )
            opened.append(browser)
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        opened.insert(0, context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: "Content Security Policy" in line.text and problems.append(line.text))
        page.goto(address)
        return page

    yield open_page
    for one in opened:
        one.close()
    assert problems == []
