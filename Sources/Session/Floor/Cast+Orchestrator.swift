import Agents
import FlowGraph
import ProjectModel
import SpeechText

/// The orchestrator in a part of its own.
extension Cast {
    /// How it is named among agents.
    static let orchestrator = "orchestrator"

    /// It answers itself: none of the agents is for what the caller says.
    static func fallback(_ project: Project, forms: any SpokenForms) -> Cast {
        let team = project.orchestrator.agentNames.map { name in
            "- \(name): \(project.descriptionOf(name).split(whereSeparator: \.isNewline).joined(separator: " "))"
        }
        let orders = [
            "You answer for a team of agents. None of them is for what the caller says now.",
            "Answer briefly yourself. Where you cannot, say so, and say what the team can do.", "The team:",
        ]
        let own = project.orchestrator.ownOrders
        return Cast(
            project, description: (orders + team + [own].filter { !$0.isEmpty }).joined(separator: "\n"), work: .answer,
            forms: forms)
    }

    /// It refuses to answer.
    /// - Parameter rule: the rule that the caller's words violate; nil: they could not be checked.
    static func refusal(_ project: Project, rule: String?, forms: any SpokenForms) -> Cast {
        let language = project.voice(of: nil, within: [])?.language ?? project.audio.language
        let words =
            rule.map { Refusal.standard(in: language, rule: $0) } ?? project.orchestrator.apology
            ?? Apology.standard(in: language)
        return Cast(project, description: "", work: .say(words), forms: forms)
    }

    private init(_ project: Project, description: String, work: Speaker.Work, forms: any SpokenForms) {
        plan = FlowPlan(agent: Self.orchestrator)
        let voice = project.voice(of: nil, within: [])
        var writer = project.writer
        (writer.language, writer.memory) = (voice?.language, project.orchestrator.memory)
        speakers = plan.nodes.reduce(into: [:]) { speakers, node in
            speakers[node.id] = Speaker(
                agent: Self.orchestrator, description: description, work: work,
                delivery: Speaker.Delivery(voice), speaksSummary: false,
                writer: writer,
                filler: FillerLine(
                    project.orchestrator.filler, agent: Self.orchestrator, voice: voice, forms: forms))
        }
    }
}

extension ConversationHistory.Entry.Speaker {
    /// Whoever says something under that name.
    static func named(_ agent: String) -> Self { .agent(agent == Cast.orchestrator ? nil : agent) }
}
