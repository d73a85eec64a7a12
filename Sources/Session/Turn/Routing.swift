import Agents
import ProjectModel
import ProviderKit

/// Choosing who answers a turn. Pure.
struct Routing: Sendable {
    /// What was decided.
    enum Decision: Equatable, Sendable {
        /// These agents answer, each what it is asked.
        case tasks([Assignment.Task])
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

    /// Asks who answers, where there is a choice.
    mutating func begin(_ response: ResponseID, _ callerWords: String, step: inout Step) {
        let project = step.project.project
        let orchestrator = project.orchestrator
        guard orchestrator.routes, orchestrator.agentNames.count > 1 else { return }
        let candidates = orchestrator.agentNames.map { Brief.Answer(agent: $0, text: project.descriptionOf($0)) }
        let task: Brief.Task =
            orchestrator.decomposes
            ? .assign(candidates: candidates, order: orchestrator.routingOrder) : .route(candidates: candidates)
        choice = .writing(BoundedText(limit: Assignment.longestAnswer))
        step.write(
            Work(response: response, part: .routing),
            Brief(task: task, agentName: "orchestrator", callerWords: callerWords), with: project.router)
    }

    /// More of what a model says.
    mutating func receive(_ text: String, for part: Work.Part) {
        guard part == .routing, case .writing(var written) = choice else { return }
        _ = written.append(text)
        choice = .writing(written)
    }

    /// A model has said all.
    mutating func finish(_ part: Work.Part) {
        guard part == .routing, case .writing(let written) = choice else { return }
        choice = .known(written.text)
    }

    /// A model could not say it.
    mutating func fail(_ part: Work.Part) {
        guard part == .routing else { return }
        choice = .failed
    }

    /// Who answers; nil while that is not known. Where no choice can be read, the first agent does.
    func decision(_ project: Project) -> Decision? {
        let names = project.orchestrator.agentNames
        let first = Decision.tasks(names.prefix(1).map { Assignment.Task(agent: $0) })
        switch choice {
        case .writing: return nil
        case .notAsked, .failed: return first
        case .known(let text):
            guard project.orchestrator.decomposes else {
                return Choice.read(text, among: names).map { .tasks([.init(agent: $0)]) } ?? first
            }
            guard case .tasks(let tasks) = Assignment.read(text, among: names) else { return first }
            return .tasks(tasks)
        }
    }
}
