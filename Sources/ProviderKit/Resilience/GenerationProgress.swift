/// What of an answer has been given out, over all attempts; decides what of each piece goes on.
struct GenerationProgress: Equatable, Sendable {
    private let request: GenerationRequest
    /// Whether another engine may have to take over in the middle.
    private let canContinue: Bool
    private var text = ""
    private var calls: Set<String> = []
    private var tokens: TokenUsage?
    /// Whether the engine of this attempt has said anything.
    private var hasSpoken = false
    private var hold = WordHold()
    private var seam = TextSeam(after: "")

    init(_ request: GenerationRequest, canContinue: Bool) {
        self.request = request
        self.canContinue = canContinue
        text = request.written
    }

    /// Whether the answer must not go on: a call that is out may already have been acted upon, and the model is asked again
    /// with its result anyway.
    var isDone: Bool { !calls.isEmpty }

    /// Begins an attempt; returns what to ask for.
    mutating func begin() -> GenerationRequest {
        (hold, seam, hasSpoken) = (WordHold(), TextSeam(after: text), false)
        guard !text.isEmpty else { return request }
        var request = request
        request.written = text
        request.messages += [
            ChatMessage(role: .assistant, content: text),
            ChatMessage(role: .user, content: Self.instruction),
        ]
        return request
    }

    /// In English like all prompts; the answer keeps its language.
    private static let instruction = """
        Your last message was cut off. Go on exactly where it stops, in the same language and manner. \
        Do not repeat any of it, do not begin anew, and do not mention this.
        """

    /// Takes an engine's next piece; returns what goes to the consumer.
    mutating func take(_ piece: GenerationPiece) -> [GenerationPiece] {
        switch piece {
        case .text(let written):
            hasSpoken = hasSpoken || !written.allSatisfy(\.isWhitespace)
            let new = seam.take(written)
            return give(canContinue ? hold.take(new) : new)
        case .toolCall(let call):
            guard !calls.contains(call.id) else { return [] }
            let rest = flush()
            calls.insert(call.id)
            return rest + [piece]
        case .usage(let usage):
            tokens = TokenUsage(
                input: (tokens?.input ?? 0) + usage.input, output: (tokens?.output ?? 0) + usage.output)
            return []
        }
    }

    /// The engine `provider` has ended without an error; returns the rest of the answer.
    /// - Throws: when it has not answered.
    mutating func finish(provider: String) throws(ProviderError) -> [GenerationPiece] {
        // An answer that was stopped just before its end has no more to say.
        guard hasSpoken || !calls.isEmpty || !request.written.isEmpty else {
            throw ProviderError(.protocolViolation, provider: provider, message: "ended without an answer")
        }
        return flush() + (tokens.map { [.usage($0)] } ?? [])
    }

    private mutating func flush() -> [GenerationPiece] {
        give(hold.take(seam.finish()) + hold.finish())
    }

    private mutating func give(_ new: String) -> [GenerationPiece] {
        text += new
        return new.isEmpty ? [] : [.text(new)]
    }
}
