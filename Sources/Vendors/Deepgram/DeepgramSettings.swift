import Foundation
import ProviderTransport
import Telemetry

/// How Deepgram is spoken to.
public struct DeepgramSettings: Sendable {
    /// The account's key.
    public var key: Secret
    /// `https://api.deepgram.com`, or another place that speaks its protocol; `ws`, `wss`, `http` or `https`.
    public var baseURL = "https://api.deepgram.com"
    /// Punctuation, capitals and numbers as they are written.
    public var smartFormat = true
    /// After so much silence Deepgram settles on the words before it; nil: never by itself.
    ///
    /// It does not end an utterance, Parley's own endpointing does, and then asks for the rest. A time shorter than that
    /// endpointing's silence means that the words are settled by then, and the asking costs no more than the way.
    public var endpointing: Duration? = .milliseconds(300)
    /// Words to listen for, for models that can (`nova-3`).
    public var keyterms: [String] = []
    /// After the end of the audio, how long to wait for what Deepgram still holds back. It may hold back nothing and then
    /// says nothing; past this time the stream is ended, which makes Deepgram answer.
    public var patience: Duration = .milliseconds(700)

    /// The defaults named on each property.
    public init(key: Secret) { self.key = key }

    /// Where utterances in `language` go.
    func endpoint(model: String, language: String) -> SocketEndpoint? {
        guard var parts = URLComponents(string: baseURL) else { return nil }
        switch parts.scheme?.lowercased() {
        case "https", "wss": parts.scheme = "wss"
        case "http", "ws": parts.scheme = "ws"
        default: return nil
        }
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        parts.path += "/v1/listen"
        var items = [
            ("model", model), ("language", Self.code(of: language)), ("encoding", "linear16"),
            ("sample_rate", "16000"), ("channels", "1"), ("interim_results", "true"),
            ("smart_format", smartFormat ? "true" : "false"), ("endpointing", endpointing.map(Self.number) ?? "false"),
        ]
        items += keyterms.map { ("keyterm", $0) }
        parts.queryItems = items.map { URLQueryItem(name: $0.0, value: $0.1) }
        // URLComponents leaves the plus sign, which servers read as a space.
        parts.percentEncodedQuery = parts.percentEncodedQuery?.replacingOccurrences(of: "+", with: "%2B")
        guard let url = parts.string else { return nil }
        return SocketEndpoint(url: url, headers: ["Authorization": key.withValue { Secret("Token \($0)") }])
    }

    private static func number(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }

    /// The code that Deepgram knows for a BCP-47 language: with the region where it tells regions apart, else without.
    static func code(of language: String) -> String {
        if regional.contains(language.lowercased()) { return language }
        return language.split(separator: "-").first.map { $0.lowercased() } ?? "en"
    }

    private static let regional: Set<String> = [
        "en-us", "en-au", "en-gb", "en-in", "en-nz", "de-ch", "fr-ca", "es-419", "pt-br", "pt-pt", "nl-be", "zh-cn",
        "zh-hans", "zh-tw", "zh-hant", "zh-hk",
    ]
}
