import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// The way of a reply through its graph: who starts, who is judged, who has answered.
extension Reply {
    mutating func perform(_ actions: [FlowMachine.Action], step: inout Step) {
        // Several may begin a loop's next round, each with what the others said in the last one.
        let material = actions.map { action -> [Brief.Answer] in
            if case .start(let node, let ancestors) = action { answers(of: ancestors, for: node) } else { [] }
        }
        for (action, answers) in zip(actions, material) {
            switch action {
            case .start(let node, _): start(node, with: answers, step: &step)
            case .judge(let node, let conditions): judge(node, conditions, step: &step)
            case .skipped(let node): floor.done(node)
            case .completed: flowIsOver = true
            }
        }
    }

    /// What a node is told of those before it.
    private func answers(of ancestors: [String], for node: String) -> [Brief.Answer] {
        guard let speaker = members[node]?.speaker else { return [] }
        return AnswerBudget.fitting(
            ancestors.compactMap { members[$0] }
                // What a closing node only collects is there already, from those who said it.
                .filter { $0.hasAnswered && (speaker.isClosing || $0.speaker.work != .collect) }
                // Whoever is tried knows nothing of other trials, and nobody else knows of any.
                .filter { $0.speaker.seat.trial == speaker.seat.trial }
                .map { Brief.Answer(agent: $0.speaker.agent, text: $0.text) })
    }

    mutating func start(_ node: String, with answers: [Brief.Answer], step: inout Step) {
        guard settleSample(of: node, answers, step: &step), let speaker = members[node]?.speaker else { return }
        let brief = Brief(
            task: speaker.work.task, agentName: speaker.agent,
            agentDescription: speaker.description, goal: speaker.goal, callerWords: speaker.words ?? callerWords,
            parents: answers,
            conditions: plan.node(node)?.conditions ?? [],
            isFirst: !members.values.contains { $0.source != nil && $0.speaker.isForCaller },
            lack: speaker.lack ?? step.project.project.tableLack(of: speaker.agent))
        let source = Attribution(response: response, item: step.identifiers.item(), agent: speaker.agent)
        floor.returns(node, all: plan.nodes.map(\.id))
        if speaker.hasWords { step.tell(.agentStarted(source, node: place(of: node))) }
        switch speaker.work {
        case .collect:
            members[node]?.begin(brief, source: source)
            members[node]?.collect(answers.map { "\($0.agent): \($0.text)" }.joined(separator: "\n\n"))
            floor.done(node)
            perform(flow.finished(node), step: &step)
        case .say(let words):
            members[node]?.begin(brief, source: source)
            receive(words, for: .answer(node: node), step: &step)
            finish(.answer(node: node), step: &step)
        case .answer, .ask, .summarize: write(brief, of: node, source, step: &step)
        case .lookUp, .call: callFirst(brief, of: node, source, step: &step)
        case .choose(let agenda): choose(by: agenda, at: node, brief, source, step: &step)
        case .report(let trials): report(on: trials, at: node, brief, source, step: &step)
        }
    }

    /// Lets the model of a member write, or speak itself.
    mutating func write(_ brief: Brief, of node: String, _ source: Attribution, step: inout Step) {
        guard let speaker = members[node]?.speaker else { return }
        let work = Work(response: response, part: .answer(node: node))
        guard speaker.speechToSpeech != nil else {
            members[node]?.begin(brief, source: source)
            return step.write(work, brief, with: speaker.writer)
        }
        let own = speaker.voice == nil ? nil : step.identifiers.segment()
        members[node]?.begin(brief, source: source, own: own)
        if let own { lines.append(.expect(own, agent: speaker.agent)) }
        step.converse(work, own, brief, with: speaker)
    }

    private mutating func judge(_ node: String, _ conditions: [String], step: inout Step) {
        guard let member = members[node] else { return }
        members[node]?.reviews.beginJudging(conditions.count)
        judging[node] = conditions.count
        for (index, condition) in conditions.enumerated() {
            let brief = Brief(
                task: .judge(condition: condition), agentName: member.speaker.agent, goal: member.speaker.goal,
                callerWords: member.speaker.words ?? callerWords,
                parents: [.init(agent: member.speaker.agent, text: member.text)])
            let work = Work(response: response, part: .judgement(node: node, index))
            step.write(work, brief, with: member.speaker.seat.judge ?? member.speaker.writer)
        }
    }

