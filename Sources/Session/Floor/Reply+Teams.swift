import Agents
import FlowGraph
import ProviderKit

/// Members that are chosen one at a time, or tried and judged; and what the client is shown of it.
extension Reply {
    /// The node as clients know it: one name for all of its runs.
    func place(of node: String) -> String { plan.node(node)?.place ?? node }

    // MARK: - One at a time

    /// Lets a model choose who works next. The choice is the one judgement of the node.
    mutating func choose(
        by agenda: Brief.Agenda, at node: String, _ brief: Brief, _ source: Attribution, step: inout Step
    ) {
        guard let speaker = members[node]?.speaker else { return }
        var brief = brief
        (brief.task, brief.conditions) = (.next(agenda), [])
        members[node]?.begin(brief, source: source)
        members[node]?.reviews.beginJudging(1)
        judging[node] = 1
        floor.done(node)
        step.write(Work(response: response, part: .judgement(node: node, 0)), brief, with: speaker.writer)
    }

    /// It is known who works next. What cannot be read ends the steps.
    mutating func chosen(_ node: String, _ member: ReplyMember, step: inout Step) {
        guard let chooser = plan.node(node), case .choose(let agenda) = member.speaker.work else { return }
        members[node]?.giveUp()
        var name: String?
        if case .member(let chosen, let words)? = NextStep.read(
            member.verdicts.first ?? "", among: agenda.candidates.map(\.agent))
        {
            name = chosen
            for part in plan.nodes(of: chosen, chosenAt: chooser) {
                members[part.id]?.ask(words ?? member.speaker.words)
            }
        }
        var actions = flow.finished(node)
        if case .judge(_, let names)? = actions.first {
            actions = flow.judged(node, holds: names.map { $0 == name })
        }
        for earlier in plan.nodes.map(\.id) where undecided.contains(earlier) { decide(earlier, step: &step) }
        tellNext(after: node, step: &step)
        perform(actions, step: &step)
    }

    /// Shows the client who follows a node, where its super agent wants that.
    mutating func tellNext(after node: String, step: inout Step) {
        guard let line = members[node]?.speaker.seat.nextLine else { return }
        let names = flow.followers(of: node)
        if names.isEmpty { return }
        let source = Attribution(response: response, item: step.identifiers.item(), agent: line.agent)
        step.tell(.agentFiller(source, line.text(names)))
    }

    // MARK: - Trials

    /// So many answers are judged at once.
    private static let judgedAtOnce = 8

    /// An answer that is judged by one metric.
    private struct Judged {
        var trial: Trial
        var criterion: Brief.Criterion
    }

    private func judged(of trials: [Trial]) -> [Judged] {
        settled(trials).filter { members[$0.node]?.hasAnswered == true }
            .flatMap { trial in trial.criteria.map { Judged(trial: trial, criterion: $0) } }
    }

    /// Lets a model judge every answer by every metric.
    mutating func report(
        on trials: [Trial], at node: String, _ brief: Brief, _ source: Attribution, step: inout Step
    ) {
        let count = judged(of: trials).count
        members[node]?.begin(brief, source: source)
        members[node]?.reviews.beginJudging(count)
        if count == 0 { return close(trials, at: node, step: &step) }
        judging[node] = count
        for index in 0..<min(count, Self.judgedAtOnce) { judge(trials, at: node, index, step: &step) }
    }

    private mutating func judge(_ trials: [Trial], at node: String, _ index: Int, step: inout Step) {
        guard let speaker = members[node]?.speaker else { return }
        let judged = judged(of: trials)[index]
        let brief = Brief(
            task: .score(judged.criterion), agentName: speaker.agent, goal: speaker.goal,
            callerWords: judged.trial.words ?? speaker.words ?? callerWords,
            parents: AnswerBudget.fitting([
                Brief.Answer(agent: judged.trial.agent, text: members[judged.trial.node]?.text ?? "")
            ]))
        step.write(Work(response: response, part: .judgement(node: node, index)), brief, with: speaker.writer)
    }

    /// One more answer was judged; `left` are still to come.
    mutating func scored(_ trials: [Trial], at node: String, left: Int, step: inout Step) {
        let count = judged(of: trials).count
        let next = count - left + Self.judgedAtOnce - 1
        if next < count { judge(trials, at: node, next, step: &step) }
        if left == 0 { close(trials, at: node, step: &step) }
    }

    private mutating func close(_ trials: [Trial], at node: String, step: inout Step) {
        guard let member = members[node] else { return }
        var verdicts = member.verdicts[...]
        let rows = settled(trials).map { trial in
            let answer = members[trial.node].flatMap { $0.hasAnswered ? $0.text : nil }
            let scores = trial.criteria.map { criterion -> EvaluationReport.Mark in
                let text = answer == nil ? "" : verdicts.popFirst() ?? ""
                let score = Score.read(text, in: criterion.lowest...max(criterion.lowest, criterion.highest))
                return EvaluationReport.Mark(criterion: criterion, score: score)
            }
            return EvaluationReport.Row(
                agent: trial.agent, sample: trial.words ?? member.speaker.words ?? callerWords, answer: answer,
                marks: scores)
        }
        members[node]?.write(ours: EvaluationReport.text(of: rows))
        answered(node, step: &step)
    }
}
