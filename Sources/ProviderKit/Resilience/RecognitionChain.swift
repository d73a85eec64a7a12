import AudioCore

/// Speech-to-text engines in order of preference. If one fails, the next one gets the utterance from its beginning.
///
/// Interim transcripts of all engines are passed on; each replaces the one before. There is exactly one final transcript.
public struct RecognitionChain: Sendable {
    private let runner: ChainRunner<any SpeechRecognizer>
    private let finalTranscript: Duration?

    /// A chain.
    /// - Parameters:
    ///   - links: one to five recognisers.
    ///   - finalTranscript: how long after the end of the audio the final transcript may come; nil for recognisers that
    ///     need no deadline (local ones).
    public init(
        _ links: [ChainLink<any SpeechRecognizer>], finalTranscript: Duration?, policy: RetryPolicy = RetryPolicy(),
        clock: ChainClock
    ) {
        precondition(!links.isEmpty, "a chain has at least one engine")
        self.finalTranscript = finalTranscript
        runner = ChainRunner(kind: .recognition, links: links, policy: policy, between: nil, clock: clock)
    }

    /// The recognisers' names, in order.
    public var names: [String] { runner.links.map(\.name) }

    /// Recognises one utterance, as `SpeechRecognizer.recognize` does; `report` is told of each attempt when it is over.
    /// The audio is kept for the next engine, at most two minutes of it. An engine that is asked while the caller pauses is
    /// told of that pause. Words that were settled at the pause with which the utterance ends are its words, when the final
    /// transcript behind them is late.
    /// - Throws: the last engine's `ProviderError`, `CancellationError`, or what `emit` throws.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, report: @Sendable (ProviderReport) -> Void,
        emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let kept = KeptAudio()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await kept.run(utterance) }
            defer { group.cancelAll() }
            let state = Shared(RecognitionProgress())
            let isDone = { @Sendable in state.withLock { $0.isDone } }
            try await runner.run(report: report, isDone: isDone) { index, attempt in
                let link = runner.links[index]
                let listener = kept.listen()
                defer { attempt.tally { $0.audioIn = .samples(kept.given, at: 16000) } }
                let whenAudioEnds: @Sendable () async -> Void = { for await _ in listener.end {} }
                let isSettled = { @Sendable in state.withLock { $0.isSettled(at: kept.pause) } }
                try await attempt.run(limit: finalTranscript, after: whenAudioEnds, unless: isSettled) {
                    try await link.engine.recognize(listener.utterance, language: language) { transcript in
                        try await attempt.take {
                            state.withLock { $0.take(transcript) }
                        } emit: {
                            try await emit($0)
                        }
                    }
                    guard isDone() else {
                        throw ProviderError(
                            .protocolViolation, provider: link.name, message: "ended without a final transcript")
                    }
                }
                let rest = state.withLock { $0.finish() }
                if !rest.isEmpty { try await attempt.give(rest, emit: emit) }
            }
        }
    }
}

/// What of an utterance's transcripts has been given out, over all attempts.
struct RecognitionProgress: Equatable, Sendable {
    private var last: Transcript?

    /// Whether the final transcript is out.
    var isDone: Bool { last?.isFinal == true }

    /// Whether these are all words up to that pause.
    func isSettled(at pause: Int?) -> Bool { pause.map { last?.mark == .pause($0) } ?? false }

    /// The end of the utterance: returns the final transcript, if it is not out; the words so far are it.
    mutating func finish() -> [Transcript] {
        guard let last else { return [] }
        return take(Transcript(text: last.text, isFinal: true, confidence: last.confidence))
    }

    /// Takes an engine's next transcript; returns what goes to the consumer.
    mutating func take(_ transcript: Transcript) -> [Transcript] {
        guard !isDone, transcript != last else { return [] }
        last = transcript
        return [transcript]
    }
}
