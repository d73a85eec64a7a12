/// A JSON text to be written: keys keep their order, so that equal events are equal bytes.
public indirect enum JSON: Equatable, Sendable {
    /// `"…"`, escaped as needed.
    case string(String)
    /// A string that is known to need no escaping, such as base64.
    case plain(String)
    /// A whole number.
    case int(Int)
    /// A number; what JSON cannot express (infinity, NaN) becomes null.
    case double(Double)
    /// `true` or `false`.
    case bool(Bool)
    /// `null`
    case null
    /// `[…]`
    case array([JSON])
    /// `{…}` in this order.
    case object([(String, JSON)])

    /// Equal when the texts are.
    public static func == (left: JSON, right: JSON) -> Bool { left.text == right.text }

    /// The JSON text.
    public var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .string(let value): Self.writeQuoted(value, to: &text)
        case .plain(let value):
            text += "\""
            text += value
            text += "\""
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(value) : "null"
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, (key, value)) in members.enumerated() {
                if index > 0 { text += "," }
                Self.writeQuoted(key, to: &text)
                text += ":"
                value.write(to: &text)
            }
            text += "}"
        }
    }

    /// `text` as a JSON string with its quotes. It is one line: whatever ends a line or moves a cursor is escaped.
    public static func quoted(_ text: String) -> String {
        var quoted = ""
        writeQuoted(text, to: &quoted)
        return quoted
    }

    private static func writeQuoted(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
