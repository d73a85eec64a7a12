import ProjectModel
import ProviderKit
import VoiceActivity

/// The engines that one conversation works with, already chosen.
public struct Engines: Sendable {
    /// The network that hears speech; shared by all conversations.
    public var voiceActivity: SileroModel
    /// Turns the caller's speech into words.
    public var recognizer: RecognitionChain
    /// The synthesisers of a voice; the engine of each number in the chain is asked for the voice's name at that number.
    public var synthesizer: @Sendable (ModelChain) -> SynthesisChain
    /// The language models of an agent.
    public var languageModel: @Sendable (ModelChain) -> GenerationChain
    /// The speech-to-speech model of an agent, with the breaker that all conversations share; nil when there is none of that
    /// name.
    public var speechToSpeech: @Sendable (ModelReference) -> ChainLink<any SpeechToSpeechModel>?
    /// Judges pauses; nil when the project wants no judge, or has none here.
    public var endOfTurnJudge: (any EndOfTurnJudge)?
    /// Carries out the calls of tools; nil when there are none.
    public var tools: (any ToolExecutor)?
    /// Opens the connections that the next turn will use, where none is open; returns when they are.
    public var warm: @Sendable () async -> Void
    /// The memory of the caller; nil when nothing is kept beyond the conversation.
    public var memory: CallerMemory?
    /// Local engines among them that stand in for what the project names.
    public var fallbacks: [SessionDescription.Fallback]

    /// The engines of one conversation.
    public init(
        voiceActivity: SileroModel, recognizer: RecognitionChain,
        synthesizer: @escaping @Sendable (ModelChain) -> SynthesisChain,
        languageModel: @escaping @Sendable (ModelChain) -> GenerationChain,
        speechToSpeech: @escaping @Sendable (ModelReference) -> ChainLink<any SpeechToSpeechModel>? = { _ in nil },
        endOfTurnJudge: (any EndOfTurnJudge)? = nil, warm: @escaping @Sendable () async -> Void = {},
        fallbacks: [SessionDescription.Fallback] = []
    ) {
        self.voiceActivity = voiceActivity
        self.recognizer = recognizer
        self.synthesizer = synthesizer
        self.languageModel = languageModel
        self.speechToSpeech = speechToSpeech
        self.endOfTurnJudge = endOfTurnJudge
        self.warm = warm
        self.fallbacks = fallbacks
    }
}
