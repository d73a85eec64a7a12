import JSONText

extension Log {
    /// The value of a field of a log line.
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

        /// Its form in a line for people.
        var asText: String {
            switch self {
            case .name(let name):
                let cut = Self.cut(name)
                let isPlain =
                    !cut.isEmpty
                    && cut.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0.value != 0x7F }
                return isPlain ? cut : JSON.quoted(cut)
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
            case .name(let name): JSON.quoted(Self.cut(name))
            case .int(let number): "\(number)"
            case .double(let number): number.isFinite ? "\(number)" : "null"
            case .bool(let truth): "\(truth)"
            case .duration(let duration): "\(Self.milliseconds(duration))"
            case .secret(let secret): JSON.quoted(secret.description)
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
