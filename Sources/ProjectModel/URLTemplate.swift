/// An HTTP address with `{name}` in the place of arguments: `https://clinic.example/slots/{day}?doctor={doctor}`.
///
/// Arguments stand in the path or in the query, never before them. Whatever they are, they change neither the host nor how
/// many parts the path has.
public struct URLTemplate: Codable, Equatable, Sendable {
    /// The longest address that is asked, in bytes.
    public static let longestAddress = 8192

    /// What keeps a text from being a template; a sentence's end, as behind "the address".
    public struct Problem: Error, Equatable, Sendable {
        /// Such as `must begin with http:// or https://`.
        public var message: String
    }

    /// What keeps an argument from standing in the address, as behind its name.
    public struct Refusal: Error, Equatable, Sendable {
        /// The argument; empty when it is none in particular.
        public var name: String
        /// Such as `is missing`.
        public var message: String
    }

    private enum Part: Codable, Equatable, Sendable {
        case fixed(String)
        case argument(String, isInQuery: Bool)
    }

    /// Scheme, host and port.
    private let origin: String
    /// Of the path and the query.
    private let parts: [Part]

    /// The host as it is written, without a port.
    public let host: String

    /// Reads a template.
    public init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.longestAddress, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(message: "holds visible characters of ASCII alone, others percent-encoded")
        }
        if text.contains("#") { throw Problem(message: "has no fragment (#…)") }
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            throw Problem(message: "must begin with http:// or https://")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "\\" }
        if authority.contains("{") { throw Problem(message: "has no arguments in its host") }
        if authority.contains("@") { throw Problem(message: "has no user or password: they belong in a header") }
        guard let host = Self.host(of: authority) else { throw Problem(message: "must name a host") }
        self.host = host
        origin = scheme + authority
        parts = try Self.parts(of: rest.dropFirst(authority.count))
    }

    /// The names of its arguments, each once, in order.
    public var names: [String] {
        var names: [String] = []
        for case .argument(let name, _) in parts where !names.contains(name) { names.append(name) }
        return names
    }

    /// The names of those in its path, which can't be left out.
    public var namesInPath: [String] {
        var names: [String] = []
        for case .argument(let name, false) in parts where !names.contains(name) { names.append(name) }
        return names
    }

    /// The address with arguments in their places.
    /// - Parameters:
    ///   - arguments: as text, by name. Those of the path must be there.
    ///   - query: further items of the query, in this order.
    public func address(
        _ arguments: [String: String], query: [(name: String, value: String)] = []
    ) throws(Refusal) -> String {
        var path = ""
        for part in parts {
            switch part {
            case .fixed(let text): path += text
            case .argument(let name, isInQuery: true): path += Self.encoded(arguments[name] ?? "")
            case .argument(let name, isInQuery: false):
                guard let value = arguments[name] else { throw Refusal(name: name, message: "is missing") }
                try Self.check(value, name)
                path += Self.encoded(value)
            }
        }
        for (name, value) in query {
            path += path.contains("?") ? (path.last == "?" || path.last == "&" ? "" : "&") : "?"
            path += "\(Self.encoded(name))=\(Self.encoded(value))"
        }
        // An argument beside fixed text, or two of them, may make one of what alone is none.
        let segments = path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: true)
        let fixed = parts.contains { if case .argument(_, false) = $0 { true } else { false } }
        if fixed, segments.contains(where: { $0 == "." || $0 == ".." }) {
            throw Refusal(name: "", message: "the address may not hold the steps . and ..")
        }
        guard origin.utf8.count + path.utf8.count <= Self.longestAddress else {
            throw Refusal(name: "", message: "the address has more than \(Self.longestAddress) bytes")
        }
        return origin + path
    }

    // MARK: - Parts of the above

    private static func host(of authority: Substring) -> String? {
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let port = authority[authority.index(after: end)...]
            guard port.isEmpty || isPort(port) else { return nil }
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        let name = authority.prefix { $0 != ":" }
        let port = authority.dropFirst(name.count)
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._".utf8.contains(byte)
        }
        guard isName, (1...253).contains(name.utf8.count), port.isEmpty || isPort(port) else { return nil }
        return String(name)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && (Int(text.dropFirst()).map { (1...65_535).contains($0) } ?? false)
    }

    private static func parts(of text: Substring) throws(Problem) -> [Part] {
        var parts: [Part] = []
        var fixed = ""
        var isInQuery = false
        var rest = text
        while let character = rest.popFirst() {
            switch character {
            case "{":
                let name = rest.prefix { $0 != "}" }
                guard rest.count > name.count, (1...64).contains(name.count), name.utf8.allSatisfy(isNameByte) else {
                    throw Problem(message: "has arguments such as {day}: letters, digits, '_', '-' and '.' in braces")
                }
                rest = rest.dropFirst(name.count + 1)
                if !fixed.isEmpty { parts.append(.fixed(fixed)) }
                fixed = ""
                parts.append(.argument(String(name), isInQuery: isInQuery))
            case "}": throw Problem(message: "has a } without its {")
            case "\\": throw Problem(message: "has no backslash")
            default:
                if character == "?" { isInQuery = true }
                fixed.append(character)
            }
        }
        if !fixed.isEmpty { parts.append(.fixed(fixed)) }
        return parts
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "_-.".utf8.contains(byte)
    }

    /// Some servers take `%2F` for a slash and then walk the path.
    private static func check(_ value: String, _ name: String) throws(Refusal) {
        if value.isEmpty { throw Refusal(name: name, message: "must not be empty") }
        if value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw Refusal(name: name, message: "must not hold line breaks or control characters")
        }
        let steps = value.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        if steps.contains(".") || steps.contains("..") {
            throw Refusal(name: name, message: "must not hold the steps . and ..")
        }
    }

    /// Everything but letters, digits, `-`, `.`, `_` and `~` as `%XX`.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var encoded = String.UnicodeScalarView()
        for byte in text.utf8 {
            if isNameByte(byte) || byte == UInt8(ascii: "~") {
                encoded.append(Unicode.Scalar(byte))
            } else {
                encoded += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(encoded)
    }
}
