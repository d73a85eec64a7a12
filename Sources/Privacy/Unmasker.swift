/// Puts details back into a text that comes in pieces, wherever they are cut. One value a text.
///
/// Text passes at once. Held back is only what may still become a token: at most some 80 Unicode scalars.
public struct Unmasker: Sendable {
    /// Whom the text is for.
    public enum Form: Sendable {
        /// The caller: details are put back as they were said first.
        case said
        /// A tool, as JSON: details are put back as they are written, escaped for a string of JSON.
        case arguments
    }

    private let form: Form
    private var held: [Unicode.Scalar] = []
    private var previous: Unicode.Scalar?

    /// For one text.
    public init(_ form: Form = .said) { self.form = form }

    /// Takes the next piece.
    /// - Returns: what is certain now.
    public mutating func push(_ piece: String, _ book: MaskBook) -> String { read(piece, book, isEnd: false) }

    /// Ends the text.
    /// - Returns: what was held back.
    public mutating func finish(_ book: MaskBook) -> String { read("", book, isEnd: true) }

    private mutating func read(_ piece: String, _ book: MaskBook, isEnd: Bool) -> String {
        let text = held + Array(piece.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        loop: while index < text.count {
            switch book.reader.read(text, at: index, after: previous, isEnd: isEnd) {
            case .undecided: break loop
            case .none:
                result.append(text[index])
                previous = text[index]
                index += 1
            case .token(let name, let number, let end):
                if let value = book.value(of: name, number) {
                    result.append(contentsOf: rendered(value).unicodeScalars)
                } else {
                    result.append(contentsOf: text[index..<end])
                }
                previous = text[end - 1]
                index = end
            }
        }
        held = Array(text[index...])
        return String(result)
    }

    private func rendered(_ value: MaskBook.Value) -> String {
        guard form == .arguments else { return value.said }
        var json = String.UnicodeScalarView()
        for scalar in (value.written ?? value.said).unicodeScalars {
            switch scalar {
            case "\"", "\\":
                json.append("\\")
                json.append(scalar)
            case "\n": json.append(contentsOf: "\\n".unicodeScalars)
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                json.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".unicodeScalars)
            default: json.append(scalar)
            }
        }
        return String(json)
    }
}
