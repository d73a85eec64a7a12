extension Log {
    /// What a field of a log line may hold.
    public enum Value: Sendable, Equatable {
        /// A name, an identifier, a path. Never a caller's words or an agent's answer.
        case name(String)
        /// A whole number.
        case int(Int)
        /// A number; JSON has no way to write one that is not finite and gets `null`.
        case double(Double)
        /// A truth.
        case bool(Bool)
        /// A time span; printed in milliseconds.
        case duration(Duration)
        /// Something that is there and must not be seen.
        case secret(Secret)

        /// Names are cut here, in characters, and end in an ellipsis then.
        public static let maximumLength = 256

        /// As it stands in a line for people.
        var asText: String {
            switch self {
            case .name(let name):
                let cut = Self.cut(name)
                let isPlain =
                    !cut.isEmpty
                    && cut.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0.value != 0x7F }
                return isPlain ? cut : Self.quoted(cut)
            case .int(let number): return "\(number)"
            case .double(let number): return "\(number)"
            case .bool(let truth): return "\(truth)"
            case .duration(let duration): return "\(Self.milliseconds(duration))ms"
            case .secret(let secret): return secret.description
            }
        }

        /// As a JSON value.
        var asJSON: String {
            switch self {
            case .name(let name): Self.quoted(Self.cut(name))
            case .int(let number): "\(number)"
            case .double(let number): number.isFinite ? "\(number)" : "null"
            case .bool(let truth): "\(truth)"
            case .duration(let duration): "\(Self.milliseconds(duration))"
            case .secret(let secret): Self.quoted(secret.description)
            }
        }

        private static func cut(_ text: String) -> String {
            // Counting stops at the bound: a name of a gigabyte costs no more than one of 257 characters.
            guard let end = text.index(text.startIndex, offsetBy: maximumLength, limitedBy: text.endIndex),
                end != text.endIndex
            else { return text }
            return text[..<end] + "…"
        }

        /// Whole microseconds, printed as milliseconds.
        private static func milliseconds(_ duration: Duration) -> Double {
            let (seconds, attoseconds) = duration.components
            let microseconds = Double(seconds) * 1_000_000 + Double(attoseconds / 1_000_000_000_000)
            return microseconds / 1000
        }

        /// A JSON string; control characters are escaped, so that one line stays one line.
        static func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\t": result += "\\t"
                default:
                    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                    let breaksLine = scalar.value == 0x2028 || scalar.value == 0x2029
                    if isControl || breaksLine {
                        let hex = String(scalar.value, radix: 16)
                        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                    } else {
                        result.unicodeScalars.append(scalar)
                    }
                }
            }
            return result + "\""
        }
    }
}

extension Log.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// A literal name.
    public init(stringLiteral value: StaticString) { self = .name("\(value)") }

    /// A literal number.
    public init(integerLiteral value: Int) { self = .int(value) }

    /// A literal number.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// A literal truth.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
