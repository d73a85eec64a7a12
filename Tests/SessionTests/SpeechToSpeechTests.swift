import Agents
import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents whose models hear and speak themselves, on virtual time.
@Suite struct SpeechToSpeechTests {
    static let model = ModelReference(provider: "Qwen", model: "qwen3-omni-flash-realtime")

    /// `TestProjects.single()` or `advisor()`, with that agent speaking for itself.
    private func project(_ project: Project, _ agent: String) -> Project {
        var project = project
        for index in project.agents.indices where project.agents[index].name == agent {
            project.agents[index].languageModel = ModelChain(speechToSpeech: Self.model)
        }
        return project
    }

    private func shown(_ simulation: Simulation, by agent: String) -> String {
        simulation.events.reduce(into: "") { text, event in
            if case .agentText(let source, let more) = event, source.agent == agent { text += more }
        }
    }

    /// The samples that were sent of an agent's own voice.
    private func ranges(_ simulation: Simulation, by agent: String) -> [Range<Int>] {
        simulation.plays.filter { $0.source.agent == agent }.map(\.range)
    }

    private func conversed(_ simulation: Simulation) -> [DialogueTurn] {
        simulation.requests.compactMap { if case .converse(_, _, _, let turn) = $0.request { turn } else { nil } }
    }

    private func cuts(_ simulation: Simulation) -> [Duration] {
        simulation.requests.compactMap { if case .truncate(_, _, let heard) = $0.request { heard } else { nil } }
    }

    private func isWhole(_ ranges: [Range<Int>], samples: Int) -> Bool {
        let areInOrder = zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
        return areInOrder && ranges.first?.lowerBound == 0 && ranges.last?.upperBound == samples
    }

    /// Words are shown as they come, the sound is the model's own, nobody else is asked to speak.
    @Test func answersInItsOwnVoice() {
        var simulation = Simulation(project(TestProjects.single(), "Stock"))
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        let spoken = simulation.script.spoken + " "
        #expect(conversed(simulation).map(\.words) == ["a question"])
        #expect(shown(simulation, by: "Stock") == spoken)
        #expect(isWhole(ranges(simulation, by: "Stock"), samples: spoken.count * 960))
        #expect(simulation.synthesized.isEmpty)
        #expect(simulation.statuses == [.completed])
        let done = simulation.events.compactMap { if case .agentTextDone(_, let text) = $0 { text } else { nil } }
        #expect(done == [spoken])
        if let text = simulation.first(\.isText), let sound = simulation.plays.first?.at {
            #expect(text <= sound)
        } else {
            Issue.record("nothing was said")
        }
    }

    /// Sound is handed out at the pace of playout, however early the model has it.
    @Test func isPaced() {
        var script = Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(5))
        let sent = simulation.plays.reduce(Duration.zero) { $0 + $1.length }
        #expect(sent > .seconds(3) && sent < .seconds(5))
    }

    /// An interruption tells the model how much of its answer was heard, and the history has no more than that.
    @Test func isCutAtWhatWasHeard() {
        var script = Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        script.transcripts = ["a question", "stop it"]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(2)
        simulation.stayQuiet(3)
        simulation.run(until: .seconds(14))
        #expect(cuts(simulation).count == 1)
        let heard = cuts(simulation).first ?? .zero
        let interruption = simulation.told.lazy.compactMap { at, event -> (Duration, String)? in
            if case .paused(_, _, let words) = event { (at, words) } else { nil }
        }.first
        let began = simulation.plays.first?.at ?? .zero
        #expect(abs((heard - ((interruption?.0 ?? .zero) - began)).milliseconds) < 50)
        let words = interruption?.1 ?? ""
        #expect(!words.isEmpty && script.spoken.hasPrefix(words) && words.count < script.spoken.count / 2)
        #expect(simulation.statuses.first == .interrupted)
        #expect(conversed(simulation).count == 2)
    }

    /// Noise pauses it as it does others: its audio is kept, so that it goes on, and the model is told nothing.
    @Test func itGoesOnAfterNoise() {
        var script = Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        script.transcripts = ["a question", ""]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(1)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(60))
        #expect(cuts(simulation).isEmpty && conversed(simulation).count == 1)
        #expect(simulation.count(\.isPause) == 1 && simulation.count(\.isResumption) == 1)
        #expect(simulation.statuses == [.completed])
        let ranges = ranges(simulation, by: "Stock")
        let steps = zip(ranges, ranges.dropFirst()).filter { $0.upperBound != $1.lowerBound }
        #expect(steps.count == 1 && steps.allSatisfy { $1.lowerBound < $0.upperBound }, "it goes back once")
        #expect(ranges.last?.upperBound == script.spoken.count * 960)
    }

    /// In a graph its words go to whoever comes after it, and its sound waits for the floor.
    @Test func isOneOfTheGraph() {
        let project = project(TestProjects.advisor(bargeIn: false), "Currency")
        var simulation = Simulation(project)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(120))
        #expect(simulation.statuses == [.completed])
        #expect(conversed(simulation).count == 1)
        let spoken = simulation.script.spoken + " "
        #expect(isWhole(ranges(simulation, by: "Currency"), samples: spoken.count * 960))
        #expect(shown(simulation, by: "Currency") == spoken)
        // Never two at once: each speaks in one run.
        let runs = simulation.speakers
        #expect(Set(runs).count == runs.count && runs.contains("Currency"))
    }

    @Test func aModelThatFailsIsAnsweredWithAnApology() {
        var script = Script()
        script.failingAgents = ["Stock"]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.failed])
        #expect(simulation.warnings.map(\.code) == ["agent_failed"])
        #expect(simulation.fillers.map(\.text) == [Apology.standard(in: "en-US")] && !simulation.plays.isEmpty)
    }
}
