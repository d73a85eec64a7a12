/// A piece of text that was looked up, and where it stands.
public struct Passage: Codable, Equatable, Sendable {
    /// The longest text, in Unicode scalars. A longer one is cut.
    public static let longestText = 1200
    /// The longest name of a source, and the longest title, in Unicode scalars.
    public static let longestName = 200
    /// The most passages of one lookup.
    public static let most = 10

    /// What it says; never empty.
    public var text: String
    /// A file or an address; may be empty.
    public var source: String
    /// The title of what it stands in; may be empty.
    public var title: String
    /// How well it fits, by the measure of who found it.
    public var score: Double?

    /// What it is called in an answer: its title, else its source.
    public var name: String { title.isEmpty ? source : title }

    /// A passage, within bounds; nil when there is nothing to read in it.
    public init?(_ text: String, source: String = "", title: String = "", score: Double? = nil) {
        self.text = Self.plain(text, atMost: Self.longestText)
        self.source = Self.oneLine(source)
        self.title = Self.oneLine(title)
        self.score = score.flatMap { $0.isFinite ? $0 : nil }
        if self.text.isEmpty { return nil }
    }

    private static func oneLine(_ text: String) -> String {
        plain(text, atMost: longestName).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// `text` without control characters and without space around it.
    private static func plain(_ text: String, atMost longest: Int) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        var isCut = false
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
            if isControl || kept.isEmpty && scalar.properties.isWhitespace { continue }
            if count == longest {
                isCut = true
                break
            }
            kept.append(scalar)
            count += 1
        }
        while let last = kept.last, last.properties.isWhitespace { kept.removeLast() }
        return String(kept) + (isCut ? "…" : "")
    }
}

/// What came of looking something up.
public enum Finding: Codable, Equatable, Sendable {
    /// The best first; none: there is nothing about it.
    case passages([Passage])
    /// Nobody could look.
    case failed
}

/// Finds passages of texts that are kept here.
public protocol PassageIndex: Sendable {
    /// The passages of a folder's texts that fit a query best, the best first.
    /// - Throws: `ProviderError` when the folder cannot be read.
    func passages(for query: String, in folder: String, atMost most: Int) async throws -> [Passage]
}
