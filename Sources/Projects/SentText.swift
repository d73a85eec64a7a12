import JSONText
import Persistence
import ProjectModel

/// A project that somebody sent: YAML, or JSON, which is read as YAML so that its problems have their places.
enum SentText {
    /// Reads it, without trust.
    static func load(
        _ sent: ProjectText, name: String, vendors: [VendorProfile], defaults: ProjectDefaults,
        variables: [VariablePattern]
    ) -> LoadResult {
        let file = "\(name).\(sent.format.rawValue)"
        let bytes = Array(sent.text.utf8)
        if sent.format == .json, let problem = problem(of: bytes, in: file) {
            return LoadResult(project: nil, diagnostics: [problem], source: "")
        }
        let text = sent.format == .json ? Self.pairsJoined(sent.text) : sent.text
        return ProjectLoader.load(
            bytes: Array(text.utf8), name: name, file: file, vendors: vendors, defaults: defaults,
            trust: .sent(variables: variables))
    }

    /// What breaks the grammar of JSON, of which YAML is not as strict.
    private static func problem(of bytes: [UInt8], in file: String) -> Diagnostic? {
        do throws(JSON.ReadingError) {
            _ = try JSON(reading: bytes)
            return nil
        } catch {
            switch error {
            case .tooDeep:
                return Diagnostic(
                    .error, file: file, line: 1, column: 1,
                    "arrays and objects nest more than \(JSONReader.deepestLevel) levels deep")
            case .malformed(let offset):
                let mark = SourceText.mark(of: min(offset, bytes.count), in: bytes)
                return Diagnostic(
                    .error, file: file, line: mark.line, column: mark.column, "this is no JSON",
                    hint: "send YAML with Content-Type: application/yaml")
            }
        }
    }

    /// JSON writes some characters as two escapes, which YAML does not join.
    private static func pairsJoined(_ text: String) -> String {
        text.replacing(#/\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/#) { match in
            guard let high = UInt32(match.output.1, radix: 16), let low = UInt32(match.output.2, radix: 16),
                let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            else { return String(match.output.0) }
            return String(Character(scalar))
        }
    }
}
