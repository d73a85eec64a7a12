import ProjectModel
import ProviderKit

/// What was said so far, as language models are told it: a bounded list of turns, of which the oldest fall out first.
///
/// A turn is what the caller said and all answers to it. What was said before the caller's first words is a turn as well.
public struct ConversationHistory: Equatable, Sendable {
    /// What one party said in one go.
    public struct Entry: Equatable, Sendable {
        /// Who speaks.
        public enum Speaker: Hashable, Sendable {
            /// The caller.
            case caller
            /// The agent of that name; nil is the orchestrator.
            case agent(String?)
            /// A tool that an agent called; the text is what came of it.
            case tool(agent: String, ToolCall)
        }

        /// Who speaks.
        public var speaker: Speaker
        /// The caller's words, or what of an agent's answer was heard.
        public var text: String
        /// Whether somebody talked over it, so that `text` is only a part.
        public var wasInterrupted: Bool
        /// Whether it was too long for the history, so that `text` is only its beginning.
        public var isCut = false
        /// By what its owner finds it again; nil when nobody looks for it.
        public var name: String?

        /// What one party said in one go.
        public init(_ speaker: Speaker, _ text: String, wasInterrupted: Bool = false) {
            self.speaker = speaker
            self.text = text
            self.wasInterrupted = wasInterrupted
        }
    }

    /// Oldest first.
    public private(set) var entries: [Entry] = []
    /// How many entries have fallen out so far.
    public private(set) var leftOut = 0
    /// What is kept.
    public let limits: HistoryLimits
    private var characters = 0
    private var turns = 0
    /// How many of the first entries are of earlier conversations.
    private(set) var earlier = 0

    /// An empty history.
    public init(_ limits: HistoryLimits = HistoryLimits()) { self.limits = limits }

    /// Adds what was said last; empty text adds nothing.
    ///
    /// Beyond the limits whole turns fall out. A turn that alone is longer than the history keeps its beginning: the entry
    /// that goes over the end is cut, and what comes after it falls out.
    public mutating func append(_ entry: Entry) {
        if entry.text.isEmpty { return }
        entries.append(entry)
        characters += entry.length
        if entry.speaker == .caller { turns += 1 }
        while turns > limits.maximumTurns || characters > limits.maximumCharacters, dropOldestTurn() {}
        cutEnd()
    }

    /// Puts what was said in earlier conversations before what was said in this one; what does not fit falls out.
    public mutating func prepend(_ older: [Entry]) {
        var whole = ConversationHistory(limits)
        for entry in older { whole.append(entry) }
        // Of what is left out of earlier conversations nobody needs to know.
        whole.leftOut = 0
        whole.earlier = whole.entries.count
        for entry in entries { whole.append(entry) }
        whole.leftOut = leftOut
        self = whole
    }

    /// Whether all of these entries are in it, one behind the other.
    public func holds(_ said: [Entry]) -> Bool {
        entries.indices.contains { entries[$0...].starts(with: said) { $0.isSaid(as: $1) } }
    }

    /// The same without what other agents than `names` said; nil leaves it whole.
    public func keeping(answersOf names: [String]?) -> ConversationHistory {
        guard let names else { return self }
        var kept = self
        kept.entries = entries.filter { entry in
            switch entry.speaker {
            case .caller: true
            case .agent(let name): name.map(names.contains) ?? false
            case .tool(let agent, _): names.contains(agent)
            }
        }
        kept.earlier = min(earlier, kept.entries.count)
        kept.characters = kept.entries.reduce(0) { $0 + $1.length }
        return kept
    }

    /// A call that was under way has come to `result`. A call that is not in here, or has fallen out, changes nothing.
    public mutating func settle(_ call: ToolCall, _ result: String) {
        for index in entries.indices {
            guard case .tool(_, let made) = entries[index].speaker, made.id == call.id else { continue }
            characters -= entries[index].length
            entries[index].text = result
            characters += entries[index].length
        }
        while characters > limits.maximumCharacters, dropOldestTurn() {}
        cutEnd()
    }

    // MARK: Changes by name

    /// Takes out what has that name.
    /// - Returns: whether there was any.
    public mutating func remove(_ name: String) -> Bool { replace({ $0.name == name }, with: []) }

    /// Puts other entries in the place of the first that `isMeant`, and takes the others of them out.
    /// - Returns: whether there was any.
    @discardableResult
    public mutating func replace(_ isMeant: (Entry) -> Bool, with others: [Entry]) -> Bool {
        guard let index = entries.firstIndex(where: isMeant) else { return false }
        rebuild(entries[..<index] + others + entries[index...].filter { !isMeant($0) })
        return true
    }

    /// Puts an entry behind the one of that name; nil: before everything of this conversation.
    /// - Returns: false when there is none of that name, and nothing was changed.
    public mutating func insert(_ entry: Entry, behind name: String?) -> Bool {
        var index = earlier
        if let name {
            guard let found = entries.lastIndex(where: { $0.name == name }) else { return false }
            index = found + 1
        }
        rebuild(entries[..<index] + [entry] + entries[index...])
        return true
    }

    private mutating func rebuild(_ all: some Sequence<Entry>) {
        var whole = ConversationHistory(limits)
        for entry in all { whole.append(entry) }
        (whole.earlier, whole.leftOut) = (min(earlier, whole.entries.count), whole.leftOut + leftOut)
        self = whole
    }

    /// Returns false when there is only one turn.
    private mutating func dropOldestTurn() -> Bool {
        guard let next = entries.dropFirst().firstIndex(where: { $0.speaker == .caller }) else { return false }
        if entries[0].speaker == .caller { turns -= 1 }
        characters -= entries[..<next].reduce(0) { $0 + $1.length }
        entries.removeSubrange(..<next)
        leftOut += next
        earlier = max(0, earlier - next)
        return true
    }

    private mutating func cutEnd() {
        guard characters > limits.maximumCharacters, var last = entries.popLast() else { return }
        let room = limits.maximumCharacters - (characters - last.length)
        characters -= last.length
        guard room > 0 else {
            leftOut += 1
            return
        }
        last.text = String(last.text.unicodeScalars.prefix(room))
        last.isCut = true
        entries.append(last)
        characters += room
    }
}

extension ConversationHistory.Entry {
    /// Whether the same was said by the same speaker, whatever it is called.
    fileprivate func isSaid(as other: Self) -> Bool {
        var named = other
        named.name = name
        return self == named
    }

    /// In Unicode scalars: one character may be made of any number of them.
    fileprivate var length: Int { text.unicodeScalars.count }
}
