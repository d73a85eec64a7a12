/// What a server knows of the protocol; found out by its refusals.
struct ChatDialect: Equatable, Sendable {
    /// What the longest answer is called. OpenAI's reasoning models refuse the old name; Ollama and other servers pass over
    /// the new one in silence. A deployment on Azure may be of either kind.
    enum LengthKey: String {
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// Whether it knows `stream_options`: some that are compatible don't.
    var reportsUsage = true
    var lengthKey: LengthKey

    /// What is tried first at `endpoint`.
    init(at endpoint: OpenAIEndpoint) { lengthKey = endpoint.isOpenAI ? .maxCompletionTokens : .maxTokens }

    /// What to try after a refusal in these words; nil when they are about something else. Never leads back.
    func other(after refusal: String) -> ChatDialect? {
        var other = self
        if reportsUsage, refusal.contains("stream_options") {
            other.reportsUsage = false
        } else if lengthKey == .maxTokens, refusal.contains(LengthKey.maxCompletionTokens.rawValue) {
            other.lengthKey = .maxCompletionTokens
        } else {
            return nil
        }
        return other
    }
}
