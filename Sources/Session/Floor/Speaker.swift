import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import SpeechText

/// What one node of a plan does and how it sounds.
struct Speaker: Equatable, Sendable {
    /// What the node does when its turn comes.
    enum Work: Equatable, Sendable {
        /// Answers the caller.
        case answer
        /// Answers the caller from what is looked up first.
        case lookUp(Research)
        /// Answers with the result of one call.
        case call(Executor)
        /// Closes the round with a summary of its members' answers.
        case summarize
        /// Passes its members' answers on, without a word.
        case collect
        /// Asks the caller, whose next words are its answer.
        case ask(Inquiry)
        /// Says these words.
        case say(String)
        /// Chooses which member works next, without a word.
        case choose(Brief.Agenda)
        /// Judges what was answered in trials, and closes the round with a report.
        case report([Trial])
    }

    /// How its words reach the caller.
    enum Delivery: Equatable, Sendable {
        /// In a voice.
        case spoken(Voice)
        /// As text, once all of it is there.
        case shown
        /// As text, while it is being written.
        case shownAsWritten

        init(_ voice: Voice?) { self = voice.map(Self.spoken) ?? .shown }
    }

    var agent: String
    var description: String
    var goal: String?
    var work: Work
    /// What it is asked, when that is only a part of what the caller said.
    var words: String?
    var delivery: Delivery
    /// Whether a summary is spoken instead of the text.
    var speaksSummary: Bool
    /// Whether it is heard only when no other member runs after it.
    var speaksOnlyIfLast = false
    /// What it writes with; what it judges with, when it speaks itself.
    var writer: Writer
    /// The model that hears the caller and speaks itself, if it has one.
    var speechToSpeech: SpeechToSpeechVoice?
    /// What bridges the silence while it works.
    var filler: FillerLine?
    /// Its place in a team.
    var seat = Seat()

    /// Who speaks its words; nil: text only.
    var voice: Voice? {
        if case .spoken(let voice) = delivery { voice } else { nil }
    }

    /// What it should be able to do and cannot do here.
    var lack: String? { (speechToSpeech?.program ?? writer.program).standIn?.lack }

    /// Whether it closes the round of a super agent.
    var isClosing: Bool {
        switch work {
        case .summarize, .collect, .report: true
        case .answer, .ask, .lookUp, .call, .say, .choose: false
        }
    }

    /// Whether it answers, and does not only choose or collect.
    var hasWords: Bool {
        switch work {
        case .answer, .ask, .lookUp, .call, .summarize, .say, .report: true
        case .collect, .choose: false
        }
    }

    /// Whether what it writes is for the caller.
    var isForCaller: Bool { hasWords && seat.trial == nil }

    /// Whether each sentence is spoken while the next is being written.
    var speaksAsItWrites: Bool { voice != nil && !speaksSummary && !speaksOnlyIfLast && writer.reflection == nil }
}

/// The models that write a text, and how they are to.
struct Writer: Equatable, Sendable {
    /// What takes its time.
    enum Occasion: Hashable, Sendable {
        /// A tool of that name.
        case tool(String)
        /// Stages of a research.
        case planning, searching, reviewing
    }

    var models: ModelChain
    var sampling = Sampling()
    var style: OutputStyle = .conversational
    /// BCP-47, of the text; nil is the project's.
    var language: String?
    /// What the agent's class asks of it.
    var program = AgentProgram.planning
    /// What of the conversation's memory it is told.
    var memory = PromptMemory()
    /// What it may call, and how often.
    var toolUse = ToolUse()
    /// The tools of the project among these, as its model is told them.
    var tools: [ToolDefinition] = []
    /// What bridges the silence while a tool works, or a research goes on.
    var progress: [Occasion: FillerLine] = [:]
    /// What the project adds to the orders of whoever chooses an agent.
    var routingOrder: String?
    /// How it looks at drafts of its answer before anybody hears one; nil: the first is its answer.
    var reflection: SelfReflection?
    /// Whether it is told nothing of what was said before.
    var isAlone = false
}

