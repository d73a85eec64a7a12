import ProviderKit
import ProviderTransport

/// Reads what a server answers to `tools/call`.
enum CallResult {
    /// What the model is told.
    static func outcome(_ result: JSONValue) -> ToolOutcome {
        if result["resultType"]?.string == "input_required" {
            return .failed(.refused, "The tool wants something that only a person at a screen can give.")
        }
        let text = text(of: result)
        if result["isError"]?.bool == true {
            return .failed(.refused, cut(text.isEmpty ? "The tool failed and did not say why." : text))
        }
        guard result["content"]?.array != nil || result["structuredContent"] != nil else {
            return .failed(.unavailable, "The tool's server answered with what cannot be read.")
        }
        return .result(cut(text))
    }

    /// What the model is told of a JSON-RPC error.
    static func outcome(_ error: RPCError) -> ToolOutcome {
        .failed(.refused, cut(error.message.isEmpty ? "The tool's server refused the call." : error.message))
    }

    /// The texts, joined by line feeds; other content by what it is. Without any text the structured content.
    private static func text(of result: JSONValue) -> String {
        let parts = (result["content"]?.array ?? []).map(part)
        let hasText = parts.contains { if case .text(let text) = $0 { !text.isEmpty } else { false } }
        if !hasText, let structured = result["structuredContent"] { return structured.text }
        return parts.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private enum Part {
        case text(String)
        /// Stands for what a model of text cannot be told.
        case named(String)

        var text: String {
            switch self {
            case .text(let text), .named(let text): text
            }
        }
    }

    private static func part(_ content: JSONValue) -> Part {
        let type = content["mimeType"]?.string.map { " (\(short($0)))" } ?? ""
        switch content["type"]?.string {
        case "text": return .text(content["text"]?.string ?? "")
        case "image": return .named("[an image\(type)]")
        case "audio": return .named("[a sound\(type)]")
        case "resource_link":
            return .named("[a link: \(short(content["name"]?.string ?? content["uri"]?.string ?? "without a name"))]")
        case "resource":
            if let text = content["resource"]?["text"]?.string { return .text(text) }
            return .named("[a file: \(short(content["resource"]?["uri"]?.string ?? "without a name"))]")
        default: return .named("[something that is not text]")
        }
    }

    private static func short(_ text: String) -> String { String(text.prefix(200)) }

    /// At most `ToolOutcome.longestResult` characters, with a note when something is missing.
    static func cut(_ text: String) -> String {
        // A text of so few bytes has no more characters, which take longer to count.
        guard text.utf8.count > ToolOutcome.longestResult, text.count > ToolOutcome.longestResult else { return text }
        let note = "\n[The rest was cut.]"
        return text.prefix(ToolOutcome.longestResult - note.count) + note
    }
}
