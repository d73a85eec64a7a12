import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// Members that do a research in several stages before they write: see `DeepResearch`.
extension Reply {
    /// - Parameter mayClarify: whether the caller may be asked first.
    mutating func research(
        _ rules: Research, _ depth: Research.Depth, _ brief: Brief, of node: String, _ source: Attribution,
        mayClarify: Bool = true, step: inout Step
    ) {
        // Whoever is only tried asks nobody.
        let isTried = members[node]?.speaker.isForCaller == false
        let study = DeepResearch(rules, depth, about: brief.callerWords, mayClarify: mayClarify && !isTried)
        members[node]?.beginCalling(brief, source: source)
        members[node]?.reviews.study = study
        proceed(study.begin(), node, step: &step)
    }

    /// A member's model has said what to look up; nil: it could not.
    mutating func studied(_ node: String, hasFailed: Bool, step: inout Step) {
        let next = members[node]?.reviews.studied(hasFailed: hasFailed)
        proceed(next, node, step: &step)
    }

    /// The searches of a member are over.
    mutating func looked(_ node: String, step: inout Step) {
        let calls = members[node]?.tools.rounds.last?.calls ?? []
        let outcomes = calls.compactMap { call in
            call.result.map { (name: call.call.name, outcome: $0.outcome) }
        }
        let next = members[node]?.reviews.study?.looked(outcomes)
        proceed(next, node, step: &step)
    }

    /// The caller has said what was to be clarified; nil: they have not.
    mutating func clarified(_ node: String, _ brief: Brief, _ words: String?, step: inout Step) {
        guard let speaker = members[node]?.speaker, case .lookUp(let rules) = speaker.work, let depth = rules.depth
        else { return }
        questions.close(node)
        var brief = brief
        if let words { brief.callerWords += "\n" + words }
        let source = Attribution(response: response, item: step.identifiers.item(), agent: speaker.agent)
        floor.returns(node, all: plan.nodes.map(\.id))
        step.tell(.agentStarted(source, node: place(of: node)))
        research(rules, depth, brief, of: node, source, mayClarify: false, step: &step)
    }

    private mutating func proceed(_ next: DeepResearch.Next?, _ node: String, step: inout Step) {
        guard let next, let member = members[node], let source = member.source, case .calling(var brief) = member.stage,
            case .lookUp(let rules) = member.speaker.work
        else { return }
        switch next {
        case .ask(let task):
            (brief.task, brief.finding) = (task, member.reviews.study?.finding)
            step.write(Work(response: response, part: .study(node: node)), brief, with: member.speaker.writer)
        case .lookUp(let questions):
            if rules.depth?.showsStages == true { show(questions, of: source, step: &step) }
            for question in questions {
                for tool in rules.tools {
                    let call = ToolCall(id: "", name: tool, arguments: LookupPrompt.arguments(for: question))
                    members[node]?.want(step.call(call, by: source))
                }
            }
            endFirstRound(brief, of: node, step: &step)
        case .clarify(let question): ask(question, brief, of: node, source, rules, step: &step)
        case .report(let finding):
            brief.finding = finding
            write(brief, of: node, source, step: &step)
        }
    }

    /// What is looked up is shown to the client. It has no sound.
    private func show(_ questions: [String], of source: Attribution, step: inout Step) {
        let item = step.identifiers.item()
        let text = questions.map { "• " + $0 }.joined(separator: "\n")
        step.tell(.agentFiller(Attribution(response: response, item: item, agent: source.agent), text))
    }

    /// The caller is asked before anything is looked up; the research begins when they have answered.
    private mutating func ask(
        _ question: String, _ brief: Brief, of node: String, _ source: Attribution, _ rules: Research,
        step: inout Step
    ) {
        members[node]?.begin(brief, source: source)
        members[node]?.write(ours: question)
        step.tell(.agentFinished(source, node: place(of: node)))
        if members[node]?.speaker.speaksAsItWrites == true {
            members[node]?.queueWhole(step: &step)
        } else if members[node]?.voice != nil {
            members[node]?.showAndSpeak(step: &step)
        }
        closeSpeech(node, step: &step)
        let inquiry = Inquiry(interprets: false, patience: rules.depth?.patience ?? .seconds(300))
        questions.ask(node, inquiry, resuming: brief)
    }
}

extension DeepResearch {
    /// What takes its time now.
    var occasion: Writer.Occasion? {
        switch stage {
        case .planning: .planning
        case .searching: .searching
        case .reviewing: .reviewing
        case .over: nil
        }
    }
}
