"""`parley serve --doubles` in a browser: projects that name hosted providers talk, and no key is set anywhere."""

import pytest
from microphone import one_question
from waiting import wait_until


@pytest.mark.parametrize("project", ["reception", "omni"])
def test_a_spoken_question_is_answered_aloud_by_stand_ins(browse, parley_with_doubles, tmp_path, project):
    page = browse(f"{parley_with_doubles}/#keep-audio", microphone=one_question(tmp_path / "one.wav", 60))
    wait_until(page, "window.parley && document.querySelector('.graph-node')")
    page.select_option("#project", project)
    page.click("#start")
    heard = """parley.transcript.filter((entry) => entry.kind === 'caller' && entry.status === 'final')
        .map((entry) => entry.text.toLowerCase()).find((text) => text.includes('investments'))"""
    assert wait_until(page, heard, 40)
    wait_until(page, "Object.values(parley.playedSecondsByAgent).some((seconds) => seconds > 2)", 40)
    loudness = """Object.keys(parley.playedSecondsByAgent).map((role) => {
        const samples = parley.audioOf(role);
        return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    })"""
    assert max(page.evaluate(loudness)) > 300
    assert page.evaluate("parley.transcript.some((entry) => entry.kind === 'agent' && entry.text.length > 20)")
    assert page.evaluate("parley.eventCounts['warning'] || 0") == 0
    # Nobody stands in for anybody: every provider that is named answers.
    assert not page.is_visible("#fallbacks-list")
