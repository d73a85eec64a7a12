/// Turns a stream of text, as a language model writes it, into sentences that can be spoken one by one.
///
/// Two laws hold: the sentences joined are the text, to the last space; and how the text was cut into deltas never changes
/// them. A sentence carries the white space that follows it as far as it was known. It is given out as soon as its end is
/// certain: at the space behind a full stop, or, where the word before could be an abbreviation, at the character after it.
///
/// The first piece of a text may end with a clause, if the caller asks for that (`mayCutFirstClause`). So a slow stream is
/// heard sooner, and a quick one keeps its prosody.
public struct SentenceAggregator: Equatable, Sendable {
    /// Fragments shorter than this many characters are joined with what follows.
    public let minimum: Int
    /// Longer sentences are cut, at a clause if there is one. In characters of an alphabet: of scripts in which a character
    /// says more, fewer.
    public let maximum: Int
    /// In a script whose sentences have no end, a space behind so many characters is one: some three seconds of speech.
    static let minimumUnmarked = 30

    private let rules: SentenceRules
    /// Text that was received but not passed on yet, and how much it counts.
    private var pending: [Unicode.Scalar] = []
    private var weight = 0
    /// The beginning of the current line, as far as it decides what kind of line it is.
    private var lineHead: [Unicode.Scalar] = []
    /// Whether the lines are those of a fenced block of code, which is kept together.
    private var isInFence = false
    private var first = FirstPiece.awaited

    /// The state of the first piece of a text.
    private enum FirstPiece: Equatable {
        /// It ends with a sentence. Exits: `hurried`, `given`.
        case awaited
        /// It ends with a clause. Exits: `given`.
        case hurried
        /// It was given out. Exits: `awaited`, with the next text.
        case given
    }

    /// An aggregator for text in `language` (BCP-47).
    /// - Parameters:
    ///   - minimum: characters (Unicode scalars) of the shortest sentence; at least 1.
    ///   - maximum: characters of the longest; at least twice the minimum and 16.
    public init(language: String = "en-US", minimum: Int = 12, maximum: Int = 280) {
        self.minimum = max(1, minimum)
        self.maximum = max(16, self.minimum * 2, maximum)
        rules = SentenceRules(language: language)
    }

    /// Whether the first piece is still to come and ends with a sentence: `hurry` would make a difference.
    public var mayCutFirstClause: Bool { first == .awaited }

    /// Lets the first piece end with a clause: the one that is already there, or the next.
    /// - Returns: the first piece, if its end is there.
    public mutating func cutFirstClause() -> String? {
        guard first == .awaited else { return nil }
        first = .hurried
        let ends = pending.indices.dropFirst().filter { isClauseEnd(pending[..<$0], before: pending[$0]) }
        return ends.first.map { take($0) }
    }

    /// Takes the next piece of text; returns the sentences that it completed.
    public mutating func push(_ delta: String) -> [String] {
        var sentences: [String] = []
        for scalar in delta.unicodeScalars {
            if let cut = cut(before: scalar) { sentences.append(take(cut)) }
            pending.append(scalar)
            weight += scalar.weight
            if let cut = cut(after: scalar) { sentences.append(take(cut)) }
            if weight >= maximum, pending.count > minimum { sentences.append(take(clauseEnd())) }
        }
        return sentences
    }

    /// Ends the text; returns what is left of it, if anything, and makes ready for the next.
    public mutating func finish() -> String? {
        let rest = pending
        self = SentenceAggregator(copying: self)
        return rest.isEmpty ? nil : String(String.UnicodeScalarView(rest))
    }

    private init(copying other: SentenceAggregator) {
        minimum = other.minimum
        maximum = other.maximum
        rules = other.rules
    }

    // MARK: Where sentences end

    /// Whether the sentence ends with what is pending, now that `next` is known to follow.
    private func cut(before next: Unicode.Scalar) -> Int? {
        if first == .hurried, isClauseEnd(pending[...], before: next) { return pending.count }
        guard !isInFence, isLongEnough, !next.isSpace, !next.isClosing else { return nil }
        let text = pending[...]
        let spaces = text.reversed().prefix { $0.isSpace }.count
        let words = text.dropLast(spaces)
        return rules.ends(words, spaced: spaces > 0, before: next) ? pending.count : nil
    }

    /// Whether the sentence ends with `scalar`, the last one pending, whatever follows.
    private mutating func cut(after scalar: Unicode.Scalar) -> Int? {
        if scalar == "\n" {
            let isFenceLine = lineHead == ["`", "`", "`"] || lineHead == ["~", "~", "~"]
            if isFenceLine { isInFence.toggle() }
            lineHead = []
            return !isInFence && isLongEnough ? pending.count : nil
        }
        if lineHead.count < 3, !(lineHead.isEmpty && scalar.isSpace) { lineHead.append(scalar) }
        guard !isInFence, scalar.isSpace, isLongEnough else { return nil }
        let words = pending.dropLast()
        guard let last = words.last, !last.isSpace else { return nil }
        if endsUnmarked(words) { return pending.count }
        return rules.endsForSure(words) ? pending.count : nil
    }

    /// Whether `text`, which a space follows, is a stretch of a script whose sentences have no other end.
    private func endsUnmarked(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard text.count >= Self.minimumUnmarked else { return false }
        let last = text.last { !$0.properties.isGraphemeExtend && !$0.isClosing }
        return last?.isOfUnmarkedScript == true
            && text.count(where: \.isOfUnmarkedScript) >= Self.minimumUnmarked * 2 / 3
    }

    /// Whether the first piece may end behind `text`, a clause, when `next` follows it.
    private func isClauseEnd(_ text: ArraySlice<Unicode.Scalar>, before next: Unicode.Scalar) -> Bool {
        !isInFence && !next.isSpace && !next.isClosing && ClauseRules.ends(text, before: next)
    }

    /// Whether the pending text is long enough to be spoken alone. A character of a script without spaces counts twice.
    private var isLongEnough: Bool {
        guard pending.count * 2 >= minimum else { return false }
        var text = pending[...].drop { $0.isSpace }
        while text.last?.isSpace == true { text.removeLast() }
        return text.count >= minimum || text.reduce(0) { $0 + ($1.isWide ? 2 : 1) } >= minimum
    }

    /// Where a sentence that has grown too long is cut: behind its last clause, else its last word, else at its end (never
    /// in front of a mark that belongs to the character before).
    private func clauseEnd() -> Int {
        var word: Int?
        for end in stride(from: pending.count - 1, to: max(minimum, pending.count / 3), by: -1) {
            guard pending[end - 1].isSpace || pending[end - 1].isWideClauseMark, !pending[end].isSpace else { continue }
            let before = pending[..<end].last { !$0.isSpace }
            if before?.isClauseMark == true { return end }
            if word == nil { word = end }
        }
        if let word { return word }
        var end = pending.count
        while end > minimum, end > pending.count - 12,
            pending[end - 1].belongsToNeighbour || pending[max(0, end - 2)].leansForward
        { end -= 1 }
        // The last character may still get marks: it stays.
        return max(minimum, end - 1)
    }

    private mutating func take(_ count: Int) -> String {
        let sentence = String(String.UnicodeScalarView(pending[..<count]))
        pending.removeFirst(count)
        weight = pending.reduce(0) { $0 + $1.weight }
        first = .given
        return sentence
    }
}
