import AudioCore
import ProviderConformance
import ProviderKit
import TestSupport
import Testing

/// What all chains have in common: order, breakers, deadlines, cancellation.
struct ChainTests {
    private let time = VirtualTime()
    private static let request = SynthesisRequest(text: "One two three.", voice: VoiceRequest(), sampleRate: 1000)

    private func synthesizer(_ name: String, _ stage: Stage, _ fates: [Fate], pause: Duration = .zero)
        -> ScriptedSynthesizer
    {
        ScriptedSynthesizer(
            name: name, stage: stage, fates: Fates(fates), pause: pause, width: 100, whole: Self.request.text)
    }

    private func speak(_ chain: SynthesisChain) throws -> [ProviderReport] {
        let reports = Collected<ProviderReport>()
        do {
            try time.run { try await chain.synthesize(Self.request, report: { reports.add($0) }) { _ in } }
        } catch let error as ProviderError {
            #expect(reports.all.last?.outcome == .failed(error.code))
        }
        return reports.all
    }

    @Test func retriesThenGoesOnThenSkips() throws {
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let policy = BreakerPolicy(failures: 4, rest: .seconds(10))
        let fails = Fate.fails(after: 0, .unavailable, retryAfter: nil)
        let chain = SynthesisChain(
            [
                ChainLink(
                    synthesizer("A", stage, [fails, fails, fails, fails, .well]),
                    breaker: CircuitBreaker(policy: policy, clock: clock)),
                ChainLink(synthesizer("B", stage, [.well]), breaker: CircuitBreaker(policy: policy, clock: clock)),
            ], deadlines: PieceDeadlines(first: .seconds(4)), clock: clock)
        let first = try speak(chain)
        #expect(first.map(\.provider) == ["A", "A", "B"])
        #expect(first.map(\.retry) == [0, 1, 0])
        #expect(first.map(\.outcome) == [.failed(.unavailable), .failed(.unavailable), .completed])
        // Half of the longest first pause.
        #expect(time.clock.now.offset == .milliseconds(75))
        _ = try speak(chain)
        #expect(try speak(chain).map(\.outcome) == [.skipped, .completed])
        time.clock.advance(by: .seconds(10))
        #expect(try speak(chain).map(\.outcome) == [.completed])
        #expect(stage.calls == ["A", "A", "B", "A", "A", "B", "B", "A"])
    }

    @Test func whenAllAreLeftAloneTheOneThatComesBackFirstIsAsked() throws {
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let breakers = [10, 5].map {
            CircuitBreaker(policy: BreakerPolicy(failures: 1, rest: .seconds($0)), clock: clock)
        }
        let fails = Fate.fails(after: 0, .protocolViolation, retryAfter: nil)
        let chain = SynthesisChain(
            [
                ChainLink(synthesizer("A", stage, [fails]), breaker: breakers[0]),
                ChainLink(synthesizer("B", stage, [fails, .well]), breaker: breakers[1]),
            ], deadlines: nil, clock: clock)
        _ = try speak(chain)
        #expect(breakers.map(\.position) == [.open, .open])
        let reports = try speak(chain)
        #expect(reports.map(\.provider) == ["A", "B", "B"])
        #expect(reports.map(\.outcome) == [.skipped, .skipped, .completed])
        #expect(breakers.map(\.position) == [.open, .closed])
    }

    @Test func aStallIsATimeoutAndASlowConsumerIsNone() throws {
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let chain = SynthesisChain(
            [
                ChainLink(synthesizer("A", stage, [.stalls(after: 2)]), breaker: CircuitBreaker(clock: clock)),
                ChainLink(synthesizer("B", stage, [.well]), breaker: CircuitBreaker(clock: clock)),
            ], deadlines: PieceDeadlines(first: .seconds(4), between: .seconds(1)), clock: clock)
        let reports = Collected<ProviderReport>()
        let clock2 = time.clock
        try time.run {
            try await chain.synthesize(Self.request, report: { reports.add($0) }) { _ in
                try await clock2.sleep(for: .seconds(100))
            }
        }
        #expect(reports.all.map(\.outcome) == [.failed(.timedOut), .completed])
        #expect(reports.all[0].held == .seconds(200))
        #expect(reports.all[0].total == .seconds(201))
    }

