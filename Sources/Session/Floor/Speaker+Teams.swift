import FlowGraph
import ProjectModel
import ProviderKit

/// One question to one agent of an evaluation, and by what its answer is judged.
struct Trial: Equatable, Sendable {
    /// The node whose text is the answer.
    var node: String
    var agent: String
    /// What it is asked; nil: what the caller says.
    var words: String?
    /// Where a model is to invent what it is asked.
    var sample: InventedSample?
    var criteria: [Brief.Criterion]
}

/// The place of a node in a team.
struct Seat: Equatable, Sendable {
    /// Shows the client who comes next, where that is wanted.
    var nextLine: NextLine?
    /// The trial that it answers for, by the node that ends it; the caller gets nothing of that.
    var trial: String?
    /// What decides where the flow goes after its answer; nil: what it writes with.
    var judge: Writer?
    /// The sample that it is asked, where a model is to invent that.
    var sample: InventedSample?
}

/// Shows the client who comes next, when that was decided.
struct NextLine: Equatable, Sendable {
    /// Who has decided.
    var agent: String
    /// BCP-47.
    var language: String

    /// The line of the language, by its first subtag.
    func text(_ names: [String]) -> String {
        let tag = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        let line = Self.lines[String(tag)] ?? "Next: {names}."
        // A name is not read again, so that it may hold anything.
        return line.split(separator: "{names}", maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: names.joined(separator: ", "))
    }

    private static let lines = [
        "de": "Als Nächstes: {names}.", "es": "A continuación: {names}.", "fr": "Ensuite : {names}.",
        "it": "Adesso: {names}.", "nl": "Nu volgt: {names}.", "pl": "Teraz: {names}.", "pt": "A seguir: {names}.",
        "sv": "Härnäst: {names}.", "da": "Nu følger: {names}.", "ru": "Далее: {names}.", "zh": "接下来：{names}。",
        "ja": "次：{names}。",
    ]
}

extension Speaker {
    /// It is asked for a trial: nobody hears it, and its own voice is of no use.
    fileprivate mutating func prepare(forTrial end: String, words: String?, _ sample: InventedSample?) {
        seat = Seat(trial: end, judge: seat.judge, sample: sample)
        self.words = self.words ?? words
        if let own = speechToSpeech {
            (writer.program, writer.memory) = (own.program, own.memory)
        }
        (delivery, speechToSpeech, filler) = (.shown, nil, nil)
        (speaksOnlyIfLast, writer.isAlone) = (false, true)
    }
}

extension Project {
    /// What the super agent of that name goes by when it chooses for that step.
    func agenda(of name: String, step: Int) -> Brief.Agenda {
        guard let superAgent = superAgent(named: name), case .steps(let most, let exit) = superAgent.graph.course else {
            return Brief.Agenda(candidates: [])
        }
        var plan = StepPlan()
        if case .steps(let steps) = superAgent.program { plan = steps }
        let candidates = superAgent.graph.nodes.map { node in
            let before = (plan.memberRequirements[node.name] ?? []).map { "Before: \($0)" }
            return Brief.Answer(
                agent: node.name, text: ([descriptionOf(node.name)] + before).joined(separator: " "))
        }
        return Brief.Agenda(
            candidates: candidates, steps: plan.steps, requirements: plan.requirements, exit: exit, number: step,
            most: most)
    }

    /// What a super agent chooses, judges and sums up with.
    func lead(of superAgent: SuperAgent?, in language: String? = nil) -> Writer {
        Writer(
            models: superAgent?.languageModel ?? languageModel,
            sampling: superAgent?.sampling.over(sampling) ?? sampling, language: language,
            memory: superAgent?.memory ?? PromptMemory())
    }

    /// What judges the conditions of a super agent that has a language model of its own; nil: each member's own.
    func judge(within superAgent: String?) -> Writer? {
        guard let superAgent = superAgent.flatMap(superAgent(named:)), superAgent.languageModel != nil else {
            return nil
        }
        return lead(of: superAgent)
    }

    func nextLine(of superAgent: String?) -> NextLine? {
        guard let superAgent, self.superAgent(named: superAgent)?.showsDecisions == true else { return nil }
        return NextLine(agent: superAgent, language: audio.language)
    }

    /// Whoever is tried is asked the samples and is not heard; whoever closes reports.
    func prepareTrials(at node: FlowPlan.Node, of plan: FlowPlan, _ speakers: inout [String: Speaker]) {
        guard case .closing(let name) = node.kind, let superAgent = superAgent(named: name),
            case .evaluation(let evaluations) = superAgent.program
        else { return }
        var trials: [Trial] = []
        for (member, evaluation) in zip(superAgent.graph.nodes, evaluations) {
            let samples = evaluation.samples.map { Optional($0) }
            let runs = samples.isEmpty ? Array(repeating: nil, count: evaluation.runs) : samples
            for (index, sample) in runs.enumerated() {
                let end = plan.id(ofRun: index + 1, of: member.name, within: node)
                let invented =
                    samples.isEmpty ? InventedSample(leader: node.id, member: member.name, index: index) : nil
                for part in plan.nodes(under: end) where speakers[part.id]?.seat.trial == nil {
                    speakers[part.id]?.prepare(forTrial: end, words: sample?.words, invented)
                }
                trials.append(
                    Trial(
                        node: end, agent: member.name, words: sample?.words, sample: invented,
                        criteria: evaluation.metrics.map {
                            Brief.Criterion(
                                metric: $0.name, rubric: $0.rubric, lowest: $0.scale.lowerBound,
                                highest: $0.scale.upperBound, truth: sample?.truth)
                        }))
            }
        }
        speakers[node.id]?.work = .report(trials)
        speakers[node.id]?.speaksSummary = true
    }
}
