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
        case retract(Attribution)
    }

    /// The response that it is now a part of: another one, once the caller has answered a question.
    private(set) var response: ResponseID
    let callerWords: String
    let plan: FlowPlan
    var flow: FlowMachine
    var floor: Floor
    var members: [String: ReplyMember]
    var flowIsOver = false
    /// How many judgements are awaited of each node that is being judged.
    var judging: [String: Int] = [:]
    /// Members that have answered, of which it is not known yet whether they are heard.
    var undecided: Set<String> = []
    /// Whether somebody fell silent in the middle of an answer.
    var hasBrokenOff = false
    /// What members have asked the caller.
    var questions = Questions()
    var lines: [Line] = []

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
    var isOver: Bool {
        (flowIsOver || awaitsCaller) && floor.isFree && !members.values.contains { $0.stage == .summarizing }
    }

    /// Whether nothing goes on before the caller has answered a question.
    var awaitsCaller: Bool {
        !questions.open.isEmpty && judging.isEmpty && !inventsSamples && !members.values.contains { $0.isWriting }
    }

    /// Members whose part in this response, not in an earlier one of the same graph, is meant.
    private var current: [ReplyMember] {
        plan.nodes.compactMap { members[$0.id] }.filter { $0.source?.response == response }
    }

    /// Whether anybody was asked in this response.
    var hasWorked: Bool { current.contains { $0.speaker.work != .collect } }

    /// What every member has answered, by agent, in graph order.
    var answers: [Brief.Answer] {
        current.filter { $0.hasAnswered && $0.speaker.isForCaller }
            .map { Brief.Answer(agent: $0.speaker.agent, text: $0.text) }
    }

    /// Who should have been heard: the first member that has worked and has a voice; where nobody has, whoever chose nobody.
    var firstVoice: Speaker? {
        let working = current.filter { $0.voice != nil }
        return (working.first { $0.speaker.isForCaller } ?? working.first { $0.speaker.work != .collect })?.speaker
    }

    /// Answers of members without a voice: they are shown whole.
    var shownAnswers: [Brief.Answer] {
        current.filter { $0.voice == nil && $0.stage == .done && $0.hasAnswered && $0.speaker.isForCaller }
            .map { Brief.Answer(agent: $0.speaker.agent, text: $0.text) }
    }

    /// Whether members other than `agent` work, wait for the floor or may still begin.
    func hasMore(besides agent: String) -> Bool {
        members.values.contains { member in
            guard member.speaker.agent != agent, member.speaker.isForCaller else { return false }
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

    /// What says that a tool takes its time, or how far a research is; nil when there is no such line.
    var progress: FillerLine? {
        plan.nodes.lazy.compactMap { members[$0.id] }
            .compactMap { member in
                let lines = member.speaker.writer.progress
                let tool = member.tools.awaited.lazy.compactMap { lines[.tool($0.call.name)] }.first
                return tool ?? member.reviews.study?.occasion.flatMap { lines[$0] }
            }.first
    }

    /// What was called, for the history, in graph order.
    var calls: [ConversationHistory.Entry] {
        current.filter { !$0.isLookingUp && $0.speaker.seat.trial == nil }.flatMap { member in
            member.tools.calls.filter { !$0.isRepeated }.map {
                .init(.tool(agent: member.speaker.agent, $0.call), $0.result?.text ?? ToolOutcome.running)
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

    /// Goes on as another response: the caller has answered what was asked with `words`; nil: they have not.
    mutating func goOn(as response: ResponseID, with words: String?, step: inout Step) {
        (self.response, hasBrokenOff) = (response, false)
        takeAnswer(words, step: &step)
        drain()
    }

    /// More text.
    mutating func receive(_ text: String, for part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard members[node]?.isDrafting == true else { return }
            guard let (piece, isRetracted) = members[node]?.write(text, step: &step) else { return }
            if isRetracted, members[node]?.ownSegment == nil { retract(node) }
            speakOwn(piece, of: node)
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            members[node]?.summarize(text, step: &step)
            if members[node]?.isReady == true { floor.ready(node) }
        case .judgement(let node, let index):
            if members[node]?.reviews.inventions.receive(text, of: index) == true { return }
            members[node]?.reviews.judge(text, on: index)
        case .reflection(let node): members[node]?.reviews.reflect(text)
        case .study(let node): members[node]?.reviews.note(text)
        }
        drain()
    }

    /// A text is complete.
    mutating func finish(_ part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard members[node]?.isDrafting == true else { return }
            guard let (piece, isRetracted) = members[node]?.finishText(step: &step) else { return }
            if isRetracted, members[node]?.ownSegment == nil { retract(node) }
            speakOwn(piece, of: node)
            if !calls(of: node, step: &step) { written(node, step: &step) }
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            _ = members[node]?.finishText(step: &step)
            closeSpeech(node, step: &step)
        case .judgement(let node, let index):
            if !invented(node, index, failed: false, step: &step) { judged(node, step: &step) }
        case .reflection(let node): reflected(node, step: &step)
        case .study(let node): studied(node, hasFailed: false, step: &step)
        }
        drain()
    }

    /// A text could not be written, or not to its end.
    mutating func fail(_ part: Work.Part, step: inout Step) {
        switch part {
        case .routing, .screening: return
        case .answer(let node):
            guard members[node]?.isDrafting == true else { return }
            unwritten(node, step: &step)
        case .summary(let node):
            guard members[node]?.stage == .summarizing else { return }
            // The summary is lost, so the caller hears the answer itself.
            members[node]?.queueWhole(step: &step)
            closeSpeech(node, step: &step)
        case .judgement(let node, let index):
            if !invented(node, index, failed: true, step: &step) {
                members[node]?.reviews.failJudgement(index)
                judged(node, step: &step)
            }
        case .reflection(let node): unreflected(node, step: &step)
        case .study(let node): studied(node, hasFailed: true, step: &step)
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

    /// What a member has written so far was a thought: nothing of it is said.
    mutating func retract(_ node: String) {
        guard let source = members[node]?.source else { return }
        lines.removeAll { if case .say(let segment) = $0 { segment.source == source } else { false } }
        lines.append(.retract(source))
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

    mutating func closeSpeech(_ node: String, step: inout Step) {
        members[node]?.close(step: &step)
        floor.ready(node)
    }

    /// Lets whoever has the floor say what waits.
    mutating func drain() {
        while let node = floor.holder, members[node] != nil {
            lines += (members[node]?.takeWaiting() ?? []).map { .say($0) }
            guard members[node]?.stage == .done else { break }
            floor.done(node)
        }
    }
}
