import Agents
import AudioCore
import ProjectModel
import ProviderKit

/// What a conversation keeps from one step to the next, whoever has the floor.
struct Kept: Sendable {
    /// What was said so far, and in earlier conversations.
    var past: Past
    /// Gives out names.
    var identifiers = IdentifierSource()
    /// The calls of tools that are under way.
    var calls = ToolCalls()
    /// What models do not see.
    var veil = Veil()
    /// What agents have asked the caller.
    var question: OpenQuestion?
    /// The caller's last picture.
    var picture: Picture?
    /// What the client has put in and ordered.
    var desk = ClientDesk()
}

/// One step of a conversation: what all machines may look at, and what they decide, in order.
struct Step {
    /// The time since the conversation began.
    let now: Duration
    /// The project and what follows from it.
    let project: CompiledProject
    /// What is kept from step to step.
    var kept: Kept
    /// Date, time and zone, as the models are told them.
    let time: String?
    /// What placeholders stand for.
    var values: PromptValues
    /// Whether the agent that answers ends the conversation after what it says.
    private var hangsUp = false
    /// What was decided in this step.
    private(set) var outputs: [Output] = []

    init(
        now: Duration, project: CompiledProject, kept: Kept, time: String? = nil,
        values: PromptValues = PromptValues([])
    ) {
        self.now = now
        (self.time, self.values) = (time, values)
        self.project = project
        self.kept = kept
    }

    /// What was said so far.
    var history: ConversationHistory { kept.past.history }

    /// What was said before, in this conversation and in others.
    var past: Past {
        get { kept.past }
        _modify { yield &kept.past }
    }

    /// Gives out names.
    var identifiers: IdentifierSource {
        get { kept.identifiers }
        _modify { yield &kept.identifiers }
    }

    /// The calls of tools that are under way.
    var calls: ToolCalls {
        get { kept.calls }
        _modify { yield &kept.calls }
    }

    /// What the client has put in and ordered.
    var desk: ClientDesk {
        get { kept.desk }
        _modify { yield &kept.desk }
    }

    /// What models do not see.
    var veil: Veil {
        get { kept.veil }
        _modify { yield &kept.veil }
    }

    mutating func tell(_ event: ConversationEvent) { outputs.append(.tell(event)) }

    /// Shows the caller's final words.
    mutating func show(_ words: [Transcribed]) { for said in words { tell(.callerTranscript(said)) } }

    /// Asks an engine for something. Models are not told the caller's private details.
    mutating func ask(_ request: Request) { outputs.append(.request(veil.cover(request))) }

    mutating func play(_ source: Attribution, _ segment: SegmentID, _ samples: Range<Int>, rate: Int) {
        outputs.append(.play(source, segment, samples, rate: rate))
    }

    /// The agent that answers ends the conversation after what it says: its call of the tool `end_call`.
    mutating func hangUp() { hangsUp = true }

    /// Whether `hangUp` was called since this was asked last.
    mutating func takeHangUp() -> Bool {
        defer { hangsUp = false }
        return hangsUp
    }

