"""What the browser's microphone hears: WAV files made of questions and pauses."""

from speech import caller_says, silence, write_wave

RATE = 48_000
FIRST_QUESTION = "How can I protect my investments against currency risk?"
SECOND_QUESTION = "What about the stock market, and how can I protect my money there?"


def one_question(path, pause_seconds=150):
    """The first question, then silence."""
    write_wave(path, silence(1.5, RATE) + caller_says(FIRST_QUESTION, RATE) + silence(pause_seconds, RATE), RATE)
    return path


def two_questions(path, between_seconds):
    """The second question begins `between_seconds` after the end of the first: over its answer."""
    first, second = (caller_says(text, RATE) for text in (FIRST_QUESTION, SECOND_QUESTION))
    samples = silence(1.5, RATE) + first + silence(between_seconds, RATE) + second + silence(120, RATE)
    write_wave(path, samples, RATE)
    return path
