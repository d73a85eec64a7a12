import ProviderConformance
import ProviderKit
import TestSupport
import Testing

@testable import Vendors

/// Loading on virtual time: no deadline of a request ends it.
struct ModelLoaderTests {
    private let time = VirtualTime()

    /// Answers as soon as its model is loaded.
    private struct Waiting: LanguageModel {
        let name = "Test/Waiting"
        let loader: ModelLoader
        func generate(
            _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
        ) async throws {
            try await loader.ready()
            try await emit(.text("Here I am."))
        }
    }

    /// What a caller gets whose turns come one after the other, and how often the model was loaded.
    private func turns(_ count: Int, load: Duration) throws -> (outcomes: [Bool], loads: Int, told: [ModelLoading]) {
        let (clock, time) = (ChainClock(time.clock) { 0.5 }, time)
        let (loads, told) = (Collected<Int>(), Collected<ModelLoading>())
        let loader = ModelLoader(
            name: "Test", clock: clock,
            load: { () throws(ProviderError) in
                loads.add(1)
                do { try await time.clock.sleep(for: load) } catch {
                    throw ProviderError(.unavailable, provider: "Test", message: "stopped")
                }
            }, report: { told.add($0) })
        let breaker = CircuitBreaker(policy: BreakerPolicy(failures: 1), clock: clock)
        let chain = GenerationChain(
            [ChainLink(Waiting(loader: loader), breaker: breaker)],
            deadlines: PieceDeadlines(first: .seconds(8)), clock: clock)
        let outcomes = try time.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await loader.run() }
                // The load begins.
                try await time.clock.sleep(for: .milliseconds(1))
                var outcomes: [Bool] = []
                for _ in 0..<count {
                    do {
                        try await chain.generate(LanguageModelConformance.request("Hello"), report: { _ in }) { _ in }
                        outcomes.append(true)
                    } catch is ProviderError { outcomes.append(false) }
                }
                group.cancelAll()
                return outcomes
            }
        }
        #expect(breaker.position == .closed)
        return (outcomes, loads.count, told.all)
    }

    @Test(arguments: [(0.0, [true, true, true]), (12.0, [true, true, true]), (40.0, [false, false, true])])
    func aLoadOutlivesTheTurnsThatWaitForIt(seconds: Double, outcomes: [Bool]) throws {
        let result = try turns(3, load: .seconds(seconds))
        #expect(result.outcomes == outcomes)
        #expect(result.loads == 1)
        #expect(result.told == (seconds > 1 ? [.began, .finished(after: .seconds(seconds))] : []))
    }

    @Test func withoutALoaderNobodyWaits() throws {
        let loader = ModelLoader(
            name: "Test", clock: ChainClock(time.clock), load: { () throws(ProviderError) in }, report: { _ in })
        try time.run {
            loader.want()
            try await loader.ready()
        }
        #expect(time.clock.now.offset == .zero)
    }

    @Test func aFailedLoadIsToldAndTriedAgainLater() throws {
        let (clock, time) = (ChainClock(time.clock), time)
        let failure = ProviderError(.unavailable, provider: "Test", message: "cannot be reached")
        let (loads, told) = (Collected<Int>(), Collected<ModelLoading>())
        let loader = ModelLoader(
            name: "Test", clock: clock,
            load: { () throws(ProviderError) in
                loads.add(1)
                if loads.count == 1 { throw failure }
            }, report: { told.add($0) })
        try time.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await loader.run() }
                try await time.clock.sleep(for: .milliseconds(1))
                // The server tells those who come now.
                try await loader.ready()
                #expect(loads.count == 1)
                try await time.clock.sleep(for: ModelPresence.pause)
                try await loader.ready()
                #expect(loads.count == 2)
                group.cancelAll()
            }
        }
        #expect(told.all == [.failed(failure)])
    }

    /// One that waits when the load fails learns why; one that is cancelled is let go, and those beside it wait on.
    @Test func everyWaiterIsReleasedOnce() throws {
        let (clock, time) = (ChainClock(time.clock), time)
        let failure = ProviderError(.rejected, provider: "Test", message: "HTTP 404")
        let loader = ModelLoader(
            name: "Test", clock: clock,
            load: { () throws(ProviderError) in
                try? await time.clock.sleep(for: .seconds(5))
                throw failure
            }, report: { _ in })
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                let running = Task(executorPreference: time) { await loader.run() }
                await Task.yield()
                let waiters = (0..<3).map { _ in Task(executorPreference: time) { try await loader.ready() } }
                try? await time.clock.sleep(for: .seconds(1))
                waiters[0].cancel()
                await #expect(throws: CancellationError.self) { try await waiters[0].value }
                #expect(time.clock.now.offset == .seconds(1))
                for waiter in waiters.dropFirst() {
                    await #expect(throws: failure) { try await waiter.value }
                }
                running.cancel()
                await running.value
            }
        }
    }

    @Test func trustEnds() {
        var presence = ModelPresence(.ahead)
        func wanted(_ seconds: Int) -> Bool { presence.want(now: .seconds(seconds)) }
        let unattended = wanted(0)
        presence.attend()
        let atFirst = [wanted(0), wanted(0)]
        presence.finish(isLoaded: true, now: .seconds(1))
        let whileTrusted = wanted(60)
        presence.answered(now: .seconds(50))
        let afterwards = [wanted(109), wanted(110)]
        presence.finish(isLoaded: true, now: .seconds(110))
        presence.doubt()
        let inDoubt = wanted(111)
        presence.leave()
        #expect(!unattended && atFirst == [true, false] && !whileTrusted && afterwards == [false, true] && inDoubt)
        #expect(!presence.isLoading && !wanted(500))
    }
}