/// A speech-to-speech model and the voice that it is to have.
struct SpeechToSpeechVoice: Equatable, Sendable {
    var model: ModelReference
    /// As the model's provider names it; nil for its default.
    var name: String?
    var sampling = Sampling()
    /// What the agent's class asks of it.
    var program = AgentProgram.planning
    /// What of the conversation's memory it is told.
    var memory = PromptMemory()
}

/// The plan of an agent or super agent, and who plays which part in it.
struct Cast: Sendable {
    var plan: FlowPlan
    /// By node id.
    var speakers: [String: Speaker]

    init(_ project: Project, running name: String, forms: (any SpokenForms)? = nil) {
        plan = project.plan(running: name)
        speakers = project.speakers(of: plan, forms: forms)
    }

    /// Who answers when several agents and super agents have a part of one turn each.
    init(_ project: Project, tasks: [Assignment.Task], forms: (any SpokenForms)? = nil) {
        plan = FlowPlan(
            tasks: tasks.map { .init(name: $0.agent, after: $0.after, condition: $0.condition) },
            graphs: project.graphs)
        speakers = project.speakers(of: plan, forms: forms)
        let words = Dictionary(tasks.map { ($0.agent, $0.words) }, uniquingKeysWith: { first, _ in first })
        for node in plan.nodes where speakers[node.id]?.words == nil {
            speakers[node.id]?.words = words[node.superAgents.last ?? node.name] ?? nil
        }
    }
}

extension Project {
    /// What decides, judges and sums up in nobody's own name.
    var writer: Writer { Writer(models: languageModel, sampling: sampling) }

    /// What chooses who answers.
    var router: Writer {
        var router = writer
        (router.memory, router.routingOrder) = (orchestrator.memory, orchestrator.routingOrder)
        return router
    }

    /// What runs when the agent or super agent of that name is asked.
    func plan(running name: String) -> FlowPlan {
        FlowPlan(running: name, graphs: graphs)
    }

    /// The graphs of its super agents, by name.
    var graphs: [String: FlowGraph] {
        Dictionary(superAgents.map { ($0.name, $0.graph) }, uniquingKeysWith: { first, _ in first })
    }

    /// What an agent or super agent is for.
    func descriptionOf(_ name: String) -> String {
        agent(named: name)?.description ?? superAgent(named: name)?.description ?? ""
    }

    /// What each node of `plan` does and how it sounds, by node id.
    func speakers(of plan: FlowPlan, forms: (any SpokenForms)? = nil) -> [String: Speaker] {
        var speakers: [String: Speaker] = [:]
        for node in plan.nodes {
            let goal = node.superAgents.first.flatMap { superAgent(named: $0)?.goal }
            switch node.kind {
            case .agent(let name):
                let agent = agent(named: name)
                let voice = voice(of: name, within: node.superAgents)
                let work = Speaker.Work(agent)
                let own = (agent?.languageModel).flatMap {
                    agent?.speaksItself == true && agent?.program.executor == nil ? $0.first : nil
                }
                let audibility = audibility(of: name, within: node.superAgents)
                speakers[node.id] = Speaker(
                    agent: name, description: agent?.description ?? "", goal: goal, work: work,
                    delivery: Speaker.Delivery(audibility == .never ? nil : voice),
                    speaksSummary: own == nil && agent?.speaksSummary == true,
                    // What speaks itself is heard while it speaks.
                    speaksOnlyIfLast: audibility == .ifLast && own == nil,
                    writer: own == nil ? writer(of: agent, voice, forms) : writer,
                    speechToSpeech: own.map {
                        SpeechToSpeechVoice(
                            model: $0, name: voiceName(of: name, within: node.superAgents),
                            sampling: agent?.sampling ?? Sampling(), program: agent?.program ?? .planning,
                            memory: agent?.memory ?? PromptMemory())
                    },
                    filler: FillerLine(agent?.filler, agent: name, voice: voice, forms: forms))
            case .choosing(let name, let step):
                let voice = voice(of: name, within: Array(node.superAgents.dropFirst()))
                speakers[node.id] = Speaker(
                    agent: name, description: "", goal: goal, work: .choose(agenda(of: name, step: step)),
                    delivery: Speaker.Delivery(voice), speaksSummary: false,
                    writer: lead(of: superAgent(named: name)),
                    filler: FillerLine(orchestrator.filler, agent: name, voice: voice, forms: forms))
            case .closing(let name):
                let superAgent = superAgent(named: name)
                let voice = voice(of: name, within: node.superAgents)
                speakers[node.id] = Speaker(
                    agent: name, description: superAgent?.description ?? "", goal: superAgent?.goal,
                    work: superAgent?.summarizes == true ? .summarize : .collect,
                    delivery: Speaker.Delivery(voice), speaksSummary: false,
                    writer: lead(of: superAgent, in: voice?.language),
                    filler: FillerLine(orchestrator.filler, agent: name, voice: voice, forms: forms))
            }
            speakers[node.id]?.seat.nextLine = nextLine(of: node.superAgents.first)
            speakers[node.id]?.seat.judge = judge(within: node.superAgents.first)
        }
        for node in plan.nodes { prepareTrials(at: node, of: plan, &speakers) }
        return speakers
    }

