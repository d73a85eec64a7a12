import ProjectModel
import ProviderKit
import VoiceActivity

/// The engines that one conversation works with, already chosen.
public struct Engines: Sendable {
    /// The network that hears speech; shared by all conversations.
    public var voiceActivity: SileroModel
    /// Turns the caller's speech into words.
    public var recognizer: any SpeechRecognizer
    /// The synthesiser of a voice.
    public var synthesizer: @Sendable (ModelReference) -> any SpeechSynthesizer
    /// The language model of an agent.
    public var languageModel: @Sendable (ModelReference) -> any LanguageModel
    /// Local engines among them that stand in for what the project names.
    public var fallbacks: [SessionDescription.Fallback]

    /// The engines of one conversation.
    public init(
        voiceActivity: SileroModel, recognizer: any SpeechRecognizer,
        synthesizer: @escaping @Sendable (ModelReference) -> any SpeechSynthesizer,
        languageModel: @escaping @Sendable (ModelReference) -> any LanguageModel,
        fallbacks: [SessionDescription.Fallback] = []
    ) {
        self.voiceActivity = voiceActivity
        self.recognizer = recognizer
        self.synthesizer = synthesizer
        self.languageModel = languageModel
        self.fallbacks = fallbacks
    }
}
