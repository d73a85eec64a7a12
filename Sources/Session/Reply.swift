import FlowGraph
import ProjectModel
import ProviderKit
import SpeechText

/// One answer by a graph of agents: which of them works, whose words wait, who has the floor. Pure.
///
/// Text comes in from the agents in any order and leaves as segments in the order of the floor.
struct Reply: Sendable {
    enum Action: Equatable, Sendable {
        /// Let a member write, or go on behind what is `written`.
        case generate(Work, Brief, Speaker, written: String = "")
        /// Let a member speak for itself, in that segment; text only when there is none.
        case converse(Work, SpeechSegment.ID?, Brief, Speaker)
        /// A member that speaks for itself has said more in that segment.
        case extend(SpeechSegment.ID, agent: String, String)
        /// A member has begun to work.
        case started(agent: String, node: String)
        /// A member has finished its work.
        case finished(agent: String, node: String)
        /// A member could not do its work.
        case failed(agent: String)
        /// A member says this next.
        case say(SpeechSegment)
    }

    /// What a piece of generated text belongs to.
    struct Work: Hashable, Sendable {
        enum Part: Hashable, Sendable { case answer, summary, judgement(Int) }
        var node: String
        var part: Part
    }

    /// An answer is cut at this many characters: some 15 minutes of speech.
    static let longestAnswer = 16_000
    /// An answer up to this many characters is its own summary.
    static let shortAnswer = 160
    /// A summary is cut at this many characters, and so is what a condition is judged by.
    static let longestSummary = 4000
    /// A first sentence that takes longer than this to be written is cut at a clause. A model that is quicker loses prosody
    /// and gains next to nothing; one that writes 20 words a second is heard half a second sooner.
    static let clausePatience: Duration = .milliseconds(300)

    private let callerWords: String
    private let plan: FlowPlan
    private var flow: FlowMachine
    private var floor: Floor
    private var members: [String: ReplyMember]
    private var nextSegment: SpeechSegment.ID
    private var flowIsOver = false
    /// Conditions that are being judged, by node.
    private var judging: [String: Judging] = [:]

    private struct Judging: Sendable {
        var conditions: [String]
        /// How many answers are still awaited.
        var left: Int
    }

    /// - Parameter firstSegment: the number of the first segment, above all that the conversation has used.
    init(_ plan: FlowPlan, speakers: [String: Speaker], order: Floor.Order, callerWords: String, firstSegment: Int) {
        self.plan = plan
        self.callerWords = callerWords
        flow = FlowMachine(plan: plan)
        floor = Floor(order: order, members: plan.nodes.map(\.id))
        members = speakers.mapValues { ReplyMember(speaker: $0) }
        nextSegment = firstSegment
    }

    /// Whether nothing more will be said. The flow does not wait for spoken summaries; the answer does.
    var isOver: Bool { flowIsOver && floor.isFree && !members.values.contains { $0.stage == .summarizing } }

    /// The number after the last segment.
    var segmentsUsed: Int { nextSegment }

