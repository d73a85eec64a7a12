/// What a recogniser says about the utterance so far.
public struct Transcript: Codable, Equatable, Sendable {
    /// All words of the utterance heard so far; each transcript replaces the one before.
    public var text: String
    /// A final transcript is the last one of its utterance; interim ones may still change.
    public var isFinal: Bool

    /// A transcript of the whole utterance so far.
    public init(text: String, isFinal: Bool) {
        self.text = text
        self.isFinal = isFinal
    }
}

/// Turns one utterance of speech into text, while it is being spoken.
public protocol SpeechRecognizer: Sendable {
    /// The provider and model as projects write them: `Local/PocketSphinx`, `Deepgram/nova-3`.
    var name: String { get }

    /// Recognises one utterance.
    ///
    /// Calls `emit` with interim transcripts while audio arrives and with exactly one final transcript (whose text is
    /// empty when nothing was understood) after `audio` has ended; then returns. Cancelling the task releases the
    /// engine within 100 ms and emits nothing more.
    /// - Parameters:
    ///   - audio: PCM16 mono at 16 kHz, chunks of any length. The sender bounds it.
    ///   - language: BCP-47, such as `en-US`.
    /// - Throws: `ProviderError`, `CancellationError`, or what `emit` throws.
    func recognize(
        _ audio: AsyncStream<[Int16]>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws
}