    /// The same deadline would end the same work at the same place, so the engine that is left gets twice the time.
    @Test(arguments: [(3.0, 1), (6, 2), (9, 0)]) func aRetryAfterATimeoutHasMoreTime(seconds: Double, attempts: Int)
        throws
    {
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0 }
        let slow = synthesizer("A", stage, [.well], pause: .seconds(seconds))
        let chain = SynthesisChain(
            [ChainLink(slow, breaker: CircuitBreaker(clock: clock))],
            deadlines: PieceDeadlines(first: .seconds(4), between: .seconds(60)), clock: clock)
        let outcomes = try speak(chain).map(\.outcome)
        let failed = ProviderReport.Outcome.failed(.timedOut)
        #expect(outcomes == (attempts == 0 ? [failed, failed] : Array([failed, .completed].suffix(attempts))))
        #expect(attempts > 0 || time.clock.now.offset == .seconds(4 + 8))
    }

    /// Cancelled at any moment, a chain ends without moving the clock, asks nobody else and blames nobody.
    @Test(arguments: 0..<200)
    func cancellationGoesThroughAtOnce(seed: Int) throws {
        var seeded = Seeded(seed)
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let breakers = (0..<2).map { _ in CircuitBreaker(policy: BreakerPolicy(failures: 1), clock: clock) }
        let fails = Fate.fails(after: .random(in: 0...3, using: &seeded), .unavailable, retryAfter: nil)
        let first: Fate = [.well, .stalls(after: 2), fails].randomElement(using: &seeded) ?? .well
        let chain = SynthesisChain(
            zip(["A", "B"], breakers).map { name, breaker in
                ChainLink(
                    synthesizer(name, stage, [name == "A" ? first : .well], pause: .milliseconds(100)), breaker: breaker
                )
            }, deadlines: PieceDeadlines(first: .seconds(4)), clock: clock)
        let reports = Collected<ProviderReport>()
        let pieces = Collected<SynthesisPiece>()
        let moment = Duration.milliseconds(.random(in: 0...1500, using: &seeded)) + .microseconds(1)
        let time = time
        try time.run {
            let speaking = Task(executorPreference: time) {
                try await chain.synthesize(Self.request, report: { reports.add($0) }) { pieces.add($0) }
            }
            try await time.clock.sleep(for: moment)
            let isOver = reports.all.last?.outcome == .completed
            let before = (pieces.count, reports.count, time.clock.now)
            speaking.cancel()
            let result = await speaking.result
            if isOver { return }
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(stage.running == 0)
            #expect(time.clock.now == before.2)
            #expect(pieces.count == before.0)
            #expect(reports.all.dropFirst(before.1).allSatisfy { $0.outcome == .cancelled })
        }
        #expect(breakers[1].position == .closed)
        #expect(
            breakers[0].position
                == (reports.all.contains { $0.outcome == .failed(.unavailable) || $0.outcome == .failed(.timedOut) }
                    ? .open : .closed))
        #expect(time.clock.sleeping == 0)
    }

    /// A probe that is stopped is given back, and one that answers closes the breaker with its first piece, even where it is
    /// too late for its own request.
    @Test(arguments: [true, false]) func aStoppedProbeKeepsNobodyAway(answersLate: Bool) throws {
        struct Deaf: SpeechSynthesizer {
            let name = "Test/Deaf"
            let clock: ManualClock
            let answersLate: Bool
            func synthesize(
                _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
            ) async throws {
                try? await clock.sleep(for: .seconds(1000))
                guard answersLate else { return }
                try await emit(.audio(AudioChunk(samples: [1], sampleRate: request.sampleRate)))
            }
        }
        let clock = ChainClock(time.clock)
        let breaker = CircuitBreaker(policy: BreakerPolicy(failures: 1, rest: .seconds(5)), clock: clock)
        let fails = synthesizer(
            "A", Stage(clock: time.clock), [.fails(after: 0, .protocolViolation, retryAfter: nil)])
        _ = try speak(SynthesisChain([ChainLink(fails, breaker: breaker)], deadlines: nil, clock: clock))
        #expect(breaker.position == .open)
        time.clock.advance(by: .seconds(5))
        let deaf = Deaf(clock: time.clock, answersLate: answersLate)
        let chain = SynthesisChain([ChainLink(deaf, breaker: breaker)], deadlines: nil, clock: clock)
        let pieces = Collected<SynthesisPiece>()
        let time = time
        try time.run {
            let speaking = Task(executorPreference: time) {
                try await chain.synthesize(Self.request, report: { _ in }) { pieces.add($0) }
            }
            try await time.clock.sleep(for: .seconds(1))
            #expect(breaker.position == .halfOpen)
            speaking.cancel()
            let result = await speaking.result
            #expect(throws: CancellationError.self) { try result.get() }
        }
        #expect(pieces.count == 0)
        #expect(breaker.position == (answersLate ? .closed : .open))
    }

    @Test func anEngineWithAnErrorOfItsOwnBreaksTheProtocol() throws {
        struct Odd: Error {}
        struct Engine: SpeechSynthesizer {
            let name = "Test/Odd"
            let error: any Error & Sendable
            func synthesize(
                _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
            ) async throws { throw error }
        }
        let clock = ChainClock(time.clock)
        for error in [Odd(), CancellationError()] as [any Error & Sendable] {
            let chain = SynthesisChain(
                [ChainLink(Engine(error: error), breaker: CircuitBreaker(clock: clock))], deadlines: nil, clock: clock)
            #expect(try speak(chain).map(\.outcome) == [.failed(.protocolViolation)])
        }
    }
}
