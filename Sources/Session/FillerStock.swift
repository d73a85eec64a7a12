import AudioCore
import ProjectModel
import ProviderKit
import SpeechText
import TurnTaking

/// A line that somebody would say to bridge a silence.
struct FillerLine: Equatable, Sendable {
    var agent: String
    var text: String
    var after: Duration
    var speech: SpeechSegment.Speech

    /// nil when there is nothing to say or no voice to say it.
    init?(_ filler: Filler?, agent: String, voice: Voice?) {
        guard let filler, let voice else { return nil }
        (self.agent, text, after) = (agent, filler.text, filler.after)
        let spoken = voice.normalizesText ? speakable(text, language: voice.language) : text
        guard spoken.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        speech = SpeechSegment.Speech(text: spoken, voice: voice)
    }
}

/// The lines that bridge silences: synthesised once for a conversation, before they are needed, and kept. Pure.
struct FillerStock: Sendable {
    typealias ID = Int

    /// How a line sounds.
    struct Sound: Equatable, Sendable {
        var samples: [Int16] = []
        var words: [SpokenWord] = []
    }

    private enum Progress: Sendable {
        /// Being synthesised. Exits: `ready`, `failed`.
        case preparing(Sound)
        /// It can be said.
        case ready(Sound)
        /// It cannot. Exits: `preparing`, with the next response.
        case failed
    }

    private struct Line: Sendable {
        var id: ID
        var progress: Progress
    }

    /// So many lines are kept; a conversation with more agents than that has no filler for some of them.
    static let maximumLines = 16
    /// A line that is longer ends here.
    static let longest: Duration = .seconds(15)

    private var lines: [SpeechSegment.Speech: Line] = [:]
    private var nextID = 0

    /// Whether synthesis of the line would help: nobody has tried, and there is room.
    func lacks(_ speech: SpeechSegment.Speech) -> Bool {
        lines[speech] == nil && lines.count < Self.maximumLines
    }

    /// The line, when it can be said.
    func sound(of speech: SpeechSegment.Speech) -> Sound? {
        if case .ready(let sound) = lines[speech]?.progress { sound } else { nil }
    }

    /// A line is going to be synthesised; what comes of it has this number.
    mutating func prepare(_ speech: SpeechSegment.Speech) -> ID {
        defer { nextID += 1 }
        lines[speech] = Line(id: nextID, progress: .preparing(Sound()))
        return nextID
    }

    /// More of a line.
    mutating func receive(_ piece: SynthesisPiece, for id: ID) {
        change(id) { sound in
            switch piece {
            case .audio(let chunk):
                let room = Self.longest.samples(at: chunk.sampleRate) - sound.samples.count
                sound.samples += chunk.samples.prefix(max(room, 0))
            case .words(let words):
                sound.words += words.map { SpokenWord(textEnd: $0.range.upperBound, end: $0.end) }
            }
            return .preparing(sound)
        }
    }

    /// All of a line is there, or nothing of it is going to be.
    mutating func finish(_ id: ID, failed: Bool) {
        change(id) { failed || $0.samples.isEmpty ? .failed : .ready($0) }
    }

    /// Lets what failed be tried again.
    mutating func forgetFailures() {
        lines = lines.filter { if case .failed = $0.value.progress { false } else { true } }
    }

    private mutating func change(_ id: ID, _ change: (inout Sound) -> Progress) {
        guard let key = lines.first(where: { $0.value.id == id })?.key,
            case .preparing(var sound) = lines[key]?.progress
        else { return }
        // Let go of the stored value, so that what is added is not copied first.
        lines[key]?.progress = .failed
        lines[key]?.progress = change(&sound)
    }
}
