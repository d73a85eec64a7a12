/// What a recogniser is given of one utterance, in the order of the caller's audio.
public enum UtteranceInput: Equatable, Sendable {
    /// PCM16 mono at 16 kHz, of any length.
    case audio([Int16])
    /// The caller pauses here, and the turn may be over; more audio follows, without speech. The words up to here are wanted
    /// now: a transcript with this number as its mark. Numbers grow within an utterance.
    case pause(Int)
    /// The caller goes on after the last pause. An answer to that pause is not wanted any more.
    case resumed
}

extension SpeechRecognizer {
    /// Recognises an utterance of which nobody says where it pauses.
    /// - Throws: what `recognize` throws.
    public func recognize(
        _ audio: AsyncStream<[Int16]>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask {
                for await samples in audio { source.yield(.audio(samples)) }
                source.finish()
            }
            defer { group.cancelAll() }
            try await recognize(utterance, language: language, emit: emit)
        }
    }
}
