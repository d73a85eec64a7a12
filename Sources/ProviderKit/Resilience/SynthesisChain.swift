import AudioCore

/// Text-to-speech engines in order of preference. If one fails, the next one takes over.
///
/// One that fails before its first audio is retried where that helps, then the next one is asked. Of one that fails in the
/// middle the next one takes over at the first word that the audio so far does not fully hold. Audio that has been given
/// out is never given out again, and words are told when their audio has been given out, each once.
public struct SynthesisChain: Sendable {
    private let runner: ChainRunner<any SpeechSynthesizer>
    private let deadlines: PieceDeadlines?

    /// A chain.
    /// - Parameters:
    ///   - links: one to five synthesisers.
    ///   - deadlines: nil for synthesisers that need none (local ones): then no timer runs.
    public init(
        _ links: [ChainLink<any SpeechSynthesizer>], deadlines: PieceDeadlines?, policy: RetryPolicy = RetryPolicy(),
        clock: ChainClock
    ) {
        precondition(!links.isEmpty, "a chain has at least one engine")
        self.deadlines = deadlines
        runner = ChainRunner(
            kind: .synthesis, links: links, policy: policy, between: deadlines?.between, clock: clock)
    }

    /// The synthesisers' names, in order.
    public var names: [String] { runner.links.map(\.name) }

    /// Speaks the request's text, as `SpeechSynthesizer.synthesize` does; `report` is told of each attempt when it is over.
    /// - Parameter voice: the voice at the engine of that number; the request's own where nothing is said.
    /// - Throws: the last engine's `ProviderError`, `CancellationError`, or what `emit` throws.
    public func synthesize(
        _ request: SynthesisRequest, voice: ((Int) -> VoiceRequest)? = nil,
        report: @Sendable (ProviderReport) -> Void, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let state = Shared(SpeechProgress(request))
        let isDone = { state.withLock { $0.isDone } }
        try await runner.run(report: report, isDone: isDone) { index, attempt in
            let link = runner.links[index]
            var request = request
            let weight: Double
            (request.text, weight) = state.withLock { ($0.rest, $0.restWeight) }
            if let voice { request.voice = voice(index) }
            attempt.tally { $0.characters = request.text.count }
            do {
                try await speak(request, link, attempt, state, emit)
                link.pace.withLock {
                    $0.learn(weight: weight, duration: attempt.audioOut, speed: request.voice.speed)
                }
            } catch {
                let pace = link.pace.withLock { $0.cautious } * request.voice.speed
                state.withLock { $0.fail(pace: pace) }
                throw error
            }
        }
    }

    private func speak(
        _ request: SynthesisRequest, _ link: ChainLink<any SpeechSynthesizer>, _ attempt: Attempt,
        _ state: Shared<SpeechProgress>,
        _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        try await attempt.run(limit: deadlines?.first) {
            try await link.engine.synthesize(request) { piece in
                try await attempt.take { () throws(ProviderError) in
                    try state.withLock { progress in
                        Result { () throws(ProviderError) in try progress.take(piece, provider: link.name) }
                    }.get()
                } emit: { piece in
                    try await emit(piece)
                    if case .audio(let chunk) = piece { attempt.tally { $0.audioOut += chunk.duration } }
                }
            }
            let rest = state.withLock { progress in
                Result { () throws(ProviderError) in try progress.finish(provider: link.name) }
            }
            try await attempt.give(rest.get(), emit: emit)
        }
    }
}
