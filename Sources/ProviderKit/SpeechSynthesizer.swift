import AudioCore

/// Which voice is wanted. Providers choose the nearest that they have.
public struct VoiceRequest: Codable, Hashable, Sendable {
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

/// When one word of a request is spoken.
public struct WordTiming: Codable, Equatable, Sendable {
    /// Where it stands in the request's text: offsets in characters (`Character`).
    public var range: Range<Int>
    /// When it begins, from the first sample that was emitted for the request.
    public var start: Duration
    /// When it ends; not before `start`.
    public var end: Duration

    /// When one word is spoken.
    public init(range: Range<Int>, start: Duration, end: Duration) {
        self.range = range
        self.start = start
        self.end = end
    }
}

/// The output of a text-to-speech engine, piece by piece.
public enum SynthesisPiece: Equatable, Sendable {
    /// The next audio, PCM16 mono at the wanted rate; never empty.
    case audio(AudioChunk)
    /// When the next words are spoken, in order, each word once. From providers that know; before or after their audio.
    case words([WordTiming])
}

/// Turns text into speech.
public protocol SpeechSynthesizer: Sendable {
    /// The provider and model as projects write them: `Local/Flite`, `ElevenLabs/eleven_turbo_v2_5`.
    var name: String { get }

    /// Speaks `request.text`: calls `emit` with PCM16 mono chunks at `request.sampleRate`, in order, as soon as they
    /// exist, and with the times of the words where they are known; returns after the last. `emit` suspends when nobody can
    /// take more (back-pressure). Cancelling the task ends the work within 100 ms. A text without a letter or a digit is
    /// spoken as nothing.
    /// - Throws: `ProviderError`, `CancellationError`, or what `emit` throws.
    func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws
}
