import ProjectModel
import TurnTaking

/// What a deployment gives projects that name no model, voice or settings of their own: `defaults.yaml`. What is nil here
/// is as if there were no such file.
public struct ProjectDefaults: Equatable, Sendable {
    var languageModel: ModelChain?
    var sampling = Sampling()
    /// What language models do not see.
    var masking: PIIMasking?
    var recognizer: ModelChain?
    /// BCP-47, of what callers speak.
    var language: String?
    var endpointing: EndpointingConfiguration?
    var synthesizer: ModelChain?
    var vad: VADConfiguration?
    /// Where agents look things up.
    var search: Retriever?
    /// The orchestrator's voice.
    var speech: SpeechConfiguration?

    /// No defaults.
    public init() {}
}