    private func writer(of agent: Agent?, _ voice: Voice?, _ forms: (any SpokenForms)?) -> Writer {
        guard let agent else { return writer }
        return Writer(
            models: agent.languageModel ?? languageModel, sampling: agent.sampling, style: agent.outputStyle,
            language: voice?.language, program: agent.program, memory: agent.memory, toolUse: agent.tools,
            tools: tools(toldTo: agent).map {
                ToolDefinition(name: $0.name, description: $0.description, parameters: $0.parameters)
            }, progress: progress(of: agent, voice: voice, forms: forms), reflection: agent.reflection)
    }

    private func tools(of agent: Agent?) -> [Tool] {
        tools.filter { agent?.tools.tools.contains($0.name) == true }
    }

    /// The tools that its model may call while it answers.
    private func tools(toldTo agent: Agent) -> [Tool] {
        switch agent.program {
        case .executor: []
        case .research(let research) where !research.searchesAgain:
            tools(of: agent).filter { !research.tools.contains($0.name) }
        default: tools(of: agent)
        }
    }

    /// What is said when a tool takes longer than a second.
    private func progress(of agent: Agent?, voice: Voice?, forms: (any SpokenForms)?) -> [Writer.Occasion: FillerLine] {
        let lines = tools(of: agent).compactMap { tool -> (Writer.Occasion, FillerLine)? in
            guard let text = tool.progress, let agent else { return nil }
            let line = FillerLine(
                Filler(text: text, after: .seconds(1)), agent: agent.name, voice: voice, forms: forms)
            return line.map { (.tool(tool.name), $0) }
        }
        return Dictionary(lines, uniquingKeysWith: { first, _ in first })
            .merging(stages(of: agent, voice: voice, forms: forms)) { tool, _ in tool }
    }

    /// What is said while a research in several stages goes on.
    private func stages(
        of agent: Agent?, voice: Voice?, forms: (any SpokenForms)?
    ) -> [Writer.Occasion: FillerLine] {
        guard let agent, case .research(let research) = agent.program, research.depth != nil, let voice,
            let lines = ResearchLines.standard(in: voice.language)
        else { return [:] }
        let texts: [(Writer.Occasion, String)] = [
            (.planning, lines.planning), (.searching, lines.searching), (.reviewing, lines.reviewing),
        ]
        return Dictionary(
            texts.compactMap { occasion, text in
                var line = FillerLine(
                    Filler(text: text, after: .seconds(2)), agent: agent.name, voice: voice, forms: forms)
                line?.isStage = true
                return line.map { (occasion, $0) }
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension SamplingRequest {
    /// What a project says, as models are asked for it.
    init(_ sampling: Sampling) {
        self.init(temperature: sampling.temperature, topP: sampling.topP, maxTokens: sampling.maxTokens)
    }
}
