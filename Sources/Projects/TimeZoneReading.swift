import Foundation

extension NodeReader {
    /// The name of a time zone, such as `Europe/Berlin`.
    mutating func timeZone(_ key: String) -> String? {
        guard let text = self.text(key) else { return nil }
        if TimeZone(identifier: text.value) != nil { return text.value }
        let known = TimeZone.knownTimeZoneIdentifiers.first { $0.lowercased() == text.value.lowercased() }
        context.report(
            .error, at: text.mark, path: text.path, "'\(text.value)' is no time zone",
            hint: known.map { "did you mean '\($0)'?" } ?? "such as Europe/Berlin or UTC")
        return nil
    }
}
