import AudioCore

/// A caller who speaks clearly, and whose every word is understood. Pure.
struct RehearsedCaller: Sendable {
    /// Some 150 words a minute.
    static let perCharacter: Duration = .milliseconds(65)
    private static let speech: Float = 0.95
    private static let silence: Float = 0.02

    /// What was said, and from where to where in the stream.
    private struct Line: Sendable {
        var words: [String]
        var span: Range<Int>
    }

    /// Whether a button is held while the caller speaks.
    let pushesToTalk: Bool
    /// The end of the stream so far, in samples.
    private(set) var position = 0
    private var lines: [Line] = []

    init(pushesToTalk: Bool) { self.pushesToTalk = pushesToTalk }

    /// Whether nothing more is to be said.
    var isSilent: Bool { (lines.last?.span.upperBound ?? 0) <= position }

    /// Adds a line behind what is still to be said.
    /// - Returns: how long it takes until it is said.
    mutating func speak(_ words: String) -> Duration {
        let parts = words.split(whereSeparator: \.isWhitespace).map(String.init)
        let begin = max(position, lines.last?.span.upperBound ?? 0)
        let length =
            max(parts.joined(separator: " ").count, 4) * Self.perCharacter.samples(at: AudioPosition.sampleRate)
        lines.append(Line(words: parts, span: begin..<begin + length))
        return .samples(begin + length - position, at: AudioPosition.sampleRate)
    }

    /// The next samples of the stream.
    mutating func next(_ count: Int) -> HeardAudio {
        let span = position..<position + count
        position = span.upperBound
        let isSpeech = lines.contains { $0.span.overlaps(span) }
        return HeardAudio(
            end: AudioPosition(samples: position), probabilities: [isSpeech ? Self.speech : Self.silence])
    }

    /// The words that are over within that part of the stream.
    func words(in span: Range<Int>) -> String {
        let end = min(span.upperBound, position)
        return lines.flatMap { line -> ArraySlice<String> in
            let length = line.span.count / max(line.words.count, 1)
            let ends = line.words.indices.filter { index in
                let over = line.span.lowerBound + (index + 1) * length
                // Counted from its middle: an utterance may begin a little after its first word.
                return over - length / 2 >= span.lowerBound && over <= end
            }
            guard let first = ends.first, let last = ends.last else { return [] }
            return line.words[first...last]
        }.joined(separator: " ")
    }
}
