import ProviderKit
import ProviderTransport

/// What Azure has understood of one utterance. A value: messages in, news out.
struct RecognitionTurn {
    /// What a message changes.
    enum News: Equatable {
        case nothing
        /// The words so far changed; they may still change.
        case interim(String)
        /// Azure ended its turn. The utterance may have more audio: then another turn follows for it.
        case ended
    }

    private let provider: String
    /// What stands between two phrases.
    private let gap: String
    /// Phrases that stand, in order.
    private var phrases: [String] = []
    /// The last words that were given out.
    private var last = ""

    /// Listens in `language`; `provider` is the name for errors.
    init(language: String, provider: String) {
        self.provider = provider
        // Languages that do not part words do not part phrases either.
        let primary = language.lowercased().prefix { $0 != "-" }
        gap = ["zh", "ja", "yue", "wuu", "th", "lo", "km", "my"].contains(primary) ? "" : " "
    }

    /// All words that stand.
    var text: String { phrases.joined(separator: gap) }

    /// Takes a message of the turn.
    /// - Throws: `ProviderError` when Azure gives up, or sends what is not of the protocol.
    mutating func take(_ message: USPMessage) throws(ProviderError) -> News {
        switch message.path.lowercased() {
        case "speech.hypothesis", "speech.fragment":
            guard let words = message.json?["Text"]?.string else { throw malformed("a hypothesis without text") }
            return news((phrases + [words]).filter { !$0.isEmpty }.joined(separator: gap))
        case "speech.phrase":
            guard let phrase = message.json, let status = phrase["RecognitionStatus"]?.string else {
                throw malformed("a phrase without status")
            }
            try take(phrase, status: status)
            return news(text)
        case "turn.end": return .ended
        // turn.start, speech.startDetected, speech.endDetected, and what may be added to the protocol.
        default: return .nothing
        }
    }

    private mutating func take(_ phrase: JSONValue, status: String) throws(ProviderError) {
        switch status {
        case "Success":
            guard let words = phrase["NBest"]?[0]?["Display"]?.string ?? phrase["DisplayText"]?.string else {
                throw malformed("a phrase without words")
            }
            if !words.isEmpty { phrases.append(words) }
        // Nobody spoke, or not understandably, or there is no more.
        case "NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "EndOfDictation": break
        case "TooManyRequests": throw failure(.rateLimited, status)
        case "BadRequest", "Forbidden": throw failure(.rejected, status)
        case "Error": throw failure(.unavailable, status)
        default: throw malformed("a phrase with an unknown status")
        }
    }

    private mutating func news(_ words: String) -> News {
        guard words != last else { return .nothing }
        last = words
        return .interim(words)
    }

    private func failure(_ code: ProviderError.Code, _ status: String) -> ProviderError {
        ProviderError(code, provider: provider, vendorCode: status, message: "the service gave up")
    }

    private func malformed(_ what: String) -> ProviderError { .malformed(what, provider: provider) }
}
