/// The text of a file: what a person reads of it, cut into pieces that answer questions.
struct FolderText {
    /// A piece has about so many characters (Unicode scalars).
    static let pieceLength = 900
    /// The most pieces of one file.
    static let mostPieces = 2000

    /// Its title, or the first heading; may be empty.
    let title: String
    let pieces: [String]

    /// - Parameter isHTML: whether its marks are no text.
    init(_ bytes: [UInt8], isHTML: Bool) {
        // Bytes that are no UTF-8 come out as U+FFFD. A file with zeros is no text.
        guard !bytes.contains(0) else {
            (title, pieces) = ("", [])
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let plain = isHTML ? PlainHTML(text) : nil
        let lines = (plain?.text ?? text).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let heading = lines.lazy.compactMap(Self.heading).first
        title = plain.flatMap { $0.title.isEmpty ? nil : $0.title } ?? heading ?? ""
        pieces = Self.pieces(of: lines)
    }

    /// Paragraphs, joined while they are short; a heading begins a new piece.
    private static func pieces(of lines: [Substring]) -> [String] {
        var pieces: [String] = []
        var (piece, length) = ("", 0)
        func close() {
            if piece.contains(where: { !$0.isWhitespace }) { pieces.append(piece) }
            (piece, length) = ("", 0)
        }
        for line in lines {
            if pieces.count >= mostPieces { return Array(pieces.prefix(mostPieces)) }
            let isEmpty = line.allSatisfy(\.isWhitespace)
            if heading(line) != nil || isEmpty && length > pieceLength / 2 { close() }
            if isEmpty { continue }
            for part in parts(of: line) {
                let count = part.count
                if length + count > pieceLength { close() }
                if !piece.isEmpty { piece += "\n" }
                piece.unicodeScalars.append(contentsOf: part)
                length += count
            }
        }
        close()
        return Array(pieces.prefix(mostPieces))
    }

    /// A line in parts that fit into a piece, cut at spaces where there are some.
    private static func parts(of line: Substring) -> [Substring.UnicodeScalarView] {
        var parts: [Substring.UnicodeScalarView] = []
        var rest = line.unicodeScalars[...]
        while true {
            guard let end = rest.index(rest.startIndex, offsetBy: pieceLength, limitedBy: rest.endIndex),
                end < rest.endIndex
            else { return parts + [rest] }
            let cut = rest[..<end].lastIndex { $0.properties.isWhitespace } ?? end
            let split = cut > rest.startIndex ? cut : end
            parts.append(rest[..<split])
            rest = rest[split...]
        }
    }

    /// The words of a heading of Markdown.
    private static func heading(_ line: Substring) -> String? {
        let marks = line.prefix { $0 == "#" }.count
        guard (1...6).contains(marks) else { return nil }
        let words = line.dropFirst(marks)
        guard words.first?.isWhitespace == true else { return nil }
        return words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
