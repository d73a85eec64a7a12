import ONNXRuntime
import ProviderKit
import VoiceActivity

/// Recognises English on this machine, with Moonshine. Needs no key and no network.
///
/// The model hears a whole piece at once. While the caller speaks, what was said so far is decoded again and again, and the
/// words are shown on which two decodings agree. At each pause the piece is decoded as if it were the last, so that nothing
/// is left to do when the turn ends there. One model serves all utterances.
public final class MoonshineRecognizer: SpeechRecognizer {
    /// `Local/Moonshine`
    public static let providerName = "Local/Moonshine"

    /// `Local/Moonshine`
    public var name: String { Self.providerName }

    private let network: LoadedOnce<MoonshineNetwork>
    private let speech: SileroModel
    private let workers: BlockingWorkers

    /// A recogniser that loads nothing yet.
    /// - Parameters:
    ///   - files: where the model lies.
    ///   - runtime: what runs it.
    ///   - speech: tells speech from the rest.
    ///   - workers: the threads to compute on; as many as the machine has cores is best.
    public init(files: MoonshineFiles, runtime: ModelRuntime, speech: SileroModel, workers: BlockingWorkers) {
        (self.speech, self.workers) = (speech, workers)
        network = LoadedOnce { () throws(ProviderError) in
            try MoonshineNetwork(files, runtime: runtime, provider: Self.providerName)
        }
    }

    /// Loads the model ahead of the first utterance, and so finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws { _ = try await workers.run { [network] _ in try network.value() } }

    /// Decodes audio as it arrives; see `SpeechRecognizer`. Other languages than English are refused as unsupported.
    public func recognize(
        _ inputs: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let tag = language.lowercased()
        guard tag == "en" || tag.hasPrefix("en-") || tag.hasPrefix("en_") else {
            throw ProviderError(
                .unsupported, provider: name,
                message: "knows English only, not \(language.prefix(35)); configure a hosted recogniser for it")
        }
        try await prepare()
        let utterance = Utterance(model: speech)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await input in inputs {
                    switch input {
                    case .audio(let samples): utterance.add(samples)
                    case .pause(let number): utterance.pause(number)
                    case .resumed: utterance.resume()
                    }
                }
                // A cancelled stream ends like one that is complete.
                if !Task.isCancelled { utterance.end() }
            }
            defer { group.cancelAll() }
            try await decode(utterance, emit: emit)
        }
    }

    private func decode(_ utterance: Utterance, emit: @Sendable (Transcript) async throws -> Void) async throws {
        var shown = ""
        for await _ in utterance.wakes {
            while let work = utterance.next() {
                let words: String
                switch work {
                case .piece(let piece, let stop):
                    words = utterance.decoded(piece, try await hypothesis(of: piece, stop))
                case .interim(let piece, let stop): words = utterance.glimpsed(try await glimpse(of: piece, stop))
                case .answer(let pause):
                    try Task.checkCancellation()
                    let answer = transcript(utterance.whole, mark: .pause(pause))
                    shown = answer.text
                    try await emit(answer)
                    continue
                case .finish:
                    try Task.checkCancellation()
                    return try await emit(transcript(utterance.whole, isFinal: true))
                }
                try Task.checkCancellation()
                if words != shown, !words.isEmpty {
                    shown = words
                    try await emit(Transcript(text: words, isFinal: false))
                }
            }
        }
        try Task.checkCancellation()
    }

    private func transcript(
        _ words: Hypothesis, isFinal: Bool = false, mark: Transcript.Mark? = nil
    ) -> Transcript {
        let confidence = words.text.isEmpty ? nil : words.confidence
        return Transcript(text: words.text, isFinal: isFinal, mark: mark, confidence: confidence)
    }

    /// nil when `given` was raised.
    private func hypothesis(of piece: Hearing.Piece, _ given: StopFlag) async throws -> Hypothesis? {
        do {
            return try await workers.run { [network] stop in
                try given.interrupting {
                    stop.raise()
                } during: {
                    try network.value().decode(piece.samples, stop: stop)
                }
            }
        } catch is CancellationError {
            try Task.checkCancellation()
            return nil
        }
    }

    /// nil when `given` was raised, or when others needed the processor.
    private func glimpse(of piece: Hearing.Piece, _ given: StopFlag) async throws -> Hypothesis? {
        try await workers.runIfIdle { [network] stop in
            try given.interrupting {
                stop.raise()
            } during: {
                try network.value().decode(piece.samples, stop: stop)
            }
        }
    }
}
