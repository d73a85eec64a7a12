/// A place in a text file.
struct Mark: Equatable, Comparable, Sendable {
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int

    static let start = Mark(line: 1, column: 1)

    static func < (a: Mark, b: Mark) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One node of a YAML document, with the place where it begins. Anchors and merge keys are already resolved.
struct YAMLNode: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        /// `isPlain`: written without quotes, so that it may mean a number, a truth value or nothing.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Equatable, Sendable {
        var key: String
        var keyMark: Mark
        var value: YAMLNode
    }

    var content: Content
    var mark: Mark

    /// The truth values of YAML 1.1 and 1.2, without its `y` and `n`.
    static let booleans: [String: Bool] = [
        "true": true, "True": true, "TRUE": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true,
        "ON": true, "false": false, "False": false, "FALSE": false, "no": false, "No": false, "NO": false,
        "off": false, "Off": false, "OFF": false,
    ]

    private static let nulls: Set = ["", "~", "null", "Null", "NULL"]

    var isNull: Bool {
        if case .scalar(let text, isPlain: true) = content { Self.nulls.contains(text) } else { false }
    }

    var bool: Bool? {
        if case .scalar(let text, isPlain: true) = content { Self.booleans[text] } else { nil }
    }

    /// A whole number, decimal or `0x…`. A leading zero means octal to some readers and nothing to others: refused.
    var int: Int? {
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        if digits.hasPrefix("0x") {
            guard let value = Int(digits.dropFirst(2), radix: 16), digits.dropFirst(2).allSatisfy(\.isHexDigit) else {
                return nil
            }
            return text.first == "-" ? -value : value
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if digits.count > 1 && digits.first == "0" { return nil }
        return Int(text)
    }

    /// A number, whole or not; never infinite and never NaN.
    var double: Double? {
        if let int { return Double(int) }
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, (0x30...0x39).contains(first) || first == 0x2E,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            digits.utf8.contains(where: { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 })
        else { return nil }
        let value = Double(digits.last == "." ? text + "0" : text)
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Text: quoted, or plain and nothing else.
    var text: String? {
        guard case .scalar(let text, let isPlain) = content else { return nil }
        return isPlain && (isNull || bool != nil || double != nil) ? nil : text
    }

    /// What it is, for a message.
    var kind: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a block of keys"
        case .scalar where isNull: "nothing"
        case .scalar where bool != nil: "true or false"
        case .scalar where double != nil: "a number"
        case .scalar: "text"
        }
    }
}
