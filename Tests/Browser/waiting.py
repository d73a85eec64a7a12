"""Waiting for what a page says of itself."""

import time


def wait_until(page, expression, seconds=15):
    """Polls until the JavaScript `expression` is truthy in `page`, and returns it; says the state when it never is.

    Playwright's own wait_for_function evaluates strings inside the page, which its content security policy forbids.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = page.evaluate(expression)
        if value:
            return value
        if time.monotonic() > deadline:
            state = "window.parley && [parley.phase, parley.state, parley.transcript, parley.notices, parley.eventCounts]"
            raise AssertionError(f"waited {seconds} s in vain for: {expression}\nthe page: {page.evaluate(state)}")
        page.wait_for_timeout(30)
