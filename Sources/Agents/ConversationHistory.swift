/// What was said so far, as language models are told it: a bounded list, the oldest entries fall out first.
public struct ConversationHistory: Equatable, Sendable {
    /// What one party said in one go.
    public struct Entry: Equatable, Sendable {
        /// Who speaks.
        public enum Speaker: Equatable, Sendable {
            /// The caller.
            case caller
            /// The agent of that name; nil is the orchestrator.
            case agent(String?)
        }

        /// Who speaks.
        public var speaker: Speaker
        /// The caller's words, or what of an agent's answer was heard.
        public var text: String
        /// Whether somebody talked over it, so that `text` is only a part.
        public var wasInterrupted: Bool

        /// What one party said in one go.
        public init(_ speaker: Speaker, _ text: String, wasInterrupted: Bool = false) {
            self.speaker = speaker
            self.text = text
            self.wasInterrupted = wasInterrupted
        }
    }

    /// Oldest first.
    public private(set) var entries: [Entry] = []
    /// How many of the caller's turns are kept, with all answers to them.
    public let maximumTurns: Int
    /// How many characters are kept over all entries.
    public let maximumCharacters: Int
    private var characters = 0

    /// An empty history.
    /// - Parameters:
    ///   - maximumTurns: at least 1.
    ///   - maximumCharacters: at least 1.
    public init(maximumTurns: Int = 20, maximumCharacters: Int = 24_000) {
        self.maximumTurns = max(1, maximumTurns)
        self.maximumCharacters = max(1, maximumCharacters)
    }

    /// Adds what was said last. Empty text adds nothing; an entry longer than the whole history keeps its beginning.
    public mutating func append(_ entry: Entry) {
        var entry = entry
        if entry.text.isEmpty { return }
        if entry.text.count > maximumCharacters { entry.text = String(entry.text.prefix(maximumCharacters)) }
        entries.append(entry)
        characters += entry.text.count
        var turns = entries.count { $0.speaker == .caller }
        while turns > maximumTurns || characters > maximumCharacters {
            let oldest = entries.removeFirst()
            characters -= oldest.text.count
            if oldest.speaker == .caller { turns -= 1 }
        }
        // An answer to a question that fell out would stand for nothing.
        while turns > 0, let first = entries.first, first.speaker != .caller {
            characters -= first.text.count
            entries.removeFirst()
        }
    }
}
