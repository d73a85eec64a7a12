extension NodeReader {
    /// A language tag such as `en-AU`.
    mutating func language(_ key: String) -> String? {
        guard let text = self.text(key) else { return nil }
        if Self.isLanguageTag(text.value) { return text.value }
        let dashed = String(text.value.map { $0 == "_" ? "-" : $0 })
        context.report(
            .error, at: text.mark, path: text.path, "'\(text.value)' is no language tag (BCP-47)",
            hint: Self.isLanguageTag(dashed) ? "did you mean '\(dashed)'?" : "such as en-US or de-DE")
        return nil
    }

    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), text.utf8.count <= 35 else { return false }
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) }
        return first.utf8.allSatisfy(isLetter)
            && parts.dropFirst().allSatisfy { part in
                (1...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
            }
    }
}
