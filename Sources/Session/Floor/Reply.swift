import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import SpeechText

/// One answer by a graph of agents: which of them works, whose words wait, who has the floor. Pure.
///
/// Text comes in from the agents in any order and leaves as segments in the order of the floor.
struct Reply: Sendable {
    /// What a reply has to say next.
    enum Line: Equatable, Sendable {
        /// A member says this next.
        case say(Segment)
        /// A member will say something in its own voice.
        case expect(SegmentID, agent: String)
        /// A member has said more in its own voice.
        case extend(SegmentID, Attribution, String)
        /// A member's own voice has failed.
        case lose(SegmentID)
        /// A member will not say anything in its own voice after all.
        case abandon(SegmentID)
        /// What a member has said so far was no answer.
        case retract(agent: String)
    }

    let response: ResponseID
    private let callerWords: String
    let plan: FlowPlan
    private var flow: FlowMachine
    var floor: Floor
    var members: [String: ReplyMember]
    private var flowIsOver = false
    /// How many judgements are awaited of each node that is being judged.
    private var judging: [String: Int] = [:]
    /// Members that have answered, of which it is not known yet whether they are heard.
    private var undecided: Set<String> = []
    /// Whether somebody fell silent in the middle of an answer.
    private(set) var hasBrokenOff = false
    private var lines: [Line] = []

    init(_ response: ResponseID, _ cast: Cast, order: Floor.Order, callerWords: String) {
        self.response = response
        self.callerWords = callerWords
        plan = cast.plan
        flow = FlowMachine(plan: cast.plan)
        floor = Floor(order: order, members: cast.plan.nodes.map(\.id))
        members = cast.speakers.mapValues { ReplyMember(speaker: $0) }
    }

    // MARK: - What there is

    /// Whether nothing more will be said. The flow does not wait for spoken summaries; the answer does.
    var isOver: Bool { flowIsOver && floor.isFree && !members.values.contains { $0.stage == .summarizing } }

    /// What every member has answered, by agent, in graph order.
    var answers: [Brief.Answer] {
        plan.nodes.compactMap { node in
            guard let member = members[node.id], member.hasAnswered, member.speaker.work != .collect else { return nil }
            return Brief.Answer(agent: member.speaker.agent, text: member.text)
        }
    }

    /// Who should have been heard: the first member that has worked and has a voice.
    var firstVoice: Speaker? {
        plan.nodes.lazy.compactMap { members[$0.id] }
            .first { $0.source != nil && $0.voice != nil && $0.speaker.work != .collect }?.speaker
    }

    /// Answers of members without a voice: they are shown whole.
    var shownAnswers: [Brief.Answer] {
        plan.nodes.compactMap { node in
            guard let member = members[node.id], member.voice == nil, member.stage == .done, member.hasAnswered,
                member.speaker.work != .collect
            else { return nil }
            return Brief.Answer(agent: member.speaker.agent, text: member.text)
        }
    }

    /// Whether members other than `agent` work, wait for the floor or may still begin.
    func hasMore(besides agent: String) -> Bool {
        members.values.contains { member in
            guard member.speaker.agent != agent, member.speaker.work != .collect else { return false }
            return member.isWriting || member.isReady || (member.stage == .idle && !flowIsOver)
        }
    }

    /// The line of whoever is at work, the first in graph order that has one: who writes, or is `speaking`, that is, has
    /// words that wait for their sound.
    func filler(speaking: String?) -> FillerLine? {
        for node in plan.nodes {
            guard let member = members[node.id], let line = member.speaker.filler else { continue }
            if member.isWriting || member.speaker.agent == speaking { return line }
        }
        return nil
    }

    /// What says that a tool takes its time; nil when none is waited for, or none has such a line.
    var progress: FillerLine? {
        plan.nodes.lazy.compactMap { members[$0.id] }
            .compactMap { member in
                member.tools.awaited.lazy.compactMap { member.speaker.writer.progress[$0.call.name] }.first
            }.first
    }

    /// What was called, for the history, in graph order.
    var calls: [ConversationHistory.Entry] {
        plan.nodes.compactMap { members[$0.id] }.flatMap { member in
            member.tools.calls.map {
                .init(.tool(agent: member.speaker.agent, $0.call), $0.result ?? ToolOutcome.running)
            }
        }
    }

