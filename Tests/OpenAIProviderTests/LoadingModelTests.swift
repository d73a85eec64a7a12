import ProviderConformance
import ProviderKit
import Synchronization
import TestSupport
import Testing

@testable import Vendors

/// A compatible server that loads its model at the first request, and starts over when that client leaves.
private final class ColdModel: LoadableModel {
    let name = "Test/Cold"
    private let clock: ChainClock
    private let time: Duration
    private let isThere = Mutex(false)
    private let counts = Mutex((questions: 0, loads: 0))

    /// A model whose load takes `time`.
    init(clock: ChainClock, loading time: Duration) { (self.clock, self.time) = (clock, time) }

    var questions: Int { counts.withLock { $0.questions } }
    var loads: Int { counts.withLock { $0.loads } }

    func prepare() async {}

    func load() async throws(ProviderError) {
        counts.withLock { $0.loads += 1 }
        do { try await appear() } catch {
            throw ProviderError(.unavailable, provider: name, message: "the load was stopped")
        }
    }

    private func appear() async throws {
        if isThere.withLock({ $0 }) { return }
        try await clock.sleep(clock.now() + time)
        isThere.withLock { $0 = true }
    }

    func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws {
        counts.withLock { $0.questions += 1 }
        try await appear()
        try await emit(.text("Here I am."))
    }
}

/// A load may have to be paid at a compatible server, so none is made ahead; but no deadline ends one.
struct LoadingModelTests {
    /// How `turns` of a caller end, one after the other. `patience`: a caller who waits no longer stops the answer.
    private func outcomes(
        of turns: Int, _ cold: (ChainClock) -> ColdModel, patience: Duration? = nil
    ) throws -> (outcomes: [Bool], model: ColdModel, told: [ModelLoading]) {
        let time = VirtualTime()
        let clock = ChainClock(time.clock) { 0.5 }
        let told = Collected<ModelLoading>()
        let model = cold(clock)
        let loading = LoadingModel(model, .afterSilence, clock: clock) { told.add($0) }
        let chain = GenerationChain(
            [ChainLink(loading, breaker: CircuitBreaker(clock: clock))], deadlines: PieceDeadlines(first: .seconds(8)),
            clock: clock)
        let outcomes = try time.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await loading.run() }
                try await time.clock.sleep(for: .milliseconds(1))
                var outcomes: [Bool] = []
                for _ in 0..<turns {
                    let turn = Task(executorPreference: time) {
                        try await chain.generate(LanguageModelConformance.request("Hello"), report: { _ in }) { _ in }
                    }
                    if let patience {
                        try await time.clock.sleep(for: patience)
                        turn.cancel()
                    }
                    if case .success = await turn.result { outcomes.append(true) } else { outcomes.append(false) }
                }
                group.cancelAll()
                return outcomes
            }
        }
        return (outcomes, model, told.all)
    }

    /// The first question is given up at its deadline and starts one load, for which the next ones wait.
    @Test func aLongLoadIsNotBrokenOff() throws {
        let (outcomes, model, told) = try outcomes(of: 3, { ColdModel(clock: $0, loading: .seconds(12)) })
        #expect(outcomes == [false, true, true])
        #expect(model.loads == 1)
        #expect(told == [.began, .finished(after: .seconds(12))])
    }

    @Test func aShortLoadNeedsNoHelp() throws {
        let (outcomes, model, _) = try outcomes(of: 2, { ColdModel(clock: $0, loading: .seconds(7)) })
        #expect(outcomes == [true, true] && model.loads == 0)
    }

    /// Callers who interrupt at once cost no further question.
    @Test func aShortSilenceAsksForNothing() throws {
        let (_, model, _) = try outcomes(
            of: 4, { ColdModel(clock: $0, loading: .seconds(60)) }, patience: .milliseconds(4900))
        #expect(model.loads == 0 && model.questions == 4)
    }
}
