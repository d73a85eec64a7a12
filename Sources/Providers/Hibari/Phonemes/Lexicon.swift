import JSONText

/// A pronouncing dictionary: words as they are written, and how they are said.
///
/// It keeps the JSON text as it is, beside a table of where each word stands: a tenth of the memory of a dictionary of
/// strings.
struct Lexicon: Sendable {
    /// How one word is said, by grammar or place.
    struct Entry: Equatable, Sendable {
        /// Names of variants are tags such as `VERB`; `None` is the form before a pause. nil: the word is spelled.
        fileprivate(set) var variants: [(tag: String, phonemes: String?)]

        /// Two entries are equal when they have the same variants in the same order.
        static func == (one: Entry, other: Entry) -> Bool {
            one.variants.elementsEqual(other.variants) { $0.tag == $1.tag && $0.phonemes == $1.phonemes }
        }

        /// The usual form.
        var usual: String? { self["DEFAULT"] }

        /// The form for one tag.
        subscript(tag: String) -> String? { variants.first { $0.tag == tag }?.phonemes }

        /// Whether, written in capitals, it is not a word but letters.
        var isSpelled: Bool { variants.contains { $0.tag == "NOUN" && $0.phonemes == nil } }
    }

    /// Words of more bytes than this are in no dictionary.
    private static let longestWord = 64

    private let text: [UInt8]
    /// Where a word's opening quote is, plus one; 0 where none is. A power of two long, at most half full.
    private let places: [UInt32]
    /// How many words it has.
    let count: Int

    /// Reads an object of words: each one's value is a string, or an object of variants, which may be null.
    /// - Throws: `JSONCursor.Failure`.
    init(_ text: [UInt8]) throws(JSONCursor.Failure) {
        guard text.count < Int(UInt32.max) else { throw .outOfReach }
        let words = try text.withUnsafeBufferPointer { buffer throws(JSONCursor.Failure) in
            var cursor = JSONCursor(buffer, reach: buffer.count)
            var words: [Range<Int>] = []
            try cursor.enterObject(depth: 1)
            if try cursor.take("}") { return words }
            repeat {
                let word = try cursor.string()
                try cursor.expect(":")
                try cursor.skipValue(depth: 2)
                if !word.isEscaped { words.append(word.range) }
            } while try cursor.take(",")
            try cursor.expect("}")
            return words
        }
        var size = 16
        while size < words.count * 2 { size *= 2 }
        var places = [UInt32](repeating: 0, count: size)
        for word in words {
            var slot = Self.hash(text[word]) & (size - 1)
            while places[slot] != 0 { slot = (slot + 1) & (size - 1) }
            places[slot] = UInt32(word.lowerBound)
        }
        (self.text, self.places, count) = (text, places, words.count)
    }

    /// How `word`, written exactly so, is said; nil when it is not here.
    subscript(word: String) -> Entry? {
        let bytes = Array(word.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.longestWord else { return nil }
        var slot = Self.hash(bytes[...]) & (places.count - 1)
        while places[slot] != 0 {
            let start = Int(places[slot])
            let end = start + bytes.count
            if end < text.count, text[end] == UInt8(ascii: "\""), text[start..<end].elementsEqual(bytes) {
                return entry(at: start - 1)
            }
            slot = (slot + 1) & (places.count - 1)
        }
        return nil
    }

    private func entry(at quote: Int) -> Entry? {
        text.withUnsafeBufferPointer { buffer in
            let rest = UnsafeBufferPointer(rebasing: buffer[quote...])
            var cursor = JSONCursor(rest, reach: rest.count)
            func phonemes() throws(JSONCursor.Failure) -> String? {
                guard try cursor.next() == UInt8(ascii: "\"") else {
                    try cursor.skipValue(depth: 3)
                    return nil
                }
                return String(decoding: rest[try cursor.string().range], as: UTF8.self)
            }
            var entry = Entry(variants: [])
            do throws(JSONCursor.Failure) {
                _ = try cursor.string()
                try cursor.expect(":")
                guard try cursor.take("{") else {
                    entry.variants = [("DEFAULT", try phonemes())]
                    return entry
                }
                repeat {
                    let tag = String(decoding: rest[try cursor.string().range], as: UTF8.self)
                    try cursor.expect(":")
                    entry.variants.append((tag, try phonemes()))
                } while try cursor.take(",")
                return entry
            } catch {
                return nil
            }
        }
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> Int {
        // FNV-1a.
        let hash = bytes.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }
}
