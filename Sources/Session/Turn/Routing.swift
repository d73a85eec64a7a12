import Agents
import ProjectModel
import ProviderKit

/// Choosing who answers a turn. Pure.
struct Routing: Sendable {
    /// What was decided.
    enum Decision: Equatable, Sendable {
        /// These agents answer, each what it is asked.
        case tasks([Assignment.Task])
        /// The orchestrator answers itself: no agent is for that.
        case nobody
        /// The caller's words violate that rule; nil: they could not be checked.
        case refused(rule: String?)
    }

    /// What one model says.
    private enum Statement: Sendable {
        /// Exits: `writing`.
        case notAsked
        /// Exits: `known`, `failed`.
        case writing(BoundedText)
        case known(String)
        case failed
    }

    private var choice = Statement.notAsked
    private var screening = Statement.notAsked

    /// Asks whether an answer is allowed, and who answers, where there is a choice. Neither waits for the other.
    /// - Parameter isAnswer: whether it is known already who goes on: whoever has asked the caller.
    mutating func begin(_ response: ResponseID, _ callerWords: String, isAnswer: Bool, step: inout Step) {
        let project = step.project.project
        screen(response, callerWords, project, step: &step)
        if !isAnswer { choose(response, callerWords, project, step: &step) }
    }

    private mutating func screen(
        _ response: ResponseID, _ callerWords: String, _ project: Project, step: inout Step
    ) {
        let rules = project.orchestrator.rules.map {
            Brief.Rule(name: $0.name, text: $0.description, passing: $0.passing, failing: $0.failing)
        }
        if rules.isEmpty { return }
        screening = .writing(BoundedText(limit: ReplyMember.longestSummary))
        var writer = project.router
        writer.routingOrder = nil
        step.write(
            Work(response: response, part: .screening),
            Brief(task: .screen(rules: rules), agentName: Cast.orchestrator, callerWords: callerWords), with: writer)
    }

    private mutating func choose(
        _ response: ResponseID, _ callerWords: String, _ project: Project, step: inout Step
    ) {
        let orchestrator = project.orchestrator
        guard orchestrator.routes, orchestrator.agentNames.count > 1 else { return }
        let candidates = orchestrator.agentNames.map { Brief.Answer(agent: $0, text: project.descriptionOf($0)) }
        let task: Brief.Task =
            orchestrator.decomposes
            ? .assign(candidates: candidates, order: orchestrator.routingOrder) : .route(candidates: candidates)
        choice = .writing(BoundedText(limit: Assignment.longestAnswer))
        step.write(
            Work(response: response, part: .routing),
            Brief(task: task, agentName: Cast.orchestrator, callerWords: callerWords), with: project.router)
    }

    /// More of what a model says.
    mutating func receive(_ text: String, for part: Work.Part) {
        change(part) { statement in
            guard case .writing(var written) = statement else { return }
            _ = written.append(text)
            statement = .writing(written)
        }
    }

    /// A model has said all.
    mutating func finish(_ part: Work.Part) {
        change(part) { if case .writing(let written) = $0 { $0 = .known(written.text) } }
    }

    /// A model could not say it.
    mutating func fail(_ part: Work.Part) { change(part) { if case .writing = $0 { $0 = .failed } } }

    private mutating func change(_ part: Work.Part, _ change: (inout Statement) -> Void) {
        switch part {
        case .routing: change(&choice)
        case .screening: change(&screening)
        case .answer, .summary, .judgement, .reflection, .study: break
        }
    }

    /// Who answers; nil while that is not known. Whoever cannot be checked is refused.
    func decision(_ project: Project) -> Decision? {
        switch screening {
        case .notAsked: return chosen(project.orchestrator)
        case .writing: return nil
        case .failed: return .refused(rule: nil)
        case .known(let text):
            let verdict = Choice.read(text, among: project.orchestrator.rules.map(\.name) + [AnswerForm.nobody])
            return verdict == AnswerForm.nobody ? chosen(project.orchestrator) : .refused(rule: verdict)
        }
    }

    /// Who answers. Where no choice can be read, the first agent does.
    private func chosen(_ orchestrator: Orchestrator) -> Decision? {
        let names = orchestrator.agentNames
        let assignment: Assignment?
        switch choice {
        case .writing: return nil
        case .notAsked, .failed: assignment = nil
        case .known(let text) where orchestrator.decomposes: assignment = Assignment.read(text, among: names)
        case .known(let text):
            assignment =
                Choice.read(text, among: names).map { .tasks([.init(agent: $0)]) }
                ?? Choice.read(text, among: [AnswerForm.nobody]).map { _ in .nobody }
        }
        switch assignment {
        case .nobody: return .nobody
        case .tasks(let tasks): return .tasks(tasks)
        case nil: return .tasks(names.prefix(1).map { Assignment.Task(agent: $0) })
        }
    }
}
