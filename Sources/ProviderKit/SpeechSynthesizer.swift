import AudioCore

/// Which voice is wanted. Providers choose the nearest that they have.
public struct VoiceRequest: Hashable, Sendable {
    /// What is known of a voice's gender.
    public enum Gender: String, Hashable, Sendable { case female, male }

    /// The voice's name as the project writes it, such as `en-AU-WilliamNeural`; nil for the provider's default.
    public var name: String?
    /// BCP-47, such as `en-AU`.
    public var language: String
    /// 0.25…4; 1 is the voice's own pace.
    public var speed: Double

    /// Describes the wanted voice.
    public init(name: String? = nil, language: String = "en-US", speed: Double = 1) {
        self.name = name
        self.language = language
        self.speed = speed
    }
}

/// One piece of text, usually a sentence, that is to be spoken.
public struct SynthesisRequest: Equatable, Sendable {
    /// What to say, already made speakable.
    public var text: String
    /// Who says it.
    public var voice: VoiceRequest
    /// The rate that the caller wants, in hertz; every emitted chunk has it.
    public var sampleRate: Int

    /// A request for one piece of text.
    public init(text: String, voice: VoiceRequest, sampleRate: Int) {
        self.text = text
        self.voice = voice
        self.sampleRate = sampleRate
    }
}

/// Turns text into speech.
public protocol SpeechSynthesizer: Sendable {
    /// The provider's name as projects write it: `Local/Flite`.
    var name: String { get }

    /// Speaks `request.text`: calls `emit` with PCM16 mono chunks at `request.sampleRate`, in order, as soon as they
    /// exist, and returns after the last. `emit` suspends when nobody can take more (back-pressure). Cancelling the task
    /// ends the work within 100 ms.
    /// - Throws: `ProviderError` or `CancellationError`.
    func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (AudioChunk) async throws -> Void
    ) async throws
}
