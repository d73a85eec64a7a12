import AudioCore

/// How a conversation with a speech-to-speech model is to go.
public struct SpeechToSpeechRequest: Codable, Equatable, Sendable {
    /// What the model is for; the system prompt.
    public var instructions: String
    /// Who speaks, and in which language the caller does.
    public var voice: VoiceRequest
    /// The rate that the caller of `converse` wants, in hertz; every emitted chunk has it.
    public var sampleRate: Int
    /// How the model is to choose its words, as far as it can be told.
    public var sampling: SamplingRequest
    /// What was said before this connection was made, oldest first.
    public var history: [ChatMessage]

    /// Settings of a conversation.
    public init(
        instructions: String, voice: VoiceRequest, sampleRate: Int, sampling: SamplingRequest = SamplingRequest(),
        history: [ChatMessage] = []
    ) {
        self.instructions = instructions
        self.voice = voice
        self.sampleRate = sampleRate
        self.sampling = sampling
        self.history = history
    }
}

/// What a speech-to-speech model is told, in the order in which it happens.
///
/// Parley decides about turns: the model answers only when it is asked to. The sender numbers utterances and answers. A
/// number is used once.
public enum SpeechToSpeechInput: Equatable, Sendable {
    /// The caller's next audio, PCM16 mono at 16 kHz, also during speech.
    case audio([Int16])
    /// The caller's spoken utterance is complete.
    case endUtterance(Int)
    /// The audio since the last utterance was not speech. It is discarded.
    case dropUtterance
    /// What the caller typed, or what another agent said.
    case text(String)
    /// Answer now. The instructions, if any, are those of this one answer.
    case respond(Int, instructions: String? = nil)
    /// Cancels an answer, or truncates a complete one, at what the caller has heard. Unknown ids are ignored.
    case cancel(Int, heard: Duration)
}

/// The output of a speech-to-speech model.
public enum SpeechToSpeechPiece: Equatable, Sendable {
    /// What the caller said in that utterance; empty when nothing was understood. From models that tell.
    case callerTranscript(Int, String)
    /// The next words of that answer; never empty.
    case text(Int, String)
    /// The next audio of that answer, PCM16 mono at the wanted rate; never empty.
    case audio(Int, AudioChunk)
    /// That answer is complete, or was cut short by a cancel, which may be followed by nothing at all.
    case done(Int, TokenUsage?)
    /// That answer failed, at once or in the middle. The conversation continues.
    case failed(Int, ProviderError)
}

/// Hears the caller and answers in its own voice, over one connection for the whole of a conversation.
public protocol SpeechToSpeechModel: Sendable {
    /// The provider and model as projects write them: `Qwen/qwen3-omni-flash-realtime`.
    var name: String { get }

    /// Holds one conversation: takes `inputs` until they end, and calls `emit` with each piece as it comes, in order. After
    /// a cancel no more of that answer is emitted. Answers that are under way when the inputs end are not waited for.
    /// `emit` suspends when nobody can take more (back-pressure). Cancelling the task ends the connection within 100 ms.
    /// - Parameter inputs: The sender bounds them.
    /// - Throws: `ProviderError` when the connection is refused or lost, `CancellationError`, or what `emit` throws.
    func converse(
        _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
        emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
    ) async throws
}
