extension JSON {
    /// Why a text is no JSON value.
    public enum ReadingError: Error, Equatable, Sendable {
        /// The text breaks the grammar at this byte, counted from 0.
        case malformed(at: Int)
        /// Arrays and objects nest more than `JSONReader.deepestLevel` levels deep.
        case tooDeep
    }

    /// Reads one value with nothing but white space around it. The members of objects keep their order; of a name that is
    /// there twice the last value counts. A number that is whole and fits is an `int`.
    public init(reading text: some Sequence<UInt8>) throws(ReadingError) {
        var parser = JSONParser(bytes: Array(text))
        self = try parser.document()
    }

    /// Reads one value of a text.
    public init(reading text: String) throws(ReadingError) { try self.init(reading: text.utf8) }

    /// The value of that name, of an object that has it.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.0 == name }?.1
    }

    /// The same value with the members of every object in the order of their names.
    public var inOrderOfNames: JSON {
        switch self {
        case .array(let values): .array(values.map(\.inOrderOfNames))
        case .object(let members): .object(members.map { ($0.0, $0.1.inOrderOfNames) }.sorted { $0.0 < $1.0 })
        default: self
        }
    }

    /// The text, of a string.
    public var string: String? {
        switch self {
        case .string(let value), .plain(let value): value
        default: nil
        }
    }

    /// The value, of any number.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

/// The grammar of RFC 8259 by recursive descent, with a bound on nesting.
private struct JSONParser {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSON.ReadingError) -> JSON {
        let value = try value(depth: 1)
        skipSpace()
        guard place == bytes.count else { throw .malformed(at: place) }
        return value
    }

    private mutating func value(depth: Int) throws(JSON.ReadingError) -> JSON {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{")?: return try object(depth: depth)
        case UInt8(ascii: "[")?: return try array(depth: depth)
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "t")?: return try literal("true", .bool(true))
        case UInt8(ascii: "f")?: return try literal("false", .bool(false))
        case UInt8(ascii: "n")?: return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSON.ReadingError) -> JSON {
        if depth > JSONReader.deepestLevel { throw .tooDeep }
        place += 1
        var members: [(String, JSON)] = []
        var places: [String: Int] = [:]
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            let name = try string()
            try expect(":")
            let value = try value(depth: depth + 1)
            if let known = places[name] {
                members[known].1 = value
            } else {
                places[name] = members.count
                members.append((name, value))
            }
        } while take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSON.ReadingError) -> JSON {
        if depth > JSONReader.deepestLevel { throw .tooDeep }
        place += 1
        var values: [JSON] = []
        if take("]") { return .array([]) }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        try expect("]")
        return .array(values)
    }

    private mutating func string() throws(JSON.ReadingError) -> String {
        let start = place
        guard peek == UInt8(ascii: "\"") else { throw .malformed(at: place) }
        place += 1
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw .malformed(at: place) }
            place += 1
            if byte == UInt8(ascii: "\\") {
                text += Array(String(try escape()).utf8)
            } else {
                text.append(byte)
            }
        }
        guard peek != nil, let valid = String(validating: text, as: UTF8.self) else { throw .malformed(at: start) }
        place += 1
        return valid
    }

    /// What stands behind a backslash.
    private mutating func escape() throws(JSON.ReadingError) -> Unicode.Scalar {
        let start = place
        guard let byte = peek else { throw .malformed(at: place) }
        place += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let high = try hexadecimal()
            if let scalar = Unicode.Scalar(high) { return scalar }
            guard high < 0xDC00, peek == UInt8(ascii: "\\") else { throw .malformed(at: start) }
            place += 1
            guard peek == UInt8(ascii: "u") else { throw .malformed(at: start) }
            place += 1
            let low = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
            else { throw .malformed(at: start) }
            return scalar
        default: throw .malformed(at: start)
        }
    }

    private mutating func hexadecimal() throws(JSON.ReadingError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw .malformed(at: place)
            }
            value = value << 4 | UInt16(digit)
            place += 1
        }
        return value
    }

    private mutating func number() throws(JSON.ReadingError) -> JSON {
        let start = place
        var isWhole = true
        if peek == UInt8(ascii: "-") { place += 1 }
        if peek == UInt8(ascii: "0") { place += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            try digits()
        }
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let value = Int(text) { return .int(value) }
        // Beyond the range of numbers it has no value to go on with.
        guard let value = Double(text), value.isFinite else { throw .malformed(at: start) }
        return .double(value)
    }

    private mutating func digits() throws(JSON.ReadingError) {
        guard let byte = peek, (0x30...0x39).contains(byte) else { throw .malformed(at: place) }
        while let byte = peek, (0x30...0x39).contains(byte) { place += 1 }
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(JSON.ReadingError) -> JSON {
        guard bytes[place...].starts(with: word.utf8) else { throw .malformed(at: place) }
        place += word.utf8.count
        return value
    }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() { while let byte = peek, byte.isWhiteSpace { place += 1 } }

    /// Goes over this byte, past white space, if it is the next.
    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: wanted) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ wanted: Unicode.Scalar) throws(JSON.ReadingError) {
        guard take(wanted) else { throw .malformed(at: place) }
    }
}
