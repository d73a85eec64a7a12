import ProjectModel

extension ProjectReader {
    /// `examples`: what a caller may ask, one line each.
    func examples(_ root: inout NodeReader) -> [String] {
        let hint = "such as: [\"What should I pack for a week in Rome?\"]"
        let entries = root.texts("examples", atMost: 6, hint: hint) ?? []
        return entries.compactMap { entry in
            let text = entry.value
            if (1...200).contains(text.unicodeScalars.count), text.isOneLine, !text.allSatisfy(\.isWhitespace) {
                return text
            }
            context.report(
                .error, at: entry.mark, path: entry.path, "an example is one line of 1…200 characters", hint: hint)
            return nil
        }
    }
}
