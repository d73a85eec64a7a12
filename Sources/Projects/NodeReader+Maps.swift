/// Blocks whose keys are names of the file's own choosing, with plain values under them.
extension NodeReader {
    /// The names and values of such a block, at most `longest`. Each is as it is written, be it text or a number. Nothing
    /// under the key is as if the key were not there.
    mutating func namedTexts(_ key: String, atMost longest: Int) -> [(name: Located<String>, value: Located<String>)] {
        guard let node = node(key, .block, required: false), !node.value.isNull else { return [] }
        guard case .mapping(let entries) = node.value.content else {
            context.report(.error, at: node.mark, path: node.path, "must be a block of keys, not \(node.value.kind)")
            return []
        }
        if entries.count > longest {
            context.report(
                .error, at: entries[longest].keyMark, path: node.path, "has more than \(longest) entries")
        }
        return entries.prefix(longest).compactMap { entry in
            let path = "\(node.path).\(entry.key)"
            guard case .scalar(let text, _) = entry.value.content, !entry.value.isNull else {
                context.report(
                    .error, at: entry.keyMark, path: path, "must be text, not \(entry.value.kind)")
                return nil
            }
            return (
                Located(value: entry.key, mark: entry.keyMark, path: path),
                Located(value: text, mark: entry.value.mark, path: path)
            )
        }
    }

    /// A block that is taken as it stands, whatever its keys; nothing under the key is as if it were not there.
    mutating func wholeBlock(_ key: String) -> Located<YAMLNode>? {
        guard let node = node(key, .block, required: false), !node.value.isNull else { return nil }
        if case .mapping = node.value.content { return node }
        context.report(.error, at: node.mark, path: node.path, "must be a block of keys, not \(node.value.kind)")
        return nil
    }

    /// Keeps out of whatever shows the file the texts that stand directly under the names of a block of named blocks, where
    /// no text belongs.
    /// - Returns: those names.
    func concealTexts(under key: String) -> [String] {
        guard case .mapping(let entries)? = node(at: key)?.content else { return [] }
        return entries.compactMap { entry in
            guard case .scalar(let text, _) = entry.value.content else { return nil }
            context.conceal(Located(value: text, mark: entry.value.mark, path: path(of: key)))
            return entry.key
        }
    }
}
