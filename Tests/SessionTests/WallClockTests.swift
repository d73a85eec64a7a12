import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// What models are told of date, time and language.
struct WallClockTests {
    @Test(arguments: [
        (0, 0, "Thursday, 1 January 1970, 00:00 (Z)"), (1_795_890_240, 3600, "Saturday, 28 November 2026, 19:24 (Z)"),
        (951_782_399, 0, "Monday, 28 February 2000, 23:59 (Z)"),
        (951_782_400, 0, "Tuesday, 29 February 2000, 00:00 (Z)"),
        (951_868_800, 0, "Wednesday, 1 March 2000, 00:00 (Z)"), (0, -3600, "Wednesday, 31 December 1969, 23:00 (Z)"),
        (4_107_542_399, 0, "Sunday, 28 February 2100, 23:59 (Z)"),
        (4_107_542_400, 0, "Monday, 1 March 2100, 00:00 (Z)"),
    ]) func showsDateAndTime(began: Int, offset: Int, reading: String) {
        #expect(WallClock(began: began, offset: offset, zone: "Z").reading(after: .zero) == reading)
    }

    @Test func goesOnWithTheConversation() {
        let clock = WallClock(began: 86_340, offset: 0, zone: "UTC")
        #expect(clock.reading(after: .milliseconds(59_999)).contains("1 January 1970, 23:59"))
        #expect(clock.reading(after: .seconds(60)).contains("2 January 1970, 00:00"))
    }

    private func requests(_ project: Project, clock: WallClock?) -> [GenerationRequest] {
        let identity = ConversationCore.Identity(
            description: Simulation.identity.description, clock: clock)
        var core = ConversationCore(CompiledProject(project), identity)
        _ = core.handle(.opened, at: .zero)
        let outputs = core.handle(.client(.text("Wie spät ist es?")), at: .seconds(61))
        return outputs.compactMap { if case .request(.write(_, _, let request)) = $0 { request } else { nil } }
    }

    /// An agent, a router: whoever writes knows when it is; without a clock nobody is told.
    @Test func everyPromptTellsTheTime() {
        var project = Project(
            name: "p", orchestrator: Orchestrator(agentNames: ["Ada"]),
            agents: [Agent(name: "Ada"), Agent(name: "Bob")])
        let clock = WallClock(began: 0, offset: 7200, zone: "Europe/Berlin")
        for names in [["Ada"], ["Ada", "Bob"]] {
            project.orchestrator.agentNames = names
            let told = requests(project, clock: clock).map { $0.messages[0].content }
            #expect(told.count == 1 && told[0].contains("It is Thursday, 1 January 1970, 02:01 (Europe/Berlin)."))
            #expect(!requests(project, clock: nil).contains { $0.messages[0].content.contains("1970") })
        }
    }

    /// A summary is spoken: its language is that of its voice, not the caller's.
    @Test func aSummaryIsAskedForInTheLanguageOfItsVoice() throws {
        var speech = SpeechConfiguration()
        speech.language = "de-DE"
        var project = Project(
            name: "p", orchestrator: Orchestrator(agentNames: ["Team"]), agents: [Agent(name: "Ada")],
            superAgents: [
                SuperAgent(
                    name: "Team", graph: FlowGraph(nodes: [.init(name: "Ada")]),
                    speech: speech, closesWithSummary: true)
            ])
        project.audio.language = "en-US"
        let cast = Cast(project, running: "Team")
        let closing = try #require(cast.speakers.values.first { $0.work == .summarize })
        #expect(closing.writer.language == "de-DE")
    }
}
