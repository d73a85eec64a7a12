/// What a person reads of a page. It is no parser: whatever stands between `<` and `>` is a mark.
struct PlainHTML {
    /// May be empty.
    private(set) var title = ""
    private(set) var text = ""

    /// Marks that end a line.
    private static let blocks: Set = [
        "p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "table", "section", "article", "header", "footer",
        "blockquote", "pre", "dt", "dd", "main", "nav", "hr",
    ]
    private static let headings: Set = ["h1", "h2", "h3", "h4", "h5", "h6"]
    /// Marks whose text nobody reads.
    private static let silent: Set = ["script", "style", "noscript", "template", "svg"]
    private static let names = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—",
        "hellip": "…", "euro": "€", "pound": "£", "copy": "©", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä",
        "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è",
    ]

    init(_ source: String) {
        var rest = source.unicodeScalars[...]
        var inTitle = false
        while let scalar = rest.first {
            switch scalar {
            case "<":
                if rest.starts(with: "<!--".unicodeScalars) {
                    rest = Self.behind("-->", in: rest)
                    continue
                }
                let mark = rest.dropFirst().prefix { $0 != ">" }
                rest = rest[mark.endIndex...].dropFirst()
                let name = Self.name(of: mark)
                if Self.silent.contains(name), mark.first != "/" { rest = Self.behind("</\(name)", in: rest) }
                if name == "title" { inTitle = mark.first != "/" }
                if Self.headings.contains(name) {
                    text += mark.first == "/" ? "\n" : "\n\n# "
                } else if Self.blocks.contains(name) {
                    text += name == "p" ? "\n\n" : "\n"
                }
            case "&":
                let name = rest.dropFirst().prefix(10).prefix { $0 != ";" }
                let word = rest[name.endIndex...].first == ";" ? Self.character(String(name)) : nil
                rest = word == nil ? rest.dropFirst() : rest[name.endIndex...].dropFirst()
                add(word ?? "&", inTitle)
            default:
                let run = rest.prefix { $0 != "<" && $0 != "&" }
                rest = rest[run.endIndex...]
                // Line breaks of the source mean nothing.
                add(String(String.UnicodeScalarView(run.map { $0.properties.isWhitespace ? " " : $0 })), inTitle)
            }
        }
        title = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private mutating func add(_ piece: String, _ inTitle: Bool) {
        if inTitle { title += piece } else { text += piece }
    }

    private static func name(of mark: Substring.UnicodeScalarView) -> String {
        let word = (mark.first == "/" ? mark.dropFirst() : mark).prefix(20).prefix {
            $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
        return String(word).lowercased()
    }

    private static func character(_ name: String) -> String? {
        guard name.hasPrefix("#") else { return names[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let code = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String($0) }
    }

    /// What stands behind the next `end`, in whatever case; nothing where there is none.
    private static func behind(_ end: String, in text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        let wanted = Array(end.unicodeScalars)
        var rest = text
        while let first = rest.first {
            if first == wanted[0], rest.prefix(wanted.count).elementsEqual(wanted, by: { $0.lower == $1 }) {
                rest = rest.dropFirst(wanted.count)
                return end.hasSuffix(">") ? rest : rest.drop { $0 != ">" }.dropFirst()
            }
            rest = rest.dropFirst()
        }
        return rest
    }
}

extension Unicode.Scalar {
    /// A small letter for a capital of ASCII.
    fileprivate var lower: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) | 0x20) : self
    }
}
