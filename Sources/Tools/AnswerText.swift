import Network
import ProviderKit

/// What an answer says to the model: text alone, of bounded length, without secrets.
struct AnswerText: Sendable {
    /// The most bytes of a body that are read: enough for the longest result in any script.
    static let mostBytes = 4 * ToolOutcome.longestResult
    /// The longest excerpt of an answer with an error, in characters.
    static let longestExcerpt = 1000

    /// As much of the body as was read.
    let text: String
    /// Whether there was more.
    let isCut: Bool

    /// - Parameters:
    ///   - type: the `Content-Type` of the answer.
    ///   - hasMore: whether bytes behind these were not read.
    /// - Throws: `.unavailable` for what is no text in UTF-8.
    init(_ bytes: [UInt8], type: String?, hasMore: Bool) throws(ToolFailure) {
        if let type, !bytes.isEmpty { try Self.check(type) }
        // A character may have been cut: at most its last three bytes are missing.
        let cuts = hasMore ? 0...3 : 0...0
        let valid = cuts.lazy.compactMap { String(validating: bytes.dropLast($0), as: UTF8.self) }.first
        guard let valid else { throw ToolFailure(.unavailable, "it answered with what is no text in UTF-8") }
        text = valid
        isCut = hasMore
    }

    private static func check(_ type: String) throws(ToolFailure) {
        let parts = type.lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        let name = parts.first ?? ""
        let isText =
            name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml")
            || ["application/json", "application/xml", "application/yaml", "application/x-ndjson"].contains(name)
        guard isText else { throw ToolFailure(.unavailable, "it answered with what is no text") }
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            let charset = part.dropFirst("charset=".count).filter { $0 != "\"" }
            guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(String(charset)) else {
                throw ToolFailure(.unavailable, "it answered with what is no text in UTF-8")
            }
        }
    }

    /// The text as a result, at most `ToolOutcome.longestResult` characters.
    func result(without secrets: [String]) -> String {
        Self.cut(Self.hiding(secrets, in: text), to: ToolOutcome.longestResult, hasMore: isCut)
    }

    /// All that was read.
    func whole(without secrets: [String]) -> String { Self.hiding(secrets, in: text) }

    /// The beginning, for an error.
    func excerpt(without secrets: [String]) -> String {
        Self.cut(Self.hiding(secrets, in: text), to: Self.longestExcerpt, hasMore: isCut)
    }

    private static func cut(_ text: String, to longest: Int, hasMore: Bool) -> String {
        let note = "\n[cut here: the answer is longer]"
        guard hasMore || text.count > longest else { return text }
        return String(text.prefix(longest - note.count)) + note
    }

    /// Some servers repeat the headers of a request.
    private static func hiding(_ secrets: [String], in text: String) -> String {
        var text = text
        for secret in secrets.flatMap({ [$0] + $0.split(separator: " ").map(String.init) }) where secret.count > 5 {
            text = text.replacing(secret, with: "<redacted>")
        }
        return text
    }
}
