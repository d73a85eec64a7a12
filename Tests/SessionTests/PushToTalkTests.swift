import AudioCore
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Projects without voice activity detection: the button decides, or the silence of a client that has none.
@Suite struct PushToTalkTests {
    private func simulation(
        _ transcripts: [String], _ project: Project = TestProjects.single(bargeIn: false)
    ) -> Simulation {
        var script = Script()
        script.transcripts = transcripts
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        return Simulation(project, script)
    }

    private func ends(_ simulation: Simulation) -> [Duration] {
        simulation.told.compactMap { if case .speechStopped = $0.event { $0.at } else { nil } }
    }

    private func beginnings(_ simulation: Simulation) -> [(at: Duration, from: Int)] {
        simulation.requests.compactMap {
            if case .beginRecognition(_, let from) = $0.request { ($0.at, from.samples) } else { nil }
        }
    }

    @Test func theButtonDecidesAlone() {
        var simulation = simulation(["a question with a pause"])
        simulation.client(.startRecording, at: .seconds(1))
        simulation.stayQuiet(1)
        simulation.speak(1)
        // Longer than any silence that ends a turn.
        simulation.stayQuiet(3)
        simulation.speak(1)
        simulation.client(.stopRecording, at: .milliseconds(6500))
        simulation.run(until: .seconds(8))
        #expect(beginnings(simulation).map(\.at) == [.seconds(1)])
        #expect(
            beginnings(simulation).first.map { $0.from >= 15_500 && $0.from <= 16_000 } == true,
            "no padding: the press is the beginning")
        #expect(ends(simulation) == [.milliseconds(6500)])
        #expect(simulation.generations.first?.brief.callerWords == "a question with a pause")
    }

    @Test func withoutAButtonSilenceEndsTheTurn() {
        var simulation = simulation(["a question"])
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(3)
        simulation.run(until: .seconds(5))
        #expect(ends(simulation).count == 1)
        #expect(simulation.count(\.isResponse) == 1)
    }

    /// A press takes the floor at once: it is no noise.
    @Test func pressingInterrupts() {
        var simulation = simulation(["a question", "another"])
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.startRecording, at: .seconds(5))
        simulation.stayQuiet(5)
        simulation.hear(Array(repeating: 0.9, count: 300))
        simulation.client(.stopRecording, at: .seconds(7))
        simulation.run(until: .seconds(8))
        #expect(simulation.first(\.isInterruption) == .seconds(5))
        #expect(simulation.count(\.isPause) == 0)
        #expect(simulation.statuses == [.interrupted])
    }

    /// Audio that nobody listens to is complained of once.
    @Test func audioThatIsNotHeardIsToldOnce() {
        var simulation = simulation([])
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.stayQuiet(1.5)
        simulation.hear(Array(repeating: 0.9, count: 60))
        simulation.run(until: .seconds(9))
        #expect(simulation.warnings.map(\.code) == ["audio_not_heard"])
        #expect(simulation.count { if case .speechStarted = $0 { true } else { false } } <= 1)
        #expect(simulation.count(\.isInterruption) + simulation.count(\.isPause) == 0)
    }

    @Test func audioUnderWayAtTheReleaseIsNoMistake() {
        var simulation = simulation(["a question"])
        simulation.client(.startRecording, at: .milliseconds(1))
        simulation.speak(2)
        simulation.client(.stopRecording, at: .milliseconds(1600))
        simulation.run(until: .seconds(3))
        #expect(simulation.warnings.isEmpty)
        var longer = self.simulation(["a question"])
        longer.client(.startRecording, at: .milliseconds(1))
        longer.speak(3)
        longer.client(.stopRecording, at: .milliseconds(1600))
        longer.run(until: .seconds(4))
        #expect(longer.warnings.map(\.code) == ["audio_not_heard"])
    }

    /// However long the button is held, an utterance has two minutes; what follows is another one, and one answer is made.
    @Test func aButtonThatIsHeldForeverIsCut() {
        var simulation = simulation(["the first part", "the second"])
        simulation.client(.startRecording, at: .milliseconds(1))
        simulation.hear(Array(repeating: 0.9, count: 130 * 1000 / 32))
        simulation.client(.stopRecording, at: .seconds(131))
        simulation.run(until: .seconds(133))
        #expect(beginnings(simulation).count == 2)
        #expect(
            ends(simulation).first.map { $0 >= Ear.longestUtterance && $0 <= Ear.longestUtterance + .milliseconds(64) }
                == true)
        #expect(simulation.generations.map(\.brief.callerWords) == ["the first part the second"])
    }

    @Test func aTapWithoutWordsAsksNothing() {
        var simulation = simulation([""])
        simulation.client(.startRecording, at: .seconds(1))
        simulation.client(.stopRecording, at: .milliseconds(1050))
        simulation.run(until: .seconds(5))
        #expect(simulation.count(\.isResponse) == 0)
    }

    @Test func cancelSkipsTheAgentThatSpeaks() {
        var simulation = simulation([], TestProjects.advisor(bargeIn: false))
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.cancelResponse, at: .seconds(8))
        simulation.run(until: .seconds(60))
        #expect(simulation.speakers == ["Stock", "Currency", "Advisor"])
        let last = simulation.plays.last { $0.source.agent == "Stock" }
        #expect(last.map { $0.at <= .seconds(8) } == true)
        #expect(simulation.statuses == [.completed])
    }

    /// A client that names the scope means it, whatever the mode.
    @Test(arguments: [true, false])
    func theScopeOfACancelDecidesInBothModes(bargeIn: Bool) {
        let cases: [(ClientSignal, [String])] = [
            (.skipAgent, ["Stock", "Currency", "Advisor"]), (.stopResponse, ["Stock"]),
        ]
        for (signal, speakers) in cases {
            var simulation = simulation([], TestProjects.advisor(bargeIn: bargeIn))
            simulation.client(.text("a question"), at: .seconds(1))
            simulation.client(signal, at: .seconds(8))
            simulation.run(until: .seconds(60))
            #expect(simulation.speakers == speakers)
            #expect(simulation.statuses == [signal == .skipAgent ? .completed : .cancelled])
        }
    }

    @Test func whatWasSkippedIsNotRememberedAsSaid() {
        var simulation = simulation([], TestProjects.advisor(bargeIn: false))
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.cancelResponse, at: .seconds(8))
        simulation.client(.text("and now"), at: .seconds(60))
        simulation.run(until: .seconds(61))
        let stock = simulation.remembered.first { $0.content.contains("This is a long sentence") }
        #expect(stock.map { $0.content.count < 500 } == true)
    }

    @Test func cancelWithNothingActiveDoesNothing() {
        for bargeIn in [true, false] {
            var simulation = Simulation(TestProjects.single(bargeIn: bargeIn))
            simulation.client(.cancelResponse, at: .seconds(1))
            simulation.run(until: .seconds(5))
            #expect(simulation.events.count == 1, "only that the conversation stands")
        }
    }
}
