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
            project.agents[index].languageModel = ModelChain(Self.model)
        }
        return project
    }

    private func shown(_ simulation: Simulation, by agent: String) -> String {
        simulation.events.reduce(into: "") { if case .agentText(agent, let text) = $1 { $0 += text } }
    }

    private func audio(_ simulation: Simulation, by agent: String) -> [Int16] {
        simulation.events.flatMap { event -> [Int16] in
            if case .agentAudio(agent, let chunk) = event { chunk.samples } else { [] }
        }
    }

    private func statuses(_ simulation: Simulation) -> [ResponseStatus] {
        simulation.events.compactMap { if case .responseDone(_, let status) = $0 { status } else { nil } }
    }

    /// Words are shown as they come, the sound is the model's own, nobody else is asked to speak.
    @Test func answersInItsOwnVoice() {
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script: Simulation.Script())
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(30))
        let spoken = simulation.script.spoken + " "
        #expect(simulation.conversed.map(\.callerWords) == ["a question"])
        #expect(shown(simulation, by: "Stock") == spoken)
        #expect(audio(simulation, by: "Stock") == [Int16](repeating: 3, count: spoken.count * 960))
        #expect(simulation.synthesized.isEmpty)
        #expect(statuses(simulation) == [.completed])
        #expect(simulation.events.contains(.agentTextDone(agent: "Stock", text: spoken)))
        #expect(simulation.machine.history.entries.map(\.text) == ["a question", spoken])
        let firstText = simulation.events.firstIndex { if case .agentText = $0 { true } else { false } }
        let firstAudio = simulation.events.firstIndex { if case .agentAudio = $0 { true } else { false } }
        if let firstText, let firstAudio { #expect(firstText < firstAudio) } else { Issue.record("nothing was said") }
    }

    /// Sound is handed out at the pace of playout, however early the model has it.
    @Test func isPaced() {
        var script = Simulation.Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(5))
        let sent = Duration.samples(audio(simulation, by: "Stock").count, at: 16000)
        #expect(sent > .seconds(3) && sent < .seconds(5))
    }

    /// An interruption tells the model how much of its answer was heard, and the history has no more than that.
    @Test func isCutAtWhatWasHeard() {
        var script = Simulation.Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        script.transcripts = ["a question", "stop"]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 3)
        simulation.run(until: .seconds(14))
        #expect(simulation.cuts.count == 1)
        let heard = simulation.cuts.first?.heard ?? .zero
        let interruption = simulation.told.lazy.compactMap { at, event -> (Duration, String)? in
            if case .interrupted(_, let words) = event { (at, words) } else { nil }
        }.first
        let began = simulation.told.first { if case .agentAudio = $0.event { true } else { false } }?.at ?? .zero
        #expect(abs((heard - ((interruption?.0 ?? .zero) - began)).milliseconds) < 50)
        let words = interruption?.1 ?? ""
        #expect(!words.isEmpty && script.spoken.hasPrefix(words) && words.count < script.spoken.count / 2)
        #expect(statuses(simulation).first == .interrupted)
        #expect(simulation.conversed.count == 2)
    }

    /// A cough ends what a model says itself: it cannot be said again, and is not.
    @Test func aFalseInterruptionDoesNotGoOn() {
        var script = Simulation.Script()
        script.spoken = String(repeating: "This is a long sentence of the plan. ", count: 10)
        script.transcripts = ["a question", ""]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 5)
        simulation.speak(seconds: 1)
        simulation.stayQuiet(seconds: 10)
        simulation.run(until: .seconds(20))
        #expect(simulation.cuts.count == 1)
        #expect(statuses(simulation) == [.interrupted])
    }

    /// In a graph its words go to whoever comes after it, and its sound waits for the floor.
    @Test func isOneOfTheGraph() {
        let project = project(TestProjects.advisor(bargeIn: false), "Currency")
        var simulation = Simulation(project, script: Simulation.Script())
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(120))
        #expect(statuses(simulation) == [.completed])
        #expect(simulation.conversed.count == 1)
        let spoken = simulation.script.spoken + " "
        #expect(audio(simulation, by: "Currency") == [Int16](repeating: 3, count: spoken.count * 960))
        #expect(shown(simulation, by: "Currency") == spoken)
        let speakers = simulation.events.compactMap { event -> String? in
            if case .agentAudio(let agent, _) = event { agent } else { nil }
        }
        // Never two at once: each speaks in one run.
        let runs = speakers.indices.filter { $0 == 0 || speakers[$0] != speakers[$0 - 1] }.map { speakers[$0] }
        #expect(Set(runs).count == runs.count && runs.contains("Currency"))
    }

    @Test func aModelThatFailsEndsTheAnswer() {
        var script = Simulation.Script()
        script.failingAgents = ["Stock"]
        var simulation = Simulation(project(TestProjects.single(), "Stock"), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(statuses(simulation) == [.failed])
        #expect(
            simulation.events.contains { if case .warning(let it) = $0 { it.code == "agent_failed" } else { false } })
    }
}
