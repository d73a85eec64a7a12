import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// A question to an agent of an evaluation that a model invents.
struct InventedSample: Equatable, Sendable {
    /// The node that closes the evaluation.
    var leader: String
    /// Who is asked.
    var member: String
    /// Which of its samples it is, from 0.
    var index: Int
}

/// What a model invents for the members of one evaluation. Pure.
struct Inventions: Sendable {
    /// What is known of a sample.
    enum Sample: Equatable, Sendable {
        /// It is asked that; nil: what the caller says.
        case words(String?)
        /// There is no such sample.
        case none
    }

    /// A node that waits for its sample, with what it is told.
    struct Waiting: Sendable {
        var node: String
        var answers: [Brief.Answer]
    }

    private enum Stage: Sendable {
        /// The model writes. Exits: `known`.
        case writing(BoundedText, [Waiting])
        case known([String])
    }

    /// By member, in the order in which they were asked for.
    private var members: [(name: String, stage: Stage)] = []

    /// Whether a model still writes.
    var areAwaited: Bool {
        members.contains { if case .writing = $0.stage { true } else { false } }
    }

    /// The sample; nil while it is not known.
    func sample(_ sample: InventedSample) -> Sample? {
        guard case .known(let words)? = members.first(where: { $0.name == sample.member })?.stage else { return nil }
        // What could not be invented leaves one: what the caller says.
        if words.isEmpty { return sample.index == 0 ? .words(nil) : .some(.none) }
        return words.indices.contains(sample.index) ? .words(words[sample.index]) : .some(.none)
    }

    /// A node waits for it.
    /// - Returns: the number of the request, where a model is to be asked now.
    mutating func wait(_ waiting: Waiting, for sample: InventedSample) -> Int? {
        guard let index = members.firstIndex(where: { $0.name == sample.member }) else {
            members.append((sample.member, .writing(BoundedText(limit: ReplyMember.longestSummary), [waiting])))
            return members.count - 1
        }
        if case .writing(let text, let others) = members[index].stage {
            members[index].stage = .writing(text, others + [waiting])
        }
        return nil
    }

    /// More of what the model writes.
    /// - Returns: whether that request is open.
    mutating func receive(_ raw: String, of request: Int) -> Bool {
        guard members.indices.contains(request), case .writing(var text, let waiting) = members[request].stage else {
            return false
        }
        _ = text.append(raw)
        members[request].stage = .writing(text, waiting)
        return true
    }

    /// The model has written all of it, or could not.
    /// - Returns: who waited; nil when that request is not open.
    mutating func finish(_ request: Int, failed: Bool) -> [Waiting]? {
        guard members.indices.contains(request), case .writing(let text, let waiting) = members[request].stage else {
            return nil
        }
        members[request].stage = .known(
            failed ? [] : Samples.read(text.text, atMost: Evaluation.inventedSamples))
        return waiting
    }
}

/// Trials whose samples a model invents.
extension Reply {
    /// Whether a model still invents samples.
    var inventsSamples: Bool { members.values.contains { $0.reviews.inventions.areAwaited } }

    /// Sees to it that the sample of a node is known before it starts.
    /// - Returns: whether the node starts now.
    mutating func settleSample(of node: String, _ answers: [Brief.Answer], step: inout Step) -> Bool {
        guard let speaker = members[node]?.speaker, let sample = speaker.seat.sample,
            let inventions = members[sample.leader]?.reviews.inventions
        else { return true }
        switch inventions.sample(sample) {
        case .words(let words):
            if let words, speaker.words == nil { members[node]?.ask(words) }
            return true
        case .some(.none):
            members[node]?.giveUp()
            floor.done(node)
            perform(plan.node(node)?.conditions.isEmpty == true ? flow.finished(node) : flow.failed(node), step: &step)
            return false
        case nil:
            let request = members[sample.leader]?.reviews.inventions.wait(
                .init(node: node, answers: answers), for: sample)
            if let request { invent(request, sample, step: &step) }
            return false
        }
    }

    private func invent(_ request: Int, _ sample: InventedSample, step: inout Step) {
        guard let leader = members[sample.leader]?.speaker else { return }
        let description = step.project.project.descriptionOf(sample.member)
        let brief = Brief(
            task: .invent(.init(agent: sample.member, text: description), count: Evaluation.inventedSamples),
            agentName: leader.agent, goal: leader.goal, callerWords: leader.words ?? callerWords)
        step.write(Work(response: response, part: .judgement(node: sample.leader, request)), brief, with: leader.writer)
    }

    /// A model has invented the samples of a member, or could not: those who waited start.
    /// - Returns: whether the judgement was that.
    mutating func invented(_ node: String, _ request: Int, failed: Bool, step: inout Step) -> Bool {
        guard let waiting = members[node]?.reviews.inventions.finish(request, failed: failed) else { return false }
        for waiting in waiting { start(waiting.node, with: waiting.answers, step: &step) }
        return true
    }

    /// The trials as they were carried out: with their words, and without those that had none.
    func settled(_ trials: [Trial]) -> [Trial] {
        trials.compactMap { trial in
            guard let sample = trial.sample, let inventions = members[sample.leader]?.reviews.inventions else {
                return trial
            }
            guard case .words(let words)? = inventions.sample(sample) else { return nil }
            var trial = trial
            trial.words = words
            return trial
        }
    }
}
