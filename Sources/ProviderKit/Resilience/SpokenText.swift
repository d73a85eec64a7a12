import AudioCore

/// A text that is being spoken, as a run of words whose share of the audio can be guessed.
struct SpokenText: Equatable, Sendable {
    /// One word: a run without white space, or one character of a script without spaces.
    struct Word: Equatable, Sendable {
        /// Offsets in characters; marks that stand at the word belong to it.
        var range: Range<Int>
        /// The part of it that is spoken.
        var spoken: Range<Int>
        /// How long it takes, against a Latin letter.
        var weight: Double
        /// How long the pause behind it takes, against a Latin letter.
        var pause: Double
    }

    let characters: [Character]
    /// In order. A run without a letter or digit is not a word.
    let words: [Word]

    init(_ text: String) {
        characters = Array(text)
        words = Self.words(in: characters)
    }

    /// The text from `offset` on.
    func text(from offset: Int) -> String { String(characters[offset...]) }

    /// How long all from `offset` on takes, against a Latin letter.
    func weight(from offset: Int) -> Double {
        words.reduce(0) { $0 + ($1.range.lowerBound >= offset ? $1.weight + $1.pause : 0) }
    }

    /// The offset of the first word that `held` does not hold; nil when it holds all of them.
    ///
    /// Speech goes in order, so the words up to the last one whose time is known and over are held. Behind it, or without
    /// times, words are counted off against the audio at `pace`, which must not be faster than the voice: then a word may
    /// be said twice, but none is left out.
    /// - Parameters:
    ///   - start: where the speech began, an offset in characters.
    ///   - timings: in offsets of this text, from the beginning of the speech, in order.
    ///   - held: how long the audio is.
    ///   - pace: weight per second.
    func firstUnheld(from start: Int, timings: [WordTiming], held: Duration, pace: Double) -> Int? {
        let over = timings.last { $0.end <= held && $0.start >= .zero }
        let coming = timings.first { $0.end > held }.map(\.range.lowerBound) ?? Int.max
        let certain = over.map { max(start, $0.range.upperBound) } ?? start
        // The silence before a voice begins has no words.
        let silence: Duration = over == nil ? .milliseconds(250) : .zero
        var left = (held - (over?.end ?? .zero) - silence).seconds * pace
        for word in words where word.spoken.upperBound > certain && word.range.lowerBound >= start {
            guard word.spoken.upperBound <= coming, word.weight <= left else { return word.range.lowerBound }
            left -= word.weight + word.pause
        }
        return nil
    }

    private static func words(in characters: [Character]) -> [Word] {
        var words: [Word] = []
        var index = 0
        while index < characters.count {
            let start = index
            if characters[index].isUnspaced {
                index += 1
            } else {
                while index < characters.count, !characters[index].isWhitespace, !characters[index].isUnspaced {
                    index += 1
                }
            }
            if index == start {
                index += 1
                continue
            }
            let run = characters[start..<index]
            guard let first = run.firstIndex(where: \.isSpoken), let last = run.lastIndex(where: \.isSpoken) else {
                if !words.isEmpty { words[words.count - 1].pause += run.reduce(0) { $0 + $1.pauseWeight } }
                continue
            }
            words.append(
                Word(
                    range: start..<index, spoken: first..<last + 1,
                    weight: characters[first...last].reduce(0) { $0 + $1.spokenWeight },
                    pause: characters[(last + 1)..<index].reduce(1) { $0 + $1.pauseWeight }))
        }
        return words
    }
}

/// How fast an engine has been found to speak: so that the words in a piece of audio can be counted.
struct SpeakingPace: Equatable, Sendable {
    /// Slower than voices are that speak at their own pace (14 to 17), in weight per second.
    static let presumed = 10.0
    /// Number of texts that are remembered.
    static let memory = 8
    private var recent: [Double] = []

    /// The pace of the slowest of the last texts, with a margin, at speed 1.
    var cautious: Double { recent.min().map { $0 * 0.9 } ?? Self.presumed }

    /// A text of `weight` took `duration` at `speed`.
    mutating func learn(weight: Double, duration: Duration, speed: Double) {
        // Short texts are no good measure, because of the silence around them.
        guard weight >= 30, duration > .milliseconds(500), speed > 0 else { return }
        recent.append(weight / duration.seconds / speed)
        if recent.count > Self.memory { recent.removeFirst() }
    }
}

extension Character {
    /// Whether a text-to-speech engine produces sound for this.
    var isSpoken: Bool { isLetter || isNumber }

    fileprivate var spokenWeight: Double {
        if isUnspaced { return 3.5 }
        if isNumber { return 4 }
        return isLetter ? 1 : pauseWeight
    }

    fileprivate var pauseWeight: Double {
        if ".!?…。！？:;".contains(self) { return 5 }
        return ",—–、，".contains(self) ? 3 : 0
    }
}
