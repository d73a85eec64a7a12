import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking

/// The lines that bridge silences: when one is due, and how far its synthesis has come. Each line is synthesized once for a
/// conversation, before it is needed, and kept. Pure.
///
/// What counts is what was delivered: a silence begins with the end of the caller's turn, or when all audio that was sent
/// has been played.
struct Fillers: Sendable {
    /// What is to be done about a silence, and when.
    enum Action: Equatable {
        /// Synthesize the line.
        case prepare(FillerLine)
        /// Say the line, which has so many samples.
        case say(FillerLine, SegmentID, samples: Int, words: [SpokenWord])
    }

    private enum Progress: Sendable {
        /// Being synthesized. Exits: `ready`, `failed`.
        case preparing
        /// It can be said.
        case ready
        /// It cannot. Exits: `preparing`, with the next response.
        case failed
    }

    private struct Sound: Sendable {
        var id: SegmentID
        var progress: Progress = .preparing
        var samples = 0
        var words: [SpokenWord] = []
    }

    /// A silence in which an answer is owed.
    private enum Silence: Equatable, Sendable {
        /// No answer is owed.
        case none
        /// Since then, or since the last audio was played. Exits: `bridged`, `none`.
        case open(since: Duration)
        /// Its line has been said then. Only a line that says how far something is may follow it. Exits: `bridged`; `open`,
        /// when the answer is heard; `none`.
        case bridged(Speech, at: Duration)
    }

    /// So many lines are kept; a conversation with more agents than that has no filler for some of them.
    static let maximumLines = 16
    /// A line that is longer ends here.
    static let longest: Duration = .seconds(15)
    /// Lines are synthesized when this part of the wait is over: quick answers never pay for one.
    private static let preparation = 0.25

    private var sounds: [Speech: Sound] = [:]
    private var silence: Silence = .none

    /// An answer is owed since then.
    mutating func answerBegan(at time: Duration) {
        silence = .open(since: time)
        // What failed may be tried again.
        sounds = sounds.filter { $0.value.progress != .failed }
    }

    /// Audio of the answer was sent.
    mutating func answered(at time: Duration) { silence = .open(since: time) }

    /// No answer is owed any more.
    mutating func answerEnded() { silence = .none }

    /// What is due, and when; nil when nothing is.
    /// - Parameters:
    ///   - line: the line of whoever works; nil when there is none or when sound is under way.
    ///   - playedOut: when all that was sent will have been played.
    func next(_ line: FillerLine?, playedOut: Duration?) -> (action: Action, at: Duration)? {
        guard let line, let begin = begin(of: line) else { return nil }
        let since = max(begin, playedOut ?? begin)
        guard let sound = sounds[line.speech] else {
            if sounds.count >= Self.maximumLines { return nil }
            return (.prepare(line), since + line.after * Self.preparation)
        }
        guard sound.progress == .ready else { return nil }
        return (.say(line, sound.id, samples: sound.samples, words: sound.words), since + line.after)
    }

    /// Since when a line is waited with; nil when it is not said in this silence.
    private func begin(of line: FillerLine) -> Duration? {
        switch silence {
        case .none: nil
        case .open(let since): since
        case .bridged(let said, let at): line.isStage && said != line.speech ? at : nil
        }
    }

    /// Does what is due about a silence of `answer`.
    /// - Returns: whether a line was put in.
    mutating func bridge(_ answer: inout Answer, _ step: inout Step) -> Bool {
        let (line, playedOut) = answer.filler(step.project)
        guard let due = next(line, playedOut: playedOut), due.at <= step.now else { return false }
        switch due.action {
        case .prepare(let line):
            let id = step.identifiers.segment()
            prepare(line, as: id)
            step.ask(.synthesize(id, line.speech, for: nil))
            return false
        case .say(let line, let id, let samples, let words):
            said(line, at: step.now)
            answer.interject(line, id, samples: samples, words: words, step: &step)
            return true
        }
    }

    /// A line is being synthesized as that segment.
    mutating func prepare(_ line: FillerLine, as id: SegmentID) { sounds[line.speech] = Sound(id: id) }

    /// The line of this silence was said.
    mutating func said(_ line: FillerLine, at now: Duration) { silence = .bridged(line.speech, at: now) }

    /// Takes what an engine reports of a line.
    /// - Returns: whether it is about one.
    mutating func receive(_ report: EngineReport) -> Bool {
        switch report {
        case .audio(let id, let samples) where owns(id): receive(samples: samples, for: id)
        case .words(let id, let words) where owns(id):
            time(words.map { SpokenWord(textEnd: $0.range.upperBound, end: $0.end) }, for: id)
        case .audioDone(let id) where owns(id): finish(id, failed: false)
        case .audioFailed(let id, _) where owns(id): finish(id, failed: true)
        default: return false
        }
        return true
    }

    /// Whether the segment is a line of these.
    private func owns(_ id: SegmentID) -> Bool { sounds.values.contains { $0.id == id } }

    /// More of a line.
    mutating func receive(samples: Int, for id: SegmentID) {
        change(id) { sound, rate in
            sound.samples += min(samples, max(Self.longest.samples(at: rate) - sound.samples, 0))
        }
    }

    /// When words of a line are spoken.
    mutating func time(_ words: [SpokenWord], for id: SegmentID) { change(id) { sound, _ in sound.words += words } }

    /// All of a line is there, or nothing of it is going to be.
    mutating func finish(_ id: SegmentID, failed: Bool) {
        change(id) { sound, _ in sound.progress = failed || sound.samples == 0 ? .failed : .ready }
    }

    private mutating func change(_ id: SegmentID, _ change: (inout Sound, _ rate: Int) -> Void) {
        guard let key = sounds.first(where: { $0.value.id == id })?.key, sounds[key]?.progress == .preparing,
            var sound = sounds[key]
        else { return }
        change(&sound, key.voice.sampleRate)
        sounds[key] = sound
    }
}
