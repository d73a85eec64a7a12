import ProviderKit
import ProviderTransport

/// When characters are spoken, as ElevenLabs tells it.
struct Alignment: Equatable {
    struct Character: Equatable {
        var text: String
        var start: Duration
        var end: Duration
    }

    var characters: [Character]

    /// Reads both forms: with starts and durations in milliseconds, and with starts and ends in seconds. nil for neither.
    init?(_ value: JSONValue?) {
        guard let value else { return nil }
        let texts: [JSONValue]
        let starts: [Double]
        let ends: [Double]
        if let chars = value["chars"]?.array {
            texts = chars
            starts = Self.numbers(value["charStartTimesMs"]).map { $0 / 1000 }
            ends = zip(starts, Self.numbers(value["charDurationsMs"])).map { $0 + $1 / 1000 }
        } else if let chars = value["characters"]?.array {
            texts = chars
            starts = Self.numbers(value["character_start_times_seconds"])
            ends = Self.numbers(value["character_end_times_seconds"])
        } else {
            return nil
        }
        characters = zip(texts, zip(starts, ends)).map { text, times in
            let start = Self.time(times.0)
            return Character(text: text.string ?? "", start: start, end: max(start, Self.time(times.1)))
        }
    }

    private static func numbers(_ value: JSONValue?) -> [Double] { (value?.array ?? []).map { $0.double ?? 0 } }

    /// Up to a day, whatever is claimed.
    private static func time(_ seconds: Double) -> Duration { .seconds(min(max(seconds, 0), 86_400)) }
}

/// Finds a request's words in the characters that are spoken, which may be others: numbers are read out, abbreviations
/// said in full. Words that cannot be found share the time between those that can. Each word comes out once, in order.
struct SpokenWords {
    /// A word of the request.
    private struct Word {
        var range: Range<Int>
        var letters: String
    }

    /// Something spoken that has no place in the text yet.
    private struct Span {
        var start: Duration
        var end: Duration
    }

    private let words: [Word]
    /// The first word that has not come out.
    private var next = 0
    /// The spoken word that is not complete.
    private var partial = ""
    private var partialSpan: Span?
    private var pending: Span?
    private var last = Duration.zero
    private var hasBegun = false

    /// How many words are passed over to find one that was spoken.
    private static let reach = 6

    init(_ text: String) {
        var words: [Word] = []
        var begin: Int?
        var letters = ""
        var offset = 0
        func close() {
            if let start = begin { words.append(Word(range: start..<offset, letters: letters)) }
            begin = nil
            letters = ""
        }
        for character in text {
            // A word of its own, as those who write so put no spaces between words.
            if character.isWhitespace || (character.isSyllable && !letters.isEmpty) { close() }
            if !character.isWhitespace {
                begin = begin ?? offset
                letters += character.folded
            }
            offset += 1
        }
        close()
        self.words = words
    }

    /// Takes what is spoken next, `base` after the request's first sample.
    mutating func add(_ alignment: Alignment, base: Duration) -> [WordTiming] {
        var found: [WordTiming] = []
        for spoken in alignment.characters {
            hasBegun = true
            for character in spoken.text {
                if character.isWhitespace || (character.isSyllable && !partial.isEmpty) { found += complete() }
                if character.isWhitespace { continue }
                partial += character.folded
                let start = partialSpan?.start ?? base + spoken.start
                partialSpan = Span(start: start, end: max(start, base + spoken.end))
            }
        }
        return found
    }

    /// Everything was spoken, `end` after the first sample. Returns the words that were not found so far; none when
    /// nothing is known of any.
    mutating func finish(at end: Duration) -> [WordTiming] {
        guard hasBegun else { return [] }
        var found = complete()
        let rest = pending ?? Span(start: last, end: max(last, end))
        found += share(rest, upTo: words.count)
        return found
    }

    /// A spoken word is complete.
    private mutating func complete() -> [WordTiming] {
        guard let span = partialSpan else { return [] }
        let letters = partial
        partial = ""
        partialSpan = nil
        let candidates = words[next...].prefix(Self.reach)
        guard !letters.isEmpty, let index = candidates.firstIndex(where: { $0.letters == letters }) else {
            pending = Span(start: pending?.start ?? span.start, end: span.end)
            return []
        }
        let between = pending ?? Span(start: last, end: span.start)
        pending = nil
        return share(between, upTo: index) + share(span, upTo: index + 1)
    }

    /// Lets the words up to `end` share `span` evenly.
    private mutating func share(_ span: Span, upTo end: Int) -> [WordTiming] {
        let count = end - next
        guard count > 0 else { return [] }
        let start = max(span.start, last)
        let length = max(.zero, span.end - start)
        let timings = (0..<count).map { index in
            WordTiming(
                range: words[next + index].range, start: start + length * index / count,
                end: start + length * (index + 1) / count)
        }
        next = end
        last = start + length
        return timings
    }
}

extension Character {
    /// One of a script that is written without spaces: Han, Kana.
    fileprivate var isSyllable: Bool {
        unicodeScalars.first.map { $0.properties.isIdeographic || (0x3041...0x30FF).contains($0.value) } ?? false
    }

    /// What is the same in two spellings of a word; nothing for punctuation.
    fileprivate var folded: String { isLetter || isNumber ? lowercased() : "" }
}