    /// Asks a language model to write.
    /// - Parameters:
    ///   - rounds: what it has called in this turn already.
    ///   - revision: what it has to mend in a draft.
    mutating func write(
        _ work: Work, _ brief: Brief, with writer: Writer, after rounds: [ToolRounds.Round] = [],
        revising revision: Reflection.Revision? = nil
    ) {
        let brief = values.filled(brief)
        var context = context(in: writer.language, writer.memory)
        context.routingOrder = writer.routingOrder.map(values.filled)
        let mayCall = if case .answer = work.part { true } else { false }
        let orders = desk.orders(of: work.response)
        if work.part.answersCaller { context.clientOrders = desk.instructions(of: work.response) }
        if mayCall { context.toolNotes = project.project.tableNotes(writer.toolUse) }
        let history = history(for: work.response)
        let picture = writer.program == .pictures ? kept.picture : nil
        // Whoever chooses knows of it, too, where there is an agent for it.
        let isTold = work.part == .routing && project.project.agents.contains { $0.program == .pictures }
        context.hasPicture = picture != nil || isTold && kept.picture != nil
        var messages = Prompt.messages(
            for: brief, program: values.filled(writer.program), style: writer.style,
            history: writer.isAlone ? ConversationHistory() : history.keeping(answersOf: writer.memory.answersOf),
            context: context)
        if let last = messages.indices.last, work.part.answersCaller {
            messages[last].picture = picture
            if messages[last].content.isEmpty { messages[last].content = Self.nothingNew }
        }
        messages.add(rounds)
        messages.reflect(for: brief.task)
        messages.plan(for: brief.task)
        if let revision { messages.revise(revision) }
        if rounds.count >= writer.toolUse.maxSteps { messages.say(.user, Self.noMoreCalls) }
        let request = GenerationRequest(
            brief: brief, messages: messages, tools: mayCall && orders.callsTools ? writer.tools + orders.tools : [],
            sampling: SamplingRequest(writer.sampling), form: brief.form)
        ask(.write(work, writer.models, request))
    }

    private static let nothingNew = "(The caller has said nothing new. Go on as you are told.)"
    private static let noMoreCalls = "(Answer now, from what you know. Nothing more can be called in this turn.)"

    /// Asks a speech-to-speech model to answer, in that segment; in text only when there is none.
    mutating func converse(_ work: Work, _ segment: SegmentID?, _ brief: Brief, with speaker: Speaker) {
        guard let own = speaker.speechToSpeech, let dialogue = dialogue(with: speaker) else { return }
        // The model has heard the caller, or is told the words; what others said stands beside the orders.
        var others = values.filled(brief)
        others.callerWords = ""
        let chat = Prompt.messages(
            for: others, program: values.filled(own.program), style: .conversational,
            context: context(in: speaker.voice?.language, own.memory))
        let turn = DialogueTurn(
            words: brief.callerWords,
            instructions: chat.map(\.content).filter { !$0.isEmpty }.joined(separator: "\n\n"),
            patience: project.project.deadlines.firstToken)
        ask(.converse(work, segment, dialogue, turn))
    }

    /// The conversation with the speaker's own model, as it would begin now.
    func dialogue(with speaker: Speaker) -> Dialogue? {
        guard let own = speaker.speechToSpeech else { return nil }
        let brief = values.filled(
            Brief(
                task: .plan, agentName: speaker.agent, agentDescription: speaker.description, goal: speaker.goal,
                callerWords: ""))
        let heard = history.keeping(answersOf: own.memory.answersOf)
        let chat = Prompt.messages(
            for: brief, program: values.filled(own.program), style: .conversational, history: heard,
            context: context(in: speaker.voice?.language, own.memory))
        let opening = SpeechToSpeechRequest(
            instructions: chat.first?.content ?? "",
            voice: VoiceRequest(
                name: own.name, language: project.project.audio.language, speed: speaker.voice?.speed ?? 1),
            sampleRate: speaker.voice?.sampleRate ?? project.project.sampleRate,
            sampling: SamplingRequest(own.sampling), history: Prompt.chat(heard, for: speaker.agent))
        return Dialogue(agent: speaker.agent, model: own.model, opening: opening)
    }

    /// What a model is told beside its work; it answers in `language`, else in the caller's.
    private func context(in language: String?, _ memory: PromptMemory) -> PromptContext {
        let callers = project.project.audio.language
        let known = memory.variables.map { variable in
            let remembered = past.variables[variable.name].map(PromptValues.safe)
            return PromptMemory.Variable(name: variable.name, value: remembered ?? variable.value)
        }
        var context = PromptContext(
            language: language ?? callers, callerLanguage: callers, now: time, variables: values.current(known))
        if memory.holdsRelevant { context.earlier = past.relevant }
        return context
    }
}