    /// What every member has written, by agent, in graph order.
    var answers: [Brief.Answer] {
        plan.nodes.compactMap { node in
            members[node.id].flatMap { $0.text.isEmpty ? nil : Brief.Answer(agent: $0.speaker.agent, text: $0.text) }
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

    mutating func begin() -> [Action] { perform(flow.begin()) }

    /// What is to be written after all the writing was stopped: every member that was at it goes on where it was.
    mutating func again() -> [Action] {
        var actions: [Action] = []
        for node in plan.nodes.map(\.id) {
            guard let member = members[node] else { continue }
            switch member.stage {
            // What it said itself before is lost: nobody has heard it.
            case .writing(let brief) where member.speaker.speechToSpeech != nil:
                members[node] = ReplyMember(speaker: member.speaker, stage: .writing(brief))
                actions.append(converse(node, brief, member.speaker))
            case .writing(let brief):
                let work = Work(node: node, part: .answer)
                actions.append(.generate(work, brief, member.speaker, written: member.text))
            case .summarizing:
                let work = Work(node: node, part: .summary)
                actions.append(.generate(work, summary(of: member), member.speaker, written: member.summary))
            case .idle, .done: break
            }
            if let judging = judging[node] { actions += judge(node, judging.conditions) }
        }
        return actions
    }

    /// More text for `work`.
    mutating func receive(_ text: String, for work: Work, now: Duration) -> [Action] {
        if work.part == .answer, let own = members[work.node]?.own {
            return receive(text, of: work.node, in: own.segment, now: now)
        }
        guard members[work.node]?.receive(text, for: work.part, now: now, numbered: &nextSegment) == true else {
            return []
        }
        floor.ready(work.node)
        return drain()
    }

    /// Lets a member speak for itself, in a segment of its own if it has a voice.
    private mutating func converse(_ node: String, _ brief: Brief, _ speaker: Speaker) -> Action {
        var own: SpeechSegment.ID?
        if speaker.voice != nil {
            own = nextSegment
            nextSegment += 1
        }
        members[node]?.own = own.map { ($0, false) }
        return .converse(Work(node: node, part: .answer), own, brief, speaker)
    }

    /// The segment of a member that speaks for itself.
    func ownSegment(of work: Work) -> SpeechSegment.ID? { members[work.node]?.own?.segment }

    /// More words of a member that speaks for itself.
    private mutating func receive(
        _ text: String, of node: String, in segment: SpeechSegment.ID, now: Duration
    ) -> [Action] {
        guard var member = members[node], case .writing = member.stage else { return [] }
        let piece = member.write(text, now: now)
        let wasQueued = member.queueOwn(piece)
        members[node] = member
        if wasQueued { return [.extend(segment, agent: member.speaker.agent, piece)] }
        floor.ready(node)
        return drain()
    }

    /// When the first piece of somebody's text should end with a clause; nil when nobody's should.
    var nextClauseCut: Duration? { members.values.compactMap(\.clauseCut).min() }

    /// Lets the first pieces of slow texts end with a clause.
    mutating func cutClauses(now: Duration) -> [Action] {
        for node in plan.nodes.map(\.id) {
            guard var member = members[node], let at = member.clauseCut, at <= now else { continue }
            if let piece = member.sentences.cutFirstClause() {
                member.queue([piece], numbered: &nextSegment)
                floor.ready(node)
            }
            members[node] = member
        }
        return drain()
    }

    /// `work` is complete.
    mutating func finish(_ work: Work) -> [Action] {
        guard let member = members[work.node] else { return [] }
        switch (work.part, member.stage) {
        case (.answer, .writing): return answered(work.node)
        case (.summary, .summarizing): return spoken(work.node)
        case (.judgement, _): return judged(work.node)
        default: return []
        }
    }

    /// `work` could not be done.
    mutating func fail(_ work: Work) -> [Action] {
        guard let member = members[work.node] else { return [] }
        switch (work.part, member.stage) {
        case (.answer, .writing):
            let began = !member.waiting.isEmpty || floor.holder == work.node
            var actions: [Action] = [.failed(agent: member.speaker.agent)]
            if began { closeSpeech(work.node) } else { members[work.node]?.stage = .done }
            if !began { floor.done(work.node) }
            actions += perform(flow.failed(work.node))
            return actions + drain()
        case (.summary, .summarizing):
            // The summary is lost, so the caller hears the answer itself.
            members[work.node]?.queue(
                ReplyMember.sentences(of: member.text, for: member.speaker), numbered: &nextSegment)
            return spoken(work.node)
        case (.judgement(let index), _):
            if index < member.judgements.count { members[work.node]?.judgements[index] = "no" }
            return judged(work.node)
        default: return []
        }
    }

    /// The caller does not want to hear `agent`: what it has not said is dropped, and the floor passes on.
    mutating func skip(agent: String) -> [Action] {
        if let node = floor.holder, members[node]?.speaker.agent == agent {
            // Whoever is done is not given the floor again, so what it still writes is not said.
            members[node]?.waiting = []
            floor.done(node)
        }
        return drain()
    }

    // MARK: -

    private mutating func perform(_ actions: [FlowMachine.Action]) -> [Action] {
        var result: [Action] = []
        for action in actions {
            switch action {
            case .start(let node, let parents): result += start(node, parents: parents)
            case .judge(let node, let conditions): result += judge(node, conditions)
            case .skipped(let node): floor.done(node)
            case .completed: flowIsOver = true
            }
        }
        return result
    }

    private mutating func start(_ node: String, parents: [String]) -> [Action] {
        guard var member = members[node] else { return [] }
        let answers = parents.compactMap { id in
            members[id].map { Brief.Answer(agent: $0.speaker.agent, text: $0.text) }
        }.filter { !$0.text.isEmpty }
        let brief = Brief(
            task: member.speaker.work == .summarize ? .summarize : .plan, agentName: member.speaker.agent,
            agentDescription: member.speaker.description, goal: member.speaker.goal, callerWords: callerWords,
            parents: answers)
        member = ReplyMember(speaker: member.speaker, stage: .writing(brief))
        members[node] = member
        floor.returns(node, all: plan.nodes.map(\.id))
        if member.speaker.work == .collect {
            members[node]?.text = answers.map { "\($0.agent): \($0.text)" }.joined(separator: "\n\n")
            members[node]?.stage = .done
            floor.done(node)
            return perform(flow.finished(node))
        }
        if member.speaker.speechToSpeech != nil {
            return [.started(agent: member.speaker.agent, node: node), converse(node, brief, member.speaker)]
        }
        return [
            .started(agent: member.speaker.agent, node: node),
            .generate(Work(node: node, part: .answer), brief, member.speaker),
        ]
    }

    private mutating func judge(_ node: String, _ conditions: [String]) -> [Action] {
        guard let member = members[node] else { return [] }
        members[node]?.judgements = Array(repeating: "", count: conditions.count)
        judging[node] = Judging(conditions: conditions, left: conditions.count)
        return conditions.enumerated().map { index, condition in
            let brief = Brief(
                task: .judge(condition: condition), agentName: member.speaker.agent, goal: member.speaker.goal,
                callerWords: callerWords, parents: [.init(agent: member.speaker.agent, text: member.text)])
            return .generate(Work(node: node, part: .judgement(index)), brief, member.speaker)
        }
    }

    private mutating func judged(_ node: String) -> [Action] {
        guard let left = judging[node]?.left, let member = members[node] else { return [] }
        guard left == 1 else {
            judging[node]?.left = left - 1
            return []
        }
        judging[node] = nil
        let holds = member.judgements.map { $0.lowercased().contains("yes") }
        return perform(flow.judged(node, holds: holds)) + drain()
    }

    private mutating func answered(_ node: String) -> [Action] {
        guard var member = members[node] else { return [] }
        var actions: [Action] = [.finished(agent: member.speaker.agent, node: node)]
        if member.speaker.speaksAsItWrites || member.speaker.voice == nil {
            closeSpeech(node)
        } else {
            // The whole text is shown, a summary of it is spoken.
            member.waiting.append(member.segment(&nextSegment, shown: member.text))
            if member.text.count <= Self.shortAnswer {
                member.queue(ReplyMember.sentences(of: member.text, for: member.speaker), numbered: &nextSegment)
                members[node] = member
                closeSpeech(node)
            } else {
                member.stage = .summarizing
                member.firstToken = nil
                members[node] = member
                let work = Work(node: node, part: .summary)
                actions.append(.generate(work, summary(of: member), member.speaker))
            }
        }
        return actions + perform(flow.finished(node)) + drain()
    }

    private func summary(of member: ReplyMember) -> Brief {
        Brief(
            task: .summarize, agentName: member.speaker.agent, agentDescription: member.speaker.description,
            goal: member.speaker.goal, callerWords: callerWords,
            parents: [.init(agent: member.speaker.agent, text: member.text)])
    }

    private mutating func spoken(_ node: String) -> [Action] {
        closeSpeech(node)
        return drain()
    }

    /// Nothing more will be said by `node`: flushes its last sentence and marks the end.
    private mutating func closeSpeech(_ node: String) {
        guard var member = members[node] else { return }
        if member.speaker.voice == nil {
            member.waiting = [member.segment(&nextSegment, shown: member.text)]
        } else {
            member.queueOwn("")
            member.queue(member.sentences.finish().map { [$0] } ?? [], numbered: &nextSegment)
        }
        var end = member.segment(&nextSegment)
        end.closes = member.text
        member.waiting.append(end)
        member.stage = .done
        members[node] = member
        floor.ready(node)
    }

    /// Lets whoever has the floor say what waits.
    private mutating func drain() -> [Action] {
        var actions: [Action] = []
        while let node = floor.holder, let member = members[node] {
            actions += member.waiting.map { .say($0) }
            members[node]?.waiting = []
            guard member.stage == .done else { break }
            floor.done(node)
        }
        return actions
    }
}
