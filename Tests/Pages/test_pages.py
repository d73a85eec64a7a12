"""The documents: links lead somewhere, and complete projects in tutorial and how-tos can be used."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import BINARY, MISSING, ROOT  # noqa: E402

PAGES = sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md"))
LESSONS = [ROOT / "docs/tutorial.md", *sorted(ROOT.glob("docs/how-to/*.md"))]


def name(page):
    return str(page.relative_to(ROOT))


def without_code(text):
    return re.sub(r"```.*?```", "", text, flags=re.S)


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", without_code(page.read_text()), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text()))
    broken = []
    for link in links:
        path, _, anchor = link.partition("#")
        if link.startswith(("http:", "https:")) or "NNNN" in link:
            continue
        target = Path(os.path.normpath(page.parent / path)) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", LESSONS, ids=name)
def test_every_complete_project_can_be_used(page):
    if not BINARY.exists():
        pytest.fail(MISSING)
    blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(), flags=re.S | re.M)
    for project in (block for block in blocks if "orchestrator:" in block):
        command = [str(BINARY), "validate", "--strict", "-"]
        outcome = subprocess.run(command, input=project, capture_output=True, text=True, timeout=60)
        assert outcome.returncode == 0, outcome.stdout


def test_every_page_is_on_the_map():
    index = ROOT / "docs/index.md"
    linked = {os.path.normpath(index.parent / link) for link in re.findall(r"\]\(([^)#\s]+)\)", index.read_text())}
    pages = {str(page) for page in ROOT.glob("docs/**/*.md") if page != index}
    assert pages - linked == set()
