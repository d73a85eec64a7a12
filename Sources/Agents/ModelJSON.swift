/// The fields of the JSON in a model's answer, wherever it stands in it: names with their strings and truth values.
///
/// This is no parser: nesting is ignored, what is broken is passed over, and no text can make it recurse.
struct ModelJSON {
    /// The value of a field.
    enum Value: Equatable {
        case text(String)
        case truth(Bool)
    }

    /// In the order of the text.
    private(set) var fields: [(name: String, value: Value)] = []

    /// Reads the fields in `text`; none when no object stands in it.
    init(in text: String) {
        guard text.contains("{") else { return }
        var scalars = text.unicodeScalars[...]
        var name: String?
        var last: String?
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"":
                let string = Self.string(&scalars)
                if let field = name { fields.append((field, .text(string))) }
                (name, last) = (nil, string)
            case ":": (name, last) = (last, nil)
            case _ where scalar.properties.isWhitespace: break
            case _ where scalar.properties.isAlphabetic:
                var word = String(scalar)
                while let next = scalars.first, next.properties.isAlphabetic {
                    word.unicodeScalars.append(next)
                    scalars.removeFirst()
                }
                let small = word.lowercased()
                if let field = name, small == "true" || small == "false" {
                    fields.append((field, .truth(small == "true")))
                }
                (name, last) = (nil, nil)
            default: (name, last) = (nil, nil)
            }
        }
    }

    /// The rest of a string, up to its closing mark. An escaped scalar stands for itself, which is enough for names.
    private static func string(_ scalars: inout Substring.UnicodeScalarView) -> String {
        var string = String.UnicodeScalarView()
        while let scalar = scalars.popFirst(), scalar != "\"" {
            if scalar == "\\" {
                if let escaped = scalars.popFirst() { string.append(escaped) }
            } else {
                string.append(scalar)
            }
        }
        return String(string)
    }
}
