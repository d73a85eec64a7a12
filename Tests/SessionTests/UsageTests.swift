import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// What a turn took of providers.
@Suite struct UsageTests {
    private func asked(_ change: (inout Simulation.Script) -> Void, prices: PriceTable = PriceTable()) -> Simulation {
        var script = Simulation.Script()
        script.answers["Stock"] = "This is the first sentence of it. And this is the second one."
        change(&script)
        var project = TestProjects.single()
        project.prices = prices
        var simulation = Simulation(project, script: script)
        simulation.schedule(
            .engine(
                .used(
                    .turn,
                    [
                        ProviderReport(
                            provider: "Test/Ears", kind: .recognition, outcome: .completed, audioIn: .seconds(3))
                    ])),
            at: .milliseconds(900))
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(60))
        return simulation
    }

    private func usages(_ simulation: Simulation) -> [TurnUsage] {
        simulation.events.compactMap { if case .turnUsage(let usage) = $0 { usage } else { nil } }
    }

    private func warnings(_ simulation: Simulation) -> [BadInput] {
        simulation.events.compactMap { if case .warning(let problem) = $0 { problem } else { nil } }
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
        #expect(usage.response == "resp_1" && usage.currency == "EUR")
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
            warnings(simulation) == [
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
        #expect(warnings(simulation).isEmpty)
        #expect(usages(simulation).first?.providers[1].attempts == 2)
    }

    @Test func totalFailureIsToldAsBefore() {
        let simulation = asked { $0.failingVoices = true }
        #expect(warnings(simulation).map(\.code) == ["synthesis_failed", "synthesis_failed"])
        #expect(usages(simulation).first?.providers.first { $0.provider == "Test/Broken" }?.failures == 2)
    }

    @Test func anAnswerThatWasCutOffIsCountedWhenItsEnginesHaveStopped() {
        var script = Simulation.Script()
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        script.tokenDelay = .milliseconds(100)
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.cancelResponse), at: .seconds(6))
        simulation.run(until: .milliseconds(6500))
        #expect(usages(simulation).isEmpty, "the model still writes")
        simulation.run(until: .seconds(60))
        #expect(usages(simulation).count == 1)
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
