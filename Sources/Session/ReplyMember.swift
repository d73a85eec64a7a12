import ProjectModel
import SpeechText

/// What one node of a reply has written, and what of it waits to be said.
struct ReplyMember: Sendable {
    enum Stage: Equatable, Sendable {
        /// Not started, or skipped. Exits: `writing`.
        case idle
        /// Its answer is being written. Exits: `summarizing`, `done`.
        case writing
        /// Its spoken summary is being written. Exits: `done`.
        case summarizing
        /// Nothing more will come. Exits: `writing`, when a loop runs it again.
        case done
    }

    var speaker: Speaker
    var stage: Stage = .idle
    var text = ""
    var sentences: SentenceAggregator
    /// What waits for the floor.
    var waiting: [SpeechSegment] = []
    /// What the language model says of each condition on its answer.
    var judgements: [String] = []

    init(speaker: Speaker, stage: Stage = .idle) {
        self.speaker = speaker
        self.stage = stage
        sentences = Self.aggregator(for: speaker)
    }

    /// All sentences of a finished text.
    static func sentences(of text: String, for speaker: Speaker) -> [String] {
        var aggregator = aggregator(for: speaker)
        return aggregator.push(text) + (aggregator.finish().map { [$0] } ?? [])
    }

    private static func aggregator(for speaker: Speaker) -> SentenceAggregator {
        speaker.voice.map { SentenceAggregator(language: $0.language) } ?? SentenceAggregator()
    }

    /// Puts sentences into the line, shown and spoken; those of a summary are spoken only.
    mutating func queue(_ sentences: [String], numbered next: inout Int) {
        for sentence in sentences {
            waiting.append(segment(&next, shown: speaker.speaksAsItWrites ? sentence : nil, spoken: sentence))
        }
    }

    /// One segment of this member; what cannot be spoken is only shown.
    func segment(_ next: inout Int, shown: String? = nil, spoken: String? = nil) -> SpeechSegment {
        defer { next += 1 }
        var speech: SpeechSegment.Speech?
        if let spoken, let voice = speaker.voice {
            let text = voice.normalizesText ? speakable(spoken, language: voice.language) : spoken
            if text.contains(where: { $0.isLetter || $0.isNumber }) { speech = .init(text: text, voice: voice) }
        }
        return SpeechSegment(id: next, agent: speaker.agent, shown: shown, speech: speech)
    }
}
