import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// Questions that members of a reply ask the caller.
extension Reply {
    /// Those whose questions are open, in graph order.
    var askers: [Speaker] {
        plan.nodes.filter { questions.open[$0.id] != nil }.compactMap { members[$0.id]?.speaker }
    }

    /// The caller has answered what was asked; nil: they have not. One answer is for all who have asked.
    mutating func takeAnswer(_ words: String?, step: inout Step) {
        for node in plan.nodes.map(\.id) {
            guard let question = questions.open[node] else { continue }
            if let brief = question.resumes {
                clarified(node, brief, words, step: &step)
                continue
            }
            guard let words else {
                questions.close(node)
                perform(flow.failed(node), step: &step)
                continue
            }
            if question.inquiry.interprets, !question.inquiry.fields.isEmpty {
                interpret(words, question.inquiry, of: node, step: &step)
            } else {
                settle(node, Self.said(words), step: &step)
            }
        }
    }

    /// A model has read what the caller said to a member's question. What it must know and does not is asked again.
    mutating func take(_ words: String, of node: String, step: inout Step) {
        guard let question = questions.open[node], let member = members[node] else { return }
        let wanted = question.inquiry.questions
        guard let feedback = Feedback(reading: member.verdicts.first ?? "", of: wanted) else {
            return settle(node, Self.said(words), step: &step)
        }
        let missing = feedback.missing(of: wanted)
        if missing.isEmpty || question.times >= Questions.mostTimes {
            return settle(node, [Self.said(words), feedback.lines].joined(separator: "\n"), step: &step)
        }
        askAgain(missing, after: words, of: node, step: &step)
    }

    private mutating func interpret(_ words: String, _ inquiry: Inquiry, of node: String, step: inout Step) {
        guard let member = members[node] else { return }
        questions.interpret(words, for: node)
        members[node]?.reviews.beginJudging(1)
        judging[node] = 1
        let brief = Brief(
            task: .fill(inquiry.questions), agentName: member.speaker.agent, goal: member.speaker.goal,
            callerWords: words, parents: [.init(agent: member.speaker.agent, text: member.text)])
        step.write(Work(response: response, part: .judgement(node: node, 0)), brief, with: member.speaker.writer)
    }

    private mutating func askAgain(_ missing: [Question], after words: String, of node: String, step: inout Step) {
        guard let speaker = members[node]?.speaker else { return }
        let source = Attribution(response: response, item: step.identifiers.item(), agent: speaker.agent)
        let brief = Brief(
            task: .ask(missing), agentName: speaker.agent, agentDescription: speaker.description, goal: speaker.goal,
            callerWords: words, isFirst: false)
        floor.returns(node, all: plan.nodes.map(\.id))
        step.tell(.agentStarted(source, node: place(of: node)))
        write(brief, of: node, source, step: &step)
    }

    /// What the caller answered is the member's answer.
    private mutating func settle(_ node: String, _ text: String, step: inout Step) {
        questions.close(node)
        members[node]?.takeCallersAnswer(text)
        perform(flow.finished(node), step: &step)
    }

    private static func said(_ words: String) -> String { "The caller said: " + words }
}

extension Speaker.Work {
    /// What a model is asked to write for it.
    var task: Brief.Task {
        switch self {
        case .summarize: .summarize
        case .ask(let inquiry): .ask(inquiry.questions)
        case .answer, .lookUp, .call, .choose, .report, .collect, .say: .plan
        }
    }
}
