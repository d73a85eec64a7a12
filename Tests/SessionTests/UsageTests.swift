import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// What a turn took of providers.
@Suite struct UsageTests {
    private func asked(_ change: (inout Script) -> Void, prices: PriceTable = PriceTable()) -> Simulation {
        var script = Script()
        script.answers["Stock"] = "This is the first sentence of it. And this is the second one."
        change(&script)
        var project = TestProjects.single()
        project.prices = prices
        var simulation = Simulation(project, script)
        let ears = ProviderReport(provider: "Test/Ears", kind: .recognition, outcome: .completed, audioIn: .seconds(3))
        simulation.engine(.used(nil, [ears]), at: .milliseconds(900))
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        return simulation
    }

    private func usages(_ simulation: Simulation) -> [TurnUsage] {
        simulation.events.compactMap { if case .turnUsage(let usage) = $0 { usage } else { nil } }
    }

    @Test func aTurnIsCountedOnceWithAllWhoWorkedForIt() throws {
        var voice = ProviderReport(provider: "Test/Voice", kind: .synthesis, outcome: .completed, characters: 30)
        (voice.firstPiece, voice.total, voice.held) = (.milliseconds(80), .seconds(2), .milliseconds(1500))
        voice.audioOut = .seconds(2)
        let prices = PriceTable(
            currency: "EUR",
            prices: [
                ModelReference(provider: "Test", model: "Voice"): Price(characters: 0.001),
                ModelReference(provider: "Test", model: "Ears"): Price(minutes: 0.2),
            ])
        let simulation = asked({ $0.synthesisReports = [voice] }, prices: prices)
        let usage = try #require(usages(simulation).first)
        #expect(usages(simulation).count == 1)
        #expect(usage.response == ResponseID(1) && usage.currency == "EUR")
        #expect(usage.providers.map(\.provider) == ["Test/Ears", "Test/Writer", "Test/Voice"])
        let spoken = usage.providers[2]
        #expect(spoken.attempts == 2 && spoken.failures == 0 && spoken.characters == 60)
        #expect(spoken.firstPiece == .milliseconds(80) && spoken.busy == .seconds(1) && spoken.audio == .seconds(4))
        #expect(spoken.cost.map { abs($0 - 0.06) < 1e-9 } == true)
        #expect(usage.providers[1].cost == nil, "no price is not the same as nothing to pay")
        #expect(usage.cost.map { abs($0 - 0.07) < 1e-9 } == true)
    }

    @Test func whoTookOverIsToldOnceATurn() {
        let reports = [
            ProviderReport(provider: "A/one", kind: .synthesis, outcome: .failed(.timedOut)),
            ProviderReport(provider: "B/two", kind: .synthesis, outcome: .completed),
        ]
        let simulation = asked { $0.synthesisReports = reports }
        #expect(
            simulation.warnings == [
                BadInput(code: "provider_failover", message: "A/one failed; B/two took over")
            ])
        #expect(usages(simulation).first?.providers.first { $0.provider == "A/one" }?.failures == 2)
    }

    @Test func aRetryThatHelpedIsNoFailover() {
        let reports = [
            ProviderReport(provider: "A/one", kind: .generation, outcome: .failed(.timedOut)),
            ProviderReport(provider: "A/one", kind: .generation, outcome: .completed, retry: 1),
        ]
        let simulation = asked { $0.generationReports = reports }
        #expect(simulation.warnings.isEmpty)
        #expect(usages(simulation).first?.providers[1].attempts == 2)
    }

    @Test func voicesThatFailAltogetherAreCounted() {
        let simulation = asked { $0.voiceFails = { _ in true } }
        // Two sentences, the apology, and the apology in the local voice.
        let failures = usages(simulation).first?.providers.first { $0.provider == "Test/Broken" }?.failures
        #expect(failures.map { $0 >= 3 } == true)
        #expect(Set(simulation.warnings.map(\.code)) == ["synthesis_failed"])
        #expect(simulation.isSettled)
    }

    @Test func anAnswerThatWasCutOffIsCountedWhenItsEnginesHaveStopped() {
        var script = Script()
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        script.tokenDelay = .milliseconds(100)
        var simulation = Simulation(TestProjects.single(), script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.cancelResponse, at: .seconds(6))
        simulation.run(until: .milliseconds(6500))
        #expect(usages(simulation).isEmpty && !simulation.isSettled, "the model still writes")
        simulation.run(until: .seconds(60))
        #expect(usages(simulation).count == 1 && simulation.isSettled)
    }

    @Test func tokensThatWereNotToldAreEstimated() {
        let model = ModelReference(provider: "Test", model: "Writer")
        let prices = PriceTable(prices: [model: Price(inputTokens: 1, outputTokens: 2)])
        var report = ProviderReport(provider: "Test/Writer", kind: .generation, outcome: .completed, characters: 9)
        #expect(prices.cost(of: report) == 6)
        report.tokens = TokenUsage(input: 5, output: 1)
        #expect(prices.cost(of: report) == 7)
        report.provider = "Test/Unknown"
        #expect(prices.cost(of: report) == nil)
    }
}
