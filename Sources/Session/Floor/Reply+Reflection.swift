import Agents
import ProjectModel
import ProviderKit

/// Members that look at drafts of their answer before anybody hears one.
extension Reply {
    /// A member has written what it has to say; where it reflects, that is a draft.
    mutating func written(_ node: String, step: inout Step) {
        guard let member = members[node] else { return }
        guard member.hasAnswered else { return unwritten(node, step: &step) }
        guard let next = members[node]?.reviews.drafted(member.text) else { return answered(node, step: &step) }
        if let reflection = member.reviews.reflection, reflection.rules.isShown, let source = member.source {
            step.tell(.agentDraft(source, attempt: reflection.drafts.count + 1, member.text))
        }
        proceed(next, node, step: &step)
    }

    /// A member could not write it, or nothing that can be said. An earlier draft stands then.
    mutating func unwritten(_ node: String, step: inout Step) {
        if let next = members[node]?.reviews.failedToDraft() {
            proceed(next, node, step: &step)
        } else {
            failed(node, step: &step)
        }
    }

    /// A member has said what it thinks of its drafts, or has made one answer of them.
    mutating func reflected(_ node: String, step: inout Step) {
        guard let member = members[node], case .writing = member.stage,
            let (next, critique) = members[node]?.reviews.reflected(by: member.speaker.agent)
        else { return }
        if let critique, let reflection = member.reviews.reflection, reflection.rules.isShown,
            let source = member.source
        {
            step.tell(.agentCritique(source, attempt: reflection.drafts.count, flaws: critique.flaws))
        }
        proceed(next, node, step: &step)
    }

    /// A member could not say it.
    mutating func unreflected(_ node: String, step: inout Step) {
        guard case .writing = members[node]?.stage, let next = members[node]?.reviews.failedToReflect() else { return }
        proceed(next, node, step: &step)
    }

    private mutating func proceed(_ next: Reflection.Next, _ node: String, step: inout Step) {
        guard let member = members[node], case .writing(var brief) = member.stage else { return }
        switch next {
        case .ask(let task):
            brief.task = task
            step.write(
                Work(response: response, part: .reflection(node: node)), brief, with: member.speaker.writer,
                after: member.tools.rounds)
        case .redraft(let revision):
            members[node]?.beginDraft()
            step.write(
                Work(response: response, part: .answer(node: node)), brief, with: member.speaker.writer,
                after: member.tools.rounds, revising: revision)
        case .settled(let text):
            members[node]?.settle(text)
            answered(node, step: &step)
        }
    }
}

extension Critique {
    /// What is to be mended; nil when the draft is good.
    fileprivate var flaws: [String]? {
        switch self {
        case .good: nil
        case .flawed(let flaws): flaws
        }
    }
}
