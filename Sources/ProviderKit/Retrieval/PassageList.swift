import JSONText

/// Passages as JSON. Whoever finds them is not believed: what comes is bounded, and what is no passage is left out.
public enum PassageList {
    private static let textNames = ["result", "text", "content", "snippet", "body", "description"]
    private static let sourceNames = ["source", "url", "link", "uri", "path"]
    private static let titleNames = ["title", "name"]
    private static let listNames = [
        "results", "passages", "documents", "items", "hits", "data", "organic", "web", "value", "result",
    ]
    /// So many entries of a list are looked at.
    private static let mostEntries = 1000
    /// A list is looked for so many objects deep.
    private static let deepest = 4

    /// The passages of a list, or of the list that an object holds; nil when there is none.
    ///
    /// An entry is a text, or an object with its text under `result`, `text` or `content`, and perhaps `source` or `url`,
    /// `title` and `score`.
    public static func passages(in json: JSON, atMost most: Int = Passage.most) -> [Passage]? {
        list(json, level: 1).map { Array($0.prefix(min(most, Passage.most))) }
    }

    /// The passages of a result that may also be plain text, which is one passage.
    /// - Parameter source: where a text without a source comes from.
    public static func passages(of result: String, from source: String, atMost most: Int = Passage.most) -> [Passage] {
        if let json = try? JSON(reading: result) {
            if let found = passages(in: json, atMost: most) {
                return found.map { passage in
                    var passage = passage
                    if passage.source.isEmpty { passage.source = source }
                    return passage
                }
            }
            if json == .null { return [] }
        }
        return Passage(result, source: source).map { [$0] } ?? []
    }

    /// Passages as JSON text of at most `ToolOutcome.longestResult` characters. Those that do not fit are left out.
    public static func text(_ passages: [Passage]) -> String {
        var entries: [JSON] = []
        var length = 2
        for passage in passages.prefix(Passage.most) {
            var members: [(String, JSON)] = [("result", .string(passage.text))]
            if !passage.source.isEmpty { members.append(("source", .string(passage.source))) }
            if !passage.title.isEmpty { members.append(("title", .string(passage.title))) }
            if let score = passage.score { members.append(("score", .double(score))) }
            let entry = JSON.object(members)
            length += entry.text.unicodeScalars.count + 1
            if length > ToolOutcome.longestResult { break }
            entries.append(entry)
        }
        return JSON.array(entries).text
    }

    private static func list(_ json: JSON, level: Int) -> [Passage]? {
        switch json {
        case .array(let entries):
            let found = entries.prefix(mostEntries).lazy.compactMap(passage).prefix(Passage.most)
            return found.isEmpty && !entries.isEmpty ? nil : Array(found)
        case .object(let members) where level <= deepest:
            // Where lists stand side by side, one that holds something counts.
            var isEmpty = false
            let known = listNames.compactMap { json[$0] }
            for value in known + members.map(\.1) {
                guard value.holdsMore, let found = list(value, level: level + 1) else { continue }
                if !found.isEmpty { return found }
                isEmpty = true
            }
            if let single = passage(json) { return [single] }
            return isEmpty ? [] : nil
        default: return nil
        }
    }

    private static func passage(_ json: JSON) -> Passage? {
        if let text = json.string { return Passage(text) }
        func first(_ names: [String]) -> String? {
            names.lazy.compactMap { json[$0]?.string }.first { !$0.isEmpty }
        }
        guard let text = first(textNames) else { return nil }
        return Passage(
            text, source: first(sourceNames) ?? "", title: first(titleNames) ?? "", score: json["score"]?.number)
    }
}

extension JSON {
    /// Whether it is a list or an object.
    fileprivate var holdsMore: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
