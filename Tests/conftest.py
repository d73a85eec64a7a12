"""What concerns all Python tests."""


def pytest_collection_modifyitems(items):
    """The browser's tests come last: Playwright leaves an event loop running, in which others cannot start theirs."""
    items.sort(key=lambda item: "Browser" in item.path.parts)
