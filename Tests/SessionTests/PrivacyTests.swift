import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Whole conversations in which models see tokens, and the caller hears what they stand for.
@Suite struct PrivacyTests {
    private static let mail = "john.smith@example.com"

    private func masked(_ project: Project, _ rules: [PIIMasking.Rule] = PIIEntity.common.map { .init($0) }) -> Project
    {
        var project = project
        project.piiMasking = PIIMasking(rules: rules)
        return project
    }

    /// Everything that language models were sent, as text.
    private func sent(_ simulation: Simulation) -> String {
        simulation.generations.map { "\($0)" }.joined(separator: "\n")
            + simulation.requests.map { entry in
                switch entry.request {
                case .converse, .listen, .relay: "\(entry.request)"
                default: ""
                }
            }.joined()
    }

    private func shown(_ simulation: Simulation) -> String { simulation.texts.joined() }

    @Test func theCallerHearsWhatTheModelNeverSaw() {
        var script = Script()
        script.answers["Stock"] = "I have [EMAIL_ADDRESS_1] for [PERSON_1]. I will call [phone_number_1]. "
        var simulation = Simulation(masked(TestProjects.single()), script)
        let words = "My name is John Smith, my email is \(Self.mail), my number is 555-123-4567"
        simulation.client(.text(words), at: .seconds(1))
        simulation.run(until: .seconds(60))
        for secret in ["John", "Smith", Self.mail, "4567"] { #expect(!sent(simulation).contains(secret)) }
        #expect(sent(simulation).contains("My name is [PERSON_1], my email is [EMAIL_ADDRESS_1]"))
        #expect(shown(simulation).contains("I have \(Self.mail) for John Smith."))
        #expect(shown(simulation).contains("I will call 555-123-4567."))
        let spoken = simulation.spoken.joined(separator: " ")
        #expect(spoken.contains("John Smith") && !spoken.contains("PERSON") && !spoken.contains("phone_number"))
        #expect(simulation.statuses == [.completed])
        // The caller's own words are shown as they were said.
        let transcripts = simulation.events.compactMap {
            if case .callerTranscript(let said) = $0 { said.text } else { nil }
        }
        #expect(transcripts.last == words)
    }

    /// The history holds what was said; the model is told the same tokens again.
    @Test func tokensAreTheSameInTheNextTurn() {
        var script = Script()
        script.answers["Stock"] = "Noted, [PERSON_1]. "
        var simulation = Simulation(masked(TestProjects.single()), script)
        simulation.client(.text("my name is John Smith"), at: .seconds(1))
        simulation.client(.text("mail \(Self.mail) to John Smith"), at: .seconds(30))
        simulation.run(until: .seconds(90))
        let last = simulation.remembered.map(\.content)
        #expect(
            last == ["my name is [PERSON_1]", "Noted, [PERSON_1]."]
                || last == ["my name is [PERSON_1]", "Noted, [PERSON_1]. "])
        #expect(
            simulation.generations.last?.messages.last?.content.contains("mail [EMAIL_ADDRESS_1] to [PERSON_1]") == true
        )
        #expect(!sent(simulation).contains("Smith") && !sent(simulation).contains(Self.mail))
    }

    /// Members of a flow, its conditions and its summary see tokens, too; so does whoever chooses agents.
    @Test(arguments: [true, false]) func everyModelSeesTokens(decomposes: Bool) {
        var project = masked(TestProjects.advisor())
        project.orchestrator.decomposes = decomposes
        project.superAgents[0].graph = FlowGraph(nodes: [
            .init(name: "Stock", edges: [.init(to: "Currency", when: .condition("The caller left an address."))]),
            .init(name: "Currency"),
        ])
        project.orchestrator.agentNames = ["Advisor", "Risk"]
        var script = Script()
        script.answers["Stock"] = "I write to [EMAIL_ADDRESS_1]. "
        var simulation = Simulation(project, script)
        simulation.client(.text("my mail is \(Self.mail)"), at: .seconds(1))
        simulation.client(.text("once more for \(Self.mail)"), at: .seconds(60))
        simulation.run(until: .seconds(120))
        #expect(
            simulation.generations.contains {
                switch $0.brief.task {
                case .route: !decomposes
                case .assign: decomposes
                default: false
                }
            })
        #expect(!sent(simulation).contains(Self.mail))
        #expect(simulation.generations.allSatisfy { $0.messages.contains { $0.content.contains("[EMAIL_ADDRESS_1]") } })
    }

    @Test func modelsAreToldWhatTokensAre() {
        var simulation = Simulation(masked(TestProjects.single()))
        simulation.client(.text("hello"), at: .seconds(1))
        simulation.client(.text("mail \(Self.mail)"), at: .seconds(30))
        simulation.run(until: .seconds(60))
        let orders = simulation.generations.filter { $0.brief.task == .plan }.map { $0.messages[0].content }
        #expect(orders.map { $0.contains("square brackets") } == [false, true])
    }

    /// An answer that is cut within a detail does not show its beginning in the next turn.
    @Test func aCutDetailIsHidden() {
        var script = Script()
        script.answers["Stock"] =
            "I have got it here, and you live in [LOCATION_1], which is a rather large place to live. "
        script.timesWords = true
        var found = false
        for tenths in 20...120 where !found {
            var simulation = Simulation(masked(TestProjects.single()), script)
            simulation.client(.text("I live in New York City"), at: .seconds(1))
            simulation.client(.text("thanks"), at: .milliseconds(tenths * 100))
            simulation.run(until: .seconds(60))
            let heard = simulation.events.compactMap {
                if case .interrupted(_, _, let heard) = $0 { heard } else { nil }
            }.joined()
            guard ["New", "York"].contains(heard.split(separator: " ").last) else { continue }
            found = true
            let kept = simulation.remembered.map(\.content).joined()
            #expect(kept.contains("[LOCATION_2]") && !kept.contains("New"), "\(kept)")
        }
        #expect(found, "no interruption fell within the name")
    }

    @Test func aSaidTokenOpensNothing() {
        var script = Script()
        script.answers["Stock"] = "You said [TEXT_1], and [PERSON_7] is nobody. "
        var simulation = Simulation(masked(TestProjects.single()), script)
        simulation.client(.text("my mail is \(Self.mail)"), at: .seconds(1))
        simulation.client(.text("read [EMAIL_ADDRESS_1] to me"), at: .seconds(30))
        simulation.run(until: .seconds(60))
        #expect(shown(simulation).hasSuffix("You said [EMAIL_ADDRESS_1], and [PERSON_7] is nobody. "))
    }

    @Test func whatIsRedactedNeverComesBack() {
        var script = Script()
        script.answers["Stock"] = "I see [EMAIL_ADDRESS_1]. "
        var simulation = Simulation(masked(TestProjects.single(), [.init(.emailAddress, .redact)]), script)
        simulation.client(.text("mail \(Self.mail) now"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(sent(simulation).contains("mail  now"))
        #expect(!sent(simulation).contains(Self.mail) && !shown(simulation).contains(Self.mail))
    }

    @Test func withoutMaskingNothingChanges() {
        var simulation = Simulation(TestProjects.single())
        simulation.client(.text("mail \(Self.mail) [PERSON_1]"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.generations.last?.messages.last?.content.contains("mail \(Self.mail) [PERSON_1]") == true)
    }

    /// A speech-to-speech model hears the caller; the text that it is told is masked.
    @Test func speechToSpeechModelsReadTokens() {
        var project = masked(TestProjects.single())
        project.agents[0].languageModel = ModelChain(speechToSpeech: SpeechToSpeechTests.model)
        var script = Script()
        script.spoken = "I write to [EMAIL_ADDRESS_1] today."
        var simulation = Simulation(project, script)
        simulation.client(.text("mail \(Self.mail)"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(!sent(simulation).contains(Self.mail) && sent(simulation).contains("mail [EMAIL_ADDRESS_1]"))
        #expect(shown(simulation).contains("I write to \(Self.mail) today."))
    }

    @Test func argumentsOfToolsAreWritten() {
        var veil = Veil(PIIMasking())
        _ = veil.cover(.relay("mail me at john dot smith at example dot com"))
        #expect(veil.uncover(arguments: #"{"to": "[EMAIL_ADDRESS_1]"}"#) == #"{"to": "john.smith@example.com"}"#)
        #expect(Veil().uncover(arguments: #"{"to": "[EMAIL_ADDRESS_1]"}"#) == #"{"to": "[EMAIL_ADDRESS_1]"}"#)
    }

    /// Calls and results of tools are masked when a model is asked again.
    @Test func chatsWithToolsAreMasked() {
        var veil = Veil(PIIMasking())
        let call = ToolCall(id: "1", name: "send", arguments: #"{"to": "\#(Self.mail)"}"#)
        let messages = [
            ChatMessage(role: .system, content: "You send mail."),
            ChatMessage(role: .user, content: "mail \(Self.mail)"),
            ChatMessage(role: .assistant, content: "", toolCalls: [call]),
            ChatMessage(role: .tool, content: #"{"sent": "\#(Self.mail)"}"#, callID: "1"),
        ]
        let brief = Brief(task: .plan, agentName: "A", callerWords: "mail \(Self.mail)")
        let work = Work(response: ResponseID(1), part: .answer(node: "A"))
        let covered = veil.cover(
            .write(work, ModelChain(.localPlanner), GenerationRequest(brief: brief, messages: messages)))
        guard case .write(_, _, let request) = covered else { return #expect(Bool(false)) }
        #expect(!"\(request)".contains(Self.mail))
        #expect(request.messages[2].toolCalls.map(\.arguments) == [#"{"to": "[EMAIL_ADDRESS_1]"}"#])
        #expect(request.messages[3].content == #"{"sent": "[EMAIL_ADDRESS_1]"}"#)
    }
}
