import ProviderKit

/// Recognises American English on this machine, with PocketSphinx. Needs no key and no network.
///
/// Audio is decoded while it arrives, so that the final transcript follows the end of the audio at once. Each utterance
/// holds one decoder of a bounded pool; when all are busy it waits in order, its audio waiting with its sender.
public final class PocketSphinxRecognizer: SpeechRecognizer {
    static let providerName = "Local/PocketSphinx"

    /// `Local/PocketSphinx`
    public var name: String { Self.providerName }

    private let pool: LeasePool<Decoder>
    private let workers: BlockingWorkers

    /// A recogniser that loads nothing yet.
    /// - Parameters:
    ///   - model: where the models lie.
    ///   - maxDecoders: utterances decoded at the same time; each decoder takes 90 MB once it was needed.
    ///   - workers: the threads to compute on; as many as the machine has cores is best.
    public init(model: PocketSphinxModel = .debian(), maxDecoders: Int = 4, workers: BlockingWorkers) {
        self.workers = workers
        pool = LeasePool(limit: maxDecoders) { try await workers.run { _ in try Decoder(model: model) } }
    }

    /// Loads one decoder ahead of the first utterance, and so finds out whether the models are there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws {
        try await pool.withLease { _ in }
    }

    /// Decodes audio as it arrives; see `SpeechRecognizer`. Pauses go unanswered: the final words need all audio. Other
    /// languages than English are refused as unsupported.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let tag = language.lowercased()
        guard tag == "en" || tag.hasPrefix("en-") || tag.hasPrefix("en_") else {
            throw ProviderError(
                .unsupported, provider: name,
                message: "knows English only, not \(language.prefix(35)); configure a hosted recogniser for it")
        }
        try await pool.withLease { decoder in
            try await recognize(utterance, with: decoder, emit: emit)
        }
    }

    private func recognize(
        _ inputs: AsyncStream<UtteranceInput>, with decoder: Decoder, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        var utterance = Utterance(decoder: decoder, workers: workers)
        var shown = ""
        for await case .audio(let chunk) in inputs {
            for words in try await utterance.add(chunk) where words != shown {
                shown = words
                try Task.checkCancellation()
                try await emit(Transcript(text: presentable(words), isFinal: false))
            }
        }
        // A cancelled stream ends like one that is complete.
        try Task.checkCancellation()
        let words = try await utterance.finish()
        try Task.checkCancellation()
        try await emit(Transcript(text: presentable(words), isFinal: true))
    }
}

/// The decoder's words as they are written: its dictionary knows no capitals.
func presentable(_ words: String) -> String {
    words.split(separator: " ").map { word in
        word == "i" || word.hasPrefix("i'") ? "I" + word.dropFirst() : String(word)
    }.joined(separator: " ")
}