    /// When the first piece of somebody's text should end with a clause; nil when nobody's should.
    var nextClauseCut: Duration? { members.values.compactMap(\.clauseCut).min() }

    /// What is to be said next; each line once.
    mutating func takeLines() -> [Line] {
        defer { lines = [] }
        return lines
    }

    // MARK: - What happens

    mutating func begin(step: inout Step) { perform(flow.begin(), step: &step) }

    /// More text.
    mutating func receive(_ text: String, for part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard case .writing = members[node]?.stage else { return }
            guard let (piece, isRetracted) = members[node]?.write(text, step: &step) else { return }
            if isRetracted, members[node]?.ownSegment == nil { retract(node) }
            speakOwn(piece, of: node)
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            members[node]?.summarize(text, step: &step)
            if members[node]?.isReady == true { floor.ready(node) }
        case .judgement(let node, let index): members[node]?.judge(text, on: index)
        }
        drain()
    }

    /// A text is complete.
    mutating func finish(_ part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard case .writing = members[node]?.stage else { return }
            guard let (piece, isRetracted) = members[node]?.finishText(step: &step) else { return }
            if isRetracted, members[node]?.ownSegment == nil { retract(node) }
            speakOwn(piece, of: node)
            if calls(of: node, step: &step) { break }
            if members[node]?.hasAnswered == true {
                answered(node, step: &step)
            } else {
                failed(node, step: &step)
            }
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            _ = members[node]?.finishText(step: &step)
            closeSpeech(node, step: &step)
        case .judgement(let node, _): judged(node, step: &step)
        }
        drain()
    }

    /// A text could not be written, or not to its end.
    mutating func fail(_ part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard case .writing = members[node]?.stage else { return }
            failed(node, step: &step)
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            // The summary is lost, so the caller hears the answer itself.
            members[node]?.queueWhole(step: &step)
            closeSpeech(node, step: &step)
        case .judgement(let node, let index):
            members[node]?.failJudgement(index)
            judged(node, step: &step)
        }
        drain()
    }

    /// Lets the first pieces of slow texts end with a clause.
    mutating func cutClauses(step: inout Step) {
        for node in plan.nodes.map(\.id) {
            guard let at = members[node]?.clauseCut, at <= step.now else { continue }
            members[node]?.cutClause(step: &step)
            if members[node]?.isReady == true { floor.ready(node) }
        }
        drain()
    }

    /// The caller does not want to hear `agent`: what it has not said is dropped, and the floor passes on.
    mutating func skip(agent: String) {
        for node in plan.nodes.map(\.id) where members[node]?.speaker.agent == agent {
            // Whoever is done is not given the floor again, so what it still writes is not said.
            members[node]?.silence()
            floor.done(node)
        }
        drain()
    }

    // MARK: - The flow

    private mutating func perform(_ actions: [FlowMachine.Action], step: inout Step) {
        // Several may begin a loop's next round, each with what the others said in the last one.
        let before = members
        for action in actions {
            switch action {
            case .start(let node, let ancestors): start(node, after: ancestors.compactMap { before[$0] }, step: &step)
            case .judge(let node, let conditions): judge(node, conditions, step: &step)
            case .skipped(let node): floor.done(node)
            case .completed: flowIsOver = true
            }
        }
    }

    private mutating func start(_ node: String, after ancestors: [ReplyMember], step: inout Step) {
        guard let speaker = members[node]?.speaker else { return }
        let answers = AnswerBudget.fitting(
            ancestors
                // What a closing node only collects is there already, from those who said it.
                .filter { $0.hasAnswered && (speaker.work != .answer || $0.speaker.work != .collect) }
                .map { Brief.Answer(agent: $0.speaker.agent, text: $0.text) })
        let brief = Brief(
            task: speaker.work == .summarize ? .summarize : .plan, agentName: speaker.agent,
            agentDescription: speaker.description, goal: speaker.goal, callerWords: speaker.words ?? callerWords,
            parents: answers,
            conditions: plan.node(node)?.conditions ?? [], isFirst: !members.values.contains { $0.source != nil },
            lack: speaker.lack)
        let source = Attribution(response: response, item: step.identifiers.item(), agent: speaker.agent)
        floor.returns(node, all: plan.nodes.map(\.id))
        if speaker.work == .collect {
            members[node]?.begin(brief, source: source)
            members[node]?.collect(answers.map { "\($0.agent): \($0.text)" }.joined(separator: "\n\n"))
            floor.done(node)
            return perform(flow.finished(node), step: &step)
        }
        step.tell(.agentStarted(source, node: node))
        if case .say(let words) = speaker.work {
            members[node]?.begin(brief, source: source)
            receive(words, for: .answer(node: node), step: &step)
            return finish(.answer(node: node), step: &step)
        }
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
        members[node]?.beginJudging(conditions.count)
        judging[node] = conditions.count
        for (index, condition) in conditions.enumerated() {
            let brief = Brief(
                task: .judge(condition: condition), agentName: member.speaker.agent, goal: member.speaker.goal,
                callerWords: member.speaker.words ?? callerWords,
                parents: [.init(agent: member.speaker.agent, text: member.text)])
            let work = Work(response: response, part: .judgement(node: node, index))
            step.write(work, brief, with: member.speaker.writer)
        }
    }

    private mutating func judged(_ node: String, step: inout Step) {
        guard let left = judging[node] else { return }
        judging[node] = left == 1 ? nil : left - 1
        guard left == 1, let member = members[node] else { return }
        let actions = flow.judged(node, holds: member.verdicts.map { Verdict.read($0) ?? false })
        // Before a loop starts it anew.
        decide(node, step: &step)
        perform(actions, step: &step)
    }

    private mutating func answered(_ node: String, step: inout Step) {
        guard let member = members[node], let source = member.source else { return }
        step.tell(.agentFinished(source, node: node))
        if member.isCut {
            let message = "\(source.agent)'s answer was cut at \(ReplyMember.longestAnswer) characters"
            step.tell(.warning(BadInput(code: "answer_cut", message: message)))
        }
        if member.speaker.speaksOnlyIfLast {
            // Its stage stays `writing`: whether it is heard is known when its conditions are judged.
            undecided.insert(node)
        } else {
            say(node, step: &step)
        }
        perform(flow.finished(node), step: &step)
        decide(node, step: &step)
    }

    /// Whether a member is heard that is heard only when it is the last: not before its conditions are judged.
    private mutating func decide(_ node: String, step: inout Step) {
        guard undecided.contains(node), judging[node] == nil else { return }
        undecided.remove(node)
        if !flow.isLast(node) { members[node]?.hush() }
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

    private mutating func failed(_ node: String, step: inout Step) {
        guard let member = members[node] else { return }
        if continueInAnotherVoice(node, member, step: &step) { return }
        let message = "\(member.speaker.agent) could not answer"
        step.tell(.warning(BadInput(code: "agent_failed", message: message)))
        if let own = member.ownSegment { lines.append(.lose(own)) }
        if member.isReady || floor.holder == node {
            hasBrokenOff = true
            closeSpeech(node, step: &step)
        } else {
            members[node]?.giveUp()
            floor.done(node)
        }
        perform(flow.failed(node), step: &step)
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

    /// What a member has written so far was a thought: nothing of it is said.
    private mutating func retract(_ node: String) {
        guard let agent = members[node]?.speaker.agent else { return }
        lines.removeAll { if case .say(let segment) = $0 { segment.source.agent == agent } else { false } }
        lines.append(.retract(agent: agent))
    }

    // MARK: - The floor

    /// More words of a member in its own voice; for others, lets it have the floor when something waits.
    private mutating func speakOwn(_ piece: String, of node: String) {
        guard let member = members[node], let own = member.ownSegment, let source = member.source else {
            if members[node]?.isReady == true { floor.ready(node) }
            return
        }
        if piece.isEmpty { return }
        if members[node]?.queueOwn(piece) == true {
            lines.append(.extend(own, source, piece))
        } else {
            floor.ready(node)
        }
    }

    private mutating func closeSpeech(_ node: String, step: inout Step) {
        members[node]?.close(step: &step)
        floor.ready(node)
    }

    /// Lets whoever has the floor say what waits.
    private mutating func drain() {
        while let node = floor.holder, members[node] != nil {
            lines += (members[node]?.takeWaiting() ?? []).map { .say($0) }
            guard members[node]?.stage == .done else { break }
            floor.done(node)
        }
    }
}
