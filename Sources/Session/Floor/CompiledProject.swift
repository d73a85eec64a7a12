import Agents
import FlowGraph
import ProjectModel
import SpeechText
import SpellOut

/// A project and what follows from it for every conversation: who plays which part when one of its agents is asked.
struct CompiledProject: Sendable {
    let project: Project
    /// The words of the languages that its voices speak.
    let forms: any SpokenForms
    /// What bridges the silence while it is chosen who answers.
    let routingFiller: FillerLine?
    /// Agents whose models hear the caller speak, since it is certain that they will answer. Others are told the words when
    /// their turn comes: hearing is not free.
    let listeners: [Speaker]
    private let casts: [String: Cast]

    init(_ project: Project, forms: any SpokenForms = ICUForms()) {
        self.project = project
        self.forms = forms
        let names = project.orchestrator.agentNames
        let casts = Dictionary(
            names.map { ($0, Cast(project, running: $0, forms: forms)) }, uniquingKeysWith: { first, _ in first })
        self.casts = casts
        routingFiller = FillerLine(
            project.orchestrator.filler, agent: "orchestrator", voice: project.voice(of: nil, within: []),
            forms: forms)
        let isCertain = !project.orchestrator.routes || names.count == 1
        let certain = isCertain ? names.first.flatMap { casts[$0] } : nil
        let own = (certain?.speakers.values.filter { $0.speechToSpeech != nil } ?? []).sorted { $0.agent < $1.agent }
        // An agent may have several places in a plan, and its model hears the caller once.
        listeners = own.enumerated().filter { $0.offset == 0 || own[$0.offset - 1].agent != $0.element.agent }
            .map(\.element)
    }

    /// Who answers when the agent or super agent of that name is asked.
    func cast(of name: String) -> Cast { casts[name] ?? Cast(project, running: name, forms: forms) }

    /// Who answers when these tasks are given. One agent alone gets all that the caller said.
    func cast(of tasks: [Assignment.Task]) -> Cast {
        tasks.count == 1 ? cast(of: tasks[0].agent) : Cast(project, tasks: tasks, forms: forms)
    }

    /// In which order the members of those agents and super agents speak.
    func order(of names: [String]) -> Floor.Order {
        names.contains { project.superAgent(named: $0)?.floor == .graphOrder } ? .graph : .ready
    }
}
