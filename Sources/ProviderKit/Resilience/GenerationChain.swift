/// Language models in order of preference. If one fails, the next one takes over.
///
/// A model that fails before its first text is retried where that helps, then the next one is asked. One that fails in the
/// middle is continued by the next, which is told what has been written and whose repetitions are left out. Text is given
/// out in whole words, so that the seam never lies within one. Once a tool call is out the answer ends with it: no call is
/// made twice. A choice or a verdict (`AnswerForm`) is given out when it is whole; the next model begins it anew.
public struct GenerationChain: Sendable {
    private let runner: ChainRunner<any LanguageModel>
    private let deadlines: PieceDeadlines?

    /// A chain.
    /// - Parameters:
    ///   - links: one to five models.
    ///   - deadlines: nil for models that need none (local ones): then no timer runs.
    public init(
        _ links: [ChainLink<any LanguageModel>], deadlines: PieceDeadlines?, policy: RetryPolicy = RetryPolicy(),
        clock: ChainClock
    ) {
        precondition(!links.isEmpty, "a chain has at least one engine")
        self.deadlines = deadlines
        runner = ChainRunner(
            kind: .generation, links: links, policy: policy, between: deadlines?.between, clock: clock)
    }

    /// The models' names, in order.
    public var names: [String] { runner.links.map(\.name) }

    /// Writes the answer, as `LanguageModel.generate` does; `report` is told of each attempt when it is over.
    /// - Throws: the last engine's `ProviderError`, `CancellationError`, or what `emit` throws.
    public func generate(
        _ request: GenerationRequest, report: @Sendable (ProviderReport) -> Void,
        emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        let canContinue = runner.links.count > 1 || runner.policy.attempts > 1
        let state = Shared(GenerationProgress(request, canContinue: canContinue))
        let isDone = { state.withLock { $0.isDone } }
        try await runner.run(report: report, isDone: isDone) { index, attempt in
            let link = runner.links[index]
            let request = state.withLock { $0.begin() }
            try await attempt.run(limit: deadlines?.first) {
                try await link.engine.generate(request) { piece in
                    if case .usage(let usage) = piece { attempt.tally { $0.tokens = usage } }
                    try await attempt.take { () throws(ProviderError) in
                        try state.withLock { progress in
                            Result { () throws(ProviderError) in try progress.take(piece, provider: link.name) }
                        }.get()
                    } emit: {
                        try await pass($0, attempt, emit)
                    }
                }
                let finished = state.withLock { progress in
                    Result { () throws(ProviderError) in try progress.finish(provider: link.name) }
                }
                try await attempt.give(finished.get()) { try await pass($0, attempt, emit) }
            }
        }
    }

    private func pass(
        _ piece: GenerationPiece, _ attempt: Attempt, _ emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await emit(piece)
        if case .text(let text) = piece { attempt.tally { $0.characters += text.count } }
    }
}
