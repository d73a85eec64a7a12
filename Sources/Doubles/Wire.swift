/// One of the vendors' protocols that a stand-in speaks.
public enum Wire: String, Sendable, Hashable, CaseIterable, Decodable {
    /// `POST …/chat/completions`
    case openAIChat = "openai.chat"
    /// `POST …/audio/transcriptions`
    case openAITranscriptions = "openai.transcriptions"
    /// `POST …/audio/speech`
    case openAISpeech = "openai.speech"
    /// The Realtime WebSocket.
    case openAIRealtime = "openai.realtime"
    /// `POST /api/chat`
    case ollamaChat = "ollama.chat"
    /// The listen WebSocket.
    case deepgramListen = "deepgram.listen"
    /// `POST /v1/text-to-speech/…`
    case elevenLabsHTTP = "elevenlabs.http"
    /// The stream-input WebSockets.
    case elevenLabsSocket = "elevenlabs.socket"
    /// Speech-to-text over a WebSocket.
    case azureRecognition = "azure.recognition"
    /// Text-to-speech, over HTTP and over a WebSocket.
    case azureSynthesis = "azure.synthesis"
    /// `POST /sts/v1.0/issueToken`
    case azureToken = "azure.token"
    /// Qwen's text-to-speech WebSocket.
    case qwenSynthesis = "qwen.synthesis"
    /// Qwen's speech-to-speech WebSocket.
    case qwenOmni = "qwen.omni"
}
