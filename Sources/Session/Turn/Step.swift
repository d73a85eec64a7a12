import Agents
import AudioCore
import ProjectModel
import ProviderKit

/// One step of a conversation: what all machines may look at, and what they decide, in order.
struct Step {
    /// The time since the conversation began.
    let now: Duration
    /// The project and what follows from it.
    let project: CompiledProject
    /// What was said so far.
    var past: Past
    /// Gives out names.
    var identifiers: IdentifierSource
    /// Date, time and zone, as the models are told them.
    private let time: String?
    /// What was decided in this step.
    private(set) var outputs: [Output] = []

    init(
        now: Duration, project: CompiledProject, past: Past, identifiers: IdentifierSource,
        time: String? = nil
    ) {
        self.now = now
        self.time = time
        self.project = project
        self.past = past
        self.identifiers = identifiers
    }

    mutating func tell(_ event: ConversationEvent) { outputs.append(.tell(event)) }

    /// Shows the caller's final words.
    mutating func show(_ words: [Transcribed]) { for said in words { tell(.callerTranscript(said)) } }

    mutating func ask(_ request: Request) { outputs.append(.request(request)) }

    mutating func play(_ source: Attribution, _ segment: SegmentID, _ samples: Range<Int>, rate: Int) {
        outputs.append(.play(source, segment, samples, rate: rate))
    }

    /// Asks a language model to write.
    mutating func write(_ work: Work, _ brief: Brief, with writer: Writer) {
        var context = context(in: writer.language, writer.memory)
        context.routingOrder = writer.routingOrder
        let messages = Prompt.messages(
            for: brief, program: writer.program, style: writer.style,
            history: past.history.keeping(answersOf: writer.memory.answersOf), context: context)
        let request = GenerationRequest(
            brief: brief, messages: messages, sampling: SamplingRequest(writer.sampling), form: brief.form)
        ask(.write(work, writer.models, request))
    }

    /// Asks a speech-to-speech model to answer, in that segment; in text only when there is none.
    mutating func converse(_ work: Work, _ segment: SegmentID?, _ brief: Brief, with speaker: Speaker) {
        guard let own = speaker.speechToSpeech, let dialogue = dialogue(with: speaker) else { return }
        // The model has heard the caller, or is told the words; what others said stands beside the orders.
        var others = brief
        others.callerWords = ""
        let chat = Prompt.messages(
            for: others, program: own.program, style: .conversational,
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
        let brief = Brief(
            task: .plan, agentName: speaker.agent, agentDescription: speaker.description, goal: speaker.goal,
            callerWords: "")
        let heard = past.history.keeping(answersOf: own.memory.answersOf)
        let chat = Prompt.messages(
            for: brief, program: own.program, style: .conversational, history: heard,
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
        let variables = memory.variables.map { variable in
            PromptMemory.Variable(name: variable.name, value: past.variables[variable.name] ?? variable.value)
        }
        var context = PromptContext(
            language: language ?? callers, callerLanguage: callers, now: time, variables: variables)
        if memory.holdsRelevant {
            context.earlier = past.relevant
        }
        return context
    }
}
