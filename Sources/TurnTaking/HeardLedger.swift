/// Records what was said and how much of it was heard: each piece of speech with its audio.
public struct HeardLedger: Equatable, Sendable {
    /// One piece of speech, usually a sentence.
    public struct Entry: Equatable, Sendable {
        /// Who says it.
        public var speaker: String
        /// Its words as they were written.
        public var text: String
        /// Its words as they are spoken.
        public var spoken: String
        /// When they end, as far as the voice tells; empty when it does not.
        public var words: [SpokenWord] = []
        /// Whether it only fills a silence: it is no part of an answer.
        public var isFiller: Bool
        /// Where its audio begins in the response.
        public var start: Duration
        /// How much of its audio was sent.
        public var sent: Duration
        /// Whether all of its audio was sent.
        public var isWhole: Bool

        /// Whether all of it has been heard when `played` of the response has been played.
        public func isHeard(by played: Duration) -> Bool { isWhole && start + sent <= played }
    }

    /// What one speaker was heard to say.
    public struct Heard: Equatable, Sendable {
        /// Who said it.
        public var speaker: String
        /// The words that were played.
        public var text: String
        /// Whether that is all that the speaker had put into the ledger.
        public var isComplete: Bool

        /// What one speaker was heard to say.
        public init(speaker: String, text: String, isComplete: Bool) {
            self.speaker = speaker
            self.text = text
            self.isComplete = isComplete
        }
    }

    /// All pieces so far, in order.
    public private(set) var entries: [Entry] = []
    private var sent: Duration = .zero

    /// An empty ledger.
    public init() {}

    /// A new piece of speech begins.
    /// - Parameter spoken: how its text is spoken; nil when that is how it is written.
    public mutating func begin(speaker: String, text: String, spoken: String? = nil, isFiller: Bool = false) {
        entries.append(
            Entry(
                speaker: speaker, text: text, spoken: spoken ?? text, isFiller: isFiller, start: sent, sent: .zero,
                isWhole: false))
    }

    /// More words of the piece that began last.
    public mutating func extend(_ text: String) {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].text += text
        entries[entries.count - 1].spoken += text
    }

    /// When the next words of the piece that began last end, in order.
    public mutating func time(_ words: [SpokenWord]) {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].words += words
    }

    /// Audio of the piece that began last was sent.
    public mutating func send(_ duration: Duration) {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].sent += duration
        sent += duration
    }

    /// The piece that began last is complete.
    public mutating func finish() {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].isWhole = true
    }

    /// Who is heard when `played` of the response has been played: the speaker of the piece at that point.
    public func speaker(at played: Duration) -> String? {
        (entries.last { $0.start < played } ?? entries.first)?.speaker
    }

    /// Where to go on after a pause at `played`: the end of the last word that was over, where the voice times its words;
    /// otherwise the beginning of the clause that was cut, at most `reach` earlier. Never later than `played`.
    public func resumption(at played: Duration, reach: Duration = .seconds(2)) -> Duration {
        guard let entry = entries.last(where: { $0.start < played }), played < entry.start + entry.sent else {
            return played
        }
        let share = played - entry.start
        if !entry.words.isEmpty {
            let boundary = entry.words.last { $0.end <= share }?.end ?? .zero
            return entry.start + max(boundary, share - reach)
        }
        let tokens = SpokenForm.tokens(of: entry.text)
        let weight = tokens.reduce(0) { $0 + $1.weight }
        let length = entry.isWhole ? entry.sent : max(entry.sent, .milliseconds(66 * weight))
        let characters = Array(entry.text)
        var (clause, said): (Duration, Int) = (.zero, 0)
        for token in tokens {
            said += token.weight
            let end = length * (Double(said) / Double(max(weight, 1)))
            if end > share { break }
            if ",;:.!?–—،、，。；：".contains(characters[token.end - 1]) { clause = end }
        }
        let earliest = max(share - reach, .zero)
        return entry.start + (clause >= earliest ? clause : share)
    }

    /// Forgets what was sent after `position`: it will be sent again.
    /// - Returns: how many pieces are left; the last of them is cut where `position` lies within it.
    public mutating func rewind(to position: Duration) -> Int {
        entries.removeAll { $0.start >= position && $0.start + $0.sent > position }
        entries.removeAll { $0.start >= position && $0.sent == .zero }
        if let last = entries.last, last.start + last.sent > position {
            entries[entries.count - 1].sent = position - last.start
            entries[entries.count - 1].isWhole = false
        }
        sent = min(sent, position)
        return entries.count
    }

    /// The words of the piece that began last which were not heard when `played` of the response had been.
    public func rest(played: Duration) -> String {
        guard let entry = entries.last else { return "" }
        let heard = words(of: entry, played: played)
        return String(entry.text.dropFirst(heard.count).drop { $0.isWhitespace })
    }

    /// The words heard by the time that `played` of the response has been played, by speaker, in order. What fills a
    /// silence is left out.
    ///
    /// Of a piece that was cut, the words count that were over by then, as its voice times them. A voice that tells no
    /// times is estimated: the words that the played share covers, rounded down, because claiming a word that was not
    /// heard is the worse error.
    public func heard(played: Duration) -> [Heard] {
        var result: [Heard] = []
        for entry in entries where !entry.isFiller {
            let text = words(of: entry, played: played)
            if let last = result.last, last.speaker == entry.speaker {
                result[result.count - 1].text += last.text.isEmpty || text.isEmpty ? text : " " + text
                result[result.count - 1].isComplete = last.isComplete && text == entry.text
            } else {
                result.append(Heard(speaker: entry.speaker, text: text, isComplete: text == entry.text))
            }
        }
        return result.filter { !$0.text.isEmpty }
    }

    /// All that `speaker` was given time to say, by the audio that was sent; without what fills a silence.
    public func text(of speaker: String) -> String {
        let own = entries.filter { $0.speaker == speaker && !$0.isFiller }
        let texts = own.map { words(of: $0, played: $0.start + $0.sent) }
        return texts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func words(of entry: Entry, played: Duration) -> String {
        let share = min(played - entry.start, entry.sent)
        if entry.isHeard(by: played) { return entry.text }
        guard share > .zero else { return "" }
        if !entry.words.isEmpty {
            let over = entry.words.prefix { $0.end <= share }
            let characters = over.map(\.textEnd).max() ?? 0
            return SpokenForm.heard(of: entry.text, spoken: entry.spoken, characters: characters)
        }
        let tokens = SpokenForm.tokens(of: entry.text)
        // Speech runs at some 15 characters a second; an unfinished piece is at least as long as what was sent of it.
        let weight = tokens.reduce(0) { $0 + $1.weight }
        let expected = entry.isWhole ? entry.sent : max(entry.sent, .milliseconds(66 * weight))
        let heard = min(tokens.count, Int(Double(tokens.count) * (share / expected)))
        return heard == 0 ? "" : String(entry.text.prefix(tokens[heard - 1].end))
    }
}
