import ProviderKit
import ProviderTransport

/// What Azure says of one text that it speaks. A value: messages in, news out.
struct SynthesisTurn {
    /// What a message brings.
    enum News: Equatable {
        case nothing
        /// PCM16 at the rate that was asked of Azure, cut anywhere.
        case audio([UInt8])
        case words([WordTiming])
        case ended
    }

    private let provider: String
    private var words: WordMatcher
    /// When the last word begins: words stay in order.
    private var lastStart = Duration.zero

    /// A turn that speaks `text`; `provider` is the name for errors.
    init(text: String, provider: String) {
        self.provider = provider
        words = WordMatcher(text)
    }

    /// Takes a message of the turn.
    /// - Throws: `ProviderError` when it is not of the protocol.
    mutating func take(_ message: USPMessage) throws(ProviderError) -> News {
        switch message.path.lowercased() {
        case "audio":
            guard let bytes = message.bytes else { throw malformed("audio as text") }
            return .audio(bytes)
        case "audio.metadata":
            guard let items = message.json?["Metadata"]?.array else { throw malformed("metadata without a list") }
            var timings: [WordTiming] = []
            for item in items where item["Type"]?.string == "WordBoundary" {
                if let timing = try timing(item["Data"]) { timings.append(timing) }
            }
            return timings.isEmpty ? .nothing : .words(timings)
        case "turn.end": return .ended
        // turn.start, response, and what may be added to the protocol.
        default: return .nothing
        }
    }

    /// A word's timing; nil for a punctuation mark, and for a word that is not in the text as it was written.
    private mutating func timing(_ data: JSONValue?) throws(ProviderError) -> WordTiming? {
        guard let offset = data?["Offset"]?.int, let word = data?["text"]?["Text"]?.string else {
            throw malformed("a word boundary without time or word")
        }
        let length = data?["Duration"]?.int ?? 0
        // In ticks of 100 ns; a day is more than any text lasts.
        guard (0...Self.day).contains(offset), (0...Self.day).contains(length) else {
            throw malformed("a word boundary at an impossible time")
        }
        guard let range = words.find(word) else { return nil }
        let start = max(lastStart, .nanoseconds(offset * 100))
        lastStart = start
        return WordTiming(range: range, start: start, end: max(start, .nanoseconds((offset + length) * 100)))
    }

    private static let day = 24 * 3600 * 10_000_000

    private func malformed(_ what: String) -> ProviderError { .malformed(what, provider: provider) }
}
