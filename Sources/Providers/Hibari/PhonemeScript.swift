/// What the network reads at once: a number for each phoneme, and which of them are which word of the text.
struct PhonemeScript: Equatable, Sendable {
    /// One word: its place in the text, in characters, and its numbers' places in `ids`.
    struct Word: Equatable, Sendable {
        var text: Range<Int>
        var ids: Range<Int>
    }

    /// Numbers of phonemes. The first and the last are 0, which is silence.
    private(set) var ids: [Int64] = [0]
    /// The words, in order.
    private(set) var words: [Word] = []

    /// Scripts of at most `limit` numbers each, unless one word alone has more. They are cut at marks if there are any in the
    /// second half, else between words.
    /// - Parameter vocabulary: the numbers; what has none is not said.
    static func scripts(
        of sounds: [Pronouncer.Sound], vocabulary: [Unicode.Scalar: Int64], limit: Int
    ) -> [PhonemeScript] {
        var scripts: [PhonemeScript] = []
        var rest = sounds[...]
        while !rest.isEmpty {
            var (taken, size, afterMark) = (0, 1, 0)
            for sound in rest {
                size += sound.size
                if taken > 0, size > limit { break }
                taken += 1
                if case .mark = sound, size > limit / 2 { afterMark = taken }
            }
            if taken < rest.count, afterMark > 0 { taken = afterMark }
            var script = PhonemeScript()
            for sound in rest.prefix(taken) { script.add(sound, vocabulary) }
            script.ids.append(0)
            if !script.words.isEmpty { scripts.append(script) }
            rest = rest.dropFirst(taken)
        }
        return scripts
    }

    private mutating func add(_ sound: Pronouncer.Sound, _ vocabulary: [Unicode.Scalar: Int64]) {
        let space = vocabulary[" "]
        switch sound {
        case .mark(let mark):
            if "—(".contains(mark), ids.count > 1, let space { ids.append(space) }
            ids += mark.unicodeScalars.compactMap { vocabulary[$0] }
        case .word(let phonemes, let range):
            let isOpen = vocabulary["("].map { ids.last == $0 } ?? false
            if ids.count > 1, !isOpen, let space { ids.append(space) }
            let start = ids.count
            ids += phonemes.unicodeScalars.compactMap { vocabulary[$0] }
            if ids.count > start { words.append(Word(text: range, ids: start..<ids.count)) }
        }
    }
}

extension Pronouncer.Sound {
    /// How many numbers it takes at most, with the space before it.
    fileprivate var size: Int {
        switch self {
        case .word(let phonemes, _): phonemes.unicodeScalars.count + 1
        case .mark: 2
        }
    }
}