    mutating func judged(_ node: String, step: inout Step) {
        guard let left = judging[node] else { return }
        judging[node] = left == 1 ? nil : left - 1
        guard let member = members[node] else { return }
        switch member.speaker.work {
        case .choose: chosen(node, member, step: &step)
        case .report(let trials): scored(trials, at: node, left: left - 1, step: &step)
        case .answer, .ask, .lookUp, .call, .summarize, .collect, .say:
            guard left == 1 else { return }
            if let words = questions.interpreted(node) { return take(words, of: node, step: &step) }
            let actions = flow.judged(node, holds: member.verdicts.map { Verdict.read($0) ?? false })
            // Before a loop starts it anew.
            decide(node, step: &step)
            tellNext(after: node, step: &step)
            perform(actions, step: &step)
        }
    }

    mutating func answered(_ node: String, step: inout Step) {
        guard let member = members[node], let source = member.source else { return }
        step.tell(.agentFinished(source, node: place(of: node)))
        if member.isCut {
            let message = "\(source.agent)'s answer was cut at \(ReplyMember.longestAnswer) characters"
            step.tell(.warning(BadInput(code: "answer_cut", message: message)))
        }
        // Whoever is only tried asks nobody: its question is its answer.
        if case .ask(let inquiry) = member.speaker.work, member.speaker.isForCaller {
            say(node, step: &step)
            return questions.ask(node, inquiry)
        }
        if !member.speaker.isForCaller {
            members[node]?.keepToItself()
            floor.done(node)
        } else if member.speaker.speaksOnlyIfLast {
            // Its stage stays `writing`: whether it is heard is known when its conditions are judged.
            undecided.insert(node)
        } else {
            say(node, step: &step)
        }
        perform(flow.finished(node), step: &step)
        decide(node, step: &step)
    }

    /// Whether a member is heard that is heard only when it is the last: not before its conditions are judged, or before it is
    /// chosen who comes next.
    mutating func decide(_ node: String, step: inout Step) {
        guard undecided.contains(node), judging[node] == nil, let isLast = flow.isLast(node) else { return }
        undecided.remove(node)
        if !isLast { members[node]?.hush() }
        say(node, step: &step)
        drain()
    }

    /// A member's answer is complete: what of it is shown and spoken.
    private mutating func say(_ node: String, step: inout Step) {
        guard let member = members[node] else { return }
        if member.speaker.speaksAsItWrites || member.voice == nil {
            closeSpeech(node, step: &step)
        } else if !member.speaker.speaksSummary || member.text.count <= ReplyMember.shortAnswer {
            members[node]?.showAndSpeak(step: &step)
            closeSpeech(node, step: &step)
        } else {
            members[node]?.beginSummary(step: &step)
            floor.ready(node)
            step.write(
                Work(response: response, part: .summary(node: node)), summary(of: member), with: member.speaker.writer)
        }
    }

    private func summary(of member: ReplyMember) -> Brief {
        Brief(
            task: .summarize, agentName: member.speaker.agent, agentDescription: member.speaker.description,
            goal: member.speaker.goal, callerWords: member.speaker.words ?? callerWords,
            parents: [.init(agent: member.speaker.agent, text: member.text)])
    }

    mutating func failed(_ node: String, step: inout Step) {
        guard let member = members[node] else { return }
        if continueInAnotherVoice(node, member, step: &step) { return }
        let message = "\(member.speaker.agent) could not answer"
        step.tell(.warning(BadInput(code: "agent_failed", message: message)))
        questions.close(node)
        if let own = member.ownSegment { lines.append(.lose(own)) }
        if member.isReady || floor.holder == node {
            hasBrokenOff = true
            closeSpeech(node, step: &step)
        } else {
            members[node]?.giveUp()
            floor.done(node)
        }
        // A trial without an answer is reported, too.
        let isTried = member.speaker.seat.trial != nil && plan.node(node)?.conditions.isEmpty == true
        perform(isTried ? flow.finished(node) : flow.failed(node), step: &step)
    }

    /// A member whose own model fails before it has said anything is answered for by the project's language model, in a
    /// synthesized voice.
    private mutating func continueInAnotherVoice(_ node: String, _ member: ReplyMember, step: inout Step) -> Bool {
        guard case .writing(let brief) = member.stage, let own = member.ownSegment, let source = member.source,
            member.text.isEmpty, member.speaker.writer.models != ModelChain(.localPlanner)
        else { return false }
        lines.append(.abandon(own))
        members[node]?.begin(brief, source: source)
        step.write(Work(response: response, part: .answer(node: node)), brief, with: member.speaker.writer)
        return true
    }
}
