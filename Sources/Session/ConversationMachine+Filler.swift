import AudioCore
import ProviderKit
import TurnTaking

/// Dead air: when the caller hears nothing for too long although an answer is owed, a line of the agent bridges it.
///
/// What counts is what was delivered: the silence begins with the end of the caller's turn, or when all audio that was sent
/// has been played.
extension ConversationMachine {
    /// A silence in which an answer is owed.
    enum Silence: Equatable, Sendable {
        /// Since then, or since the last audio was played. Exits: `bridged`.
        case open(since: Duration)
        /// Its line has been said; there is none after it. Exits: `open`, when the answer is heard.
        case bridged
    }

    /// What is to be done about a silence, and when.
    private enum FillerStep {
        case prepare(FillerLine, at: Duration)
        case say(FillerLine, FillerStock.Sound, at: Duration)

        var at: Duration {
            switch self {
            case .prepare(_, let at), .say(_, _, let at): at
            }
        }
    }

    /// Lines are synthesised when this part of the wait is over: quick answers never pay for one.
    private static let preparation = 0.25

    private func fillerStep(_ open: Open) -> FillerStep? {
        guard case .open(let begin) = open.silence, open.queue.awaitsAudio, let line = fillerLine(open) else {
            return nil
        }
        let since = max(begin, open.queue.playout.playedOut ?? begin)
        if let sound = fillers.sound(of: line.speech) { return .say(line, sound, at: since + line.after) }
        return fillers.lacks(line.speech) ? .prepare(line, at: since + line.after * Self.preparation) : nil
    }

    /// The line of whoever works: the first in graph order that has one.
    private func fillerLine(_ open: Open) -> FillerLine? {
        switch open.phase {
        case .routing: routingFiller
        case .answering: open.reply?.filler(speaking: open.queue.head)
        case .playingOut: nil
        }
    }

    /// When something has to be done about a silence, as far as time alone decides.
    func nextFillerStep(_ open: Open) -> Duration? { fillerStep(open)?.at }

    /// Does what is due about a silence.
    mutating func bridgeSilence(_ open: inout Open, now: Duration) -> [Action] {
        guard let step = fillerStep(open), step.at <= now else { return [] }
        switch step {
        case .prepare(let line, _): return [.prepareFiller(fillers.prepare(line.speech), line.speech)]
        case .say(let line, let sound, _):
            open.silence = .bridged
            let segment = SpeechSegment(
                id: nextRepeat, agent: line.agent, shown: line.text, speech: line.speech, isFiller: true)
            nextRepeat -= 1
            open.queue.interject(segment, samples: sound.samples, words: sound.words)
            return advance(&open, now: now)
        }
    }

    /// More of a line that is being synthesised.
    mutating func receive(_ event: FillerEvent, for id: FillerStock.ID, now: Duration) -> [Action] {
        switch event {
        case .piece(let piece):
            fillers.receive(piece, for: id)
            return []
        case .over(let failed):
            fillers.finish(id, failed: failed)
            return whileOpen(now: now) { _ in [] }
        }
    }
}
