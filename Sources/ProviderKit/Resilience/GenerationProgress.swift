/// The part of an answer that was passed on, over all attempts. Decides which part of each piece is passed on.
struct GenerationProgress: Equatable, Sendable {
    private let request: GenerationRequest
    /// Whether another engine may have to take over in the middle.
    private let canContinue: Bool
    private var text = ""
    private var calls: Set<String> = []
    private var tokens: TokenUsage?
    /// Whether the engine of this attempt has said anything.
    private var hasSpoken = false
    /// What the engine of this attempt has written in a form that only makes sense whole.
    private var whole = ""
    /// What stands before the first word of an answer: marks, an emoji, white space. Alone it is none.
    private var lead = ""
    private var hold = WordHold()
    private var seam = TextSeam(after: "")

    init(_ request: GenerationRequest, canContinue: Bool) {
        var request = request
        if request.form != .text { request.written = "" }
        self.request = request
        self.canContinue = canContinue
        text = request.written
    }

    /// Whether the answer must not go on: a call that is out may already have been acted upon, and the model is asked again
    /// with its result anyway.
    var isDone: Bool { !calls.isEmpty }

    /// Begins an attempt; returns what to ask for.
    mutating func begin() -> GenerationRequest {
        (hold, seam, hasSpoken, whole, lead) = (WordHold(), TextSeam(after: text), false, "", "")
        guard !text.isEmpty else { return request }
        var request = request
        request.written = text
        request.messages.say(.assistant, text)
        request.messages.say(.user, Self.instruction)
        return request
    }

    /// A choice or a verdict is cut at about this many bytes.
    private static let longestValue = 32_000

    /// In English like all prompts; the answer keeps its language.
    private static let instruction = """
        Your last message was cut off. Go on exactly where it stops, in the same language and manner. \
        Do not repeat any of it, do not begin anew, and do not mention this.
        """

    /// An answer begins with at most so many characters that nobody can say.
    static let longestLead = 1000

    /// Takes the next piece of the engine `provider`; returns what goes to the consumer.
    /// - Throws: when the engine writes on and on without a word.
    mutating func take(_ piece: GenerationPiece, provider: String) throws(ProviderError) -> [GenerationPiece] {
        switch piece {
        case .text(let written):
            if request.form != .text {
                hasSpoken = hasSpoken || !written.allSatisfy(\.isWhitespace)
                // Half a value is none: the next engine begins anew.
                whole += written.prefix(max(0, Self.longestValue - whole.utf8.count))
                return []
            }
            guard let new = spoken(written) else {
                guard lead.count <= Self.longestLead else { throw Self.empty(provider) }
                return []
            }
            let joined = seam.take(new)
            return give(canContinue ? hold.take(joined) : joined)
        case .toolCall(let call):
            // A call of something that was not offered leads nowhere.
            guard !request.tools.isEmpty, !calls.contains(call.id) else { return [] }
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
        // An answer that was stopped just before its end may have no further text.
        guard hasSpoken || !calls.isEmpty || !request.written.isEmpty else {
            throw Self.empty(provider)
        }
        return flush() + (tokens.map { [.usage($0)] } ?? [])
    }

    /// `written` and what was kept back before it; nil while there is no word yet.
    private mutating func spoken(_ written: String) -> String? {
        if hasSpoken { return written }
        // The end of a sentence that was cut off may be a mark.
        hasSpoken =
            text.isEmpty
            ? written.contains { $0.isLetter || $0.isNumber } : !written.allSatisfy(\.isWhitespace)
        guard hasSpoken || !text.isEmpty else {
            lead += written
            return nil
        }
        defer { lead = "" }
        return lead + written
    }

    private static func empty(_ provider: String) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "ended without an answer")
    }

    private mutating func flush() -> [GenerationPiece] {
        if request.form == .text { return give(hold.take(seam.finish()) + hold.finish()) }
        defer { whole = "" }
        return give(whole)
    }

    private mutating func give(_ new: String) -> [GenerationPiece] {
        text += new
        return new.isEmpty ? [] : [.text(new)]
    }
}
