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
    /// Whether it takes a JSON schema as `response_format`: OpenAI and vLLM do, older servers of llama.cpp and some models
    /// don't.
    var structuresAnswers = true
    var lengthKey: LengthKey

    /// What is tried first at `endpoint`.
    init(at endpoint: OpenAIEndpoint) { lengthKey = endpoint.isOpenAI ? .maxCompletionTokens : .maxTokens }

    /// What to try after a refusal in these words; nil when they are about something else. Never leads back.
    func other(after refusal: String) -> ChatDialect? {
        var other = self
        if reportsUsage, refusal.contains("stream_options") {
            other.reportsUsage = false
        } else if structuresAnswers, Self.isAboutStructure(refusal.lowercased()) {
            other.structuresAnswers = false
        } else if lengthKey == .maxTokens, refusal.contains(LengthKey.maxCompletionTokens.rawValue) {
            other.lengthKey = .maxCompletionTokens
        } else {
            return nil
        }
        return other
    }

    /// The words that servers have for it differ.
    private static func isAboutStructure(_ refusal: String) -> Bool {
        ["response_format", "response format", "json_schema", "structured output"].contains(where: refusal.contains)
    }
}
