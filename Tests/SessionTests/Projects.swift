import FlowGraph
import ProjectModel
import TurnTaking

/// Projects for the tests, as values.
enum TestProjects {
    static func voice(_ name: String) -> SpeechConfiguration {
        var speech = SpeechConfiguration()
        speech.voices = [name]
        return speech
    }

    static func silent() -> SpeechConfiguration {
        var speech = SpeechConfiguration()
        speech.enableSpeech = false
        return speech
    }

    /// The shape of the tutorial's project: a planner, two after it, one of them silent, and a closing summary.
    static func advisor(bargeIn: Bool = true, floor: FloorOrder = .ready, closes: Bool = true) -> Project {
        var audio = AudioConfiguration()
        audio.endpointing.silence = .milliseconds(700)
        if bargeIn {
            var vad = VADConfiguration()
            (vad.threshold, vad.windowSize) = (15, 24)
            (vad.lockout, vad.gracePeriod, vad.minimumAudio) = (.milliseconds(500), .seconds(1), .seconds(1))
            audio.vad = vad
        }
        return Project(
            name: "advisor",
            orchestrator: Orchestrator(agentNames: ["Advisor"], speech: voice("en-AU-WilliamNeural")),
            agents: [
                Agent(name: "Stock", description: "Plans for stocks."),
                Agent(name: "Currency", description: "Plans for currencies.", speech: voice("en-CA-LiamNeural")),
                Agent(name: "Risk", description: "Measures risk.", speech: silent()),
            ],
            superAgents: [
                SuperAgent(
                    name: "Advisor", goal: "Advise.",
                    graph: FlowGraph(nodes: [
                        .init(name: "Stock", edges: [.init(to: "Currency"), .init(to: "Risk")]),
                        .init(name: "Currency"), .init(name: "Risk"),
                    ]),
                    floor: floor, speech: voice("en-US-JennyNeural"), closesWithSummary: closes)
            ],
            audio: audio)
    }

    /// One agent.
    static func single(bargeIn: Bool = true) -> Project {
        var project = advisor(bargeIn: bargeIn)
        project.orchestrator.agentNames = ["Stock"]
        project.superAgents = []
        return project
    }
}
