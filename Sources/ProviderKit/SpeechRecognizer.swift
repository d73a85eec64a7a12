/// What a recogniser says about the utterance so far.
public struct Transcript: Codable, Equatable, Sendable {
    /// What else a recogniser knows of the words so far.
    public enum Mark: Codable, Hashable, Sendable {
        /// These are all words up to the pause of that number, settled: only what is said after it revises them.
        case pause(Int)
        /// The recogniser itself takes it that the caller has stopped speaking.
        case endOfSpeech
    }

    /// All words of the utterance heard so far; each transcript replaces the one before.
    public var text: String
    /// A final transcript is the last one of its utterance; interim ones may still change.
    public var isFinal: Bool
    /// What else is known; nil in most interim transcripts and in final ones.
    public var mark: Mark?
    /// How sure the recogniser is of these words, on average: 0…1; nil when it does not say.
    public var confidence: Double?

    /// Whether it answers a pause.
    public var answersPause: Bool { if case .pause = mark { true } else { false } }

    /// A transcript of the whole utterance so far.
    public init(text: String, isFinal: Bool, mark: Mark? = nil, confidence: Double? = nil) {
        self.text = text
        self.isFinal = isFinal
        self.mark = mark
        self.confidence = confidence
    }
}

/// Turns one utterance of speech into text, while it is being spoken.
public protocol SpeechRecognizer: Sendable {
    /// The provider and model as projects write them: `Local/PocketSphinx`, `Deepgram/nova-3`.
    var name: String { get }

    /// Recognises one utterance.
    ///
    /// Calls `emit` with interim transcripts while audio arrives and with exactly one final transcript (whose text is
    /// empty when nothing was understood) after `utterance` has ended; then returns. Cancelling the task releases the
    /// engine within 100 ms and emits nothing more.
    ///
    /// At a pause it answers with the words so far, marked with the pause's number, as soon as it can; the turn is over
    /// without waiting when that answer is there in time. An engine that cannot settle words early ignores pauses.
    /// - Parameters:
    ///   - utterance: the audio, in chunks of any length, and its pauses. The sender bounds it.
    ///   - language: BCP-47, such as `en-US`.
    /// - Throws: `ProviderError`, `CancellationError`, or what `emit` throws.
    func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws
}
