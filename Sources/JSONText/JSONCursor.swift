/// Walks over a JSON text in UTF-8 and makes no values of it: for messages of which one part is large and wanted as it is.
///
/// It knows the grammar outside of strings; what stands in them is for their reader to judge. Its bounds are the depth of
/// nesting and its reach, the number of bytes that it looks at.
public struct JSONCursor {
    /// Why it goes no further.
    public enum Failure: Error, Equatable, Sendable {
        /// The text breaks the grammar, or ends too early.
        case malformed
        /// Arrays and objects nest more than `JSONReader.deepestLevel` levels deep.
        case tooDeep
        /// The text goes on beyond the reach.
        case outOfReach
    }

    /// What stands between the quotes of a string, as bytes of the text.
    public struct Slice: Equatable, Sendable {
        /// Offsets into the text.
        public let range: Range<Int>
        /// Whether there are escapes among it.
        public let isEscaped: Bool
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var place = 0
    private var reach: Int

    /// - Parameter reach: the most bytes that are looked at, without what `longString` passes over.
    public init(_ text: UnsafeBufferPointer<UInt8>, reach: Int) {
        self.text = text
        self.reach = min(reach, text.count)
    }

    /// The first byte that is no white space, which tells what kind of value the text is; nil when there is none within
    /// reach.
    public static func firstByte(of text: [UInt8], reach: Int) -> UInt8? {
        text.prefix(reach).first { !$0.isWhiteSpace }
    }

    // MARK: Tokens

    /// The next byte that is no white space; the cursor stays before it.
    public mutating func next() throws(Failure) -> UInt8 {
        while true {
            let byte = try current()
            guard byte.isWhiteSpace else { return byte }
            place += 1
        }
    }

    /// Goes over the next byte, past white space, if it is this one.
    public mutating func take(_ wanted: Unicode.Scalar) throws(Failure) -> Bool {
        guard try next() == UInt8(ascii: wanted) else { return false }
        place += 1
        return true
    }

    /// Goes over the next byte, past white space, which must be this one.
    public mutating func expect(_ wanted: Unicode.Scalar) throws(Failure) {
        guard try take(wanted) else { throw .malformed }
    }

    /// Whether nothing but white space is left.
    public mutating func isAtEnd() throws(Failure) -> Bool {
        while place < text.count {
            guard try current().isWhiteSpace else { return false }
            place += 1
        }
        return true
    }

    /// Goes over a string.
    public mutating func string() throws(Failure) -> Slice {
        try expect("\"")
        return try restOfString(within: reach)
    }

    /// Goes over a string that may be as long as it likes: its length is added to the reach.
    public mutating func longString() throws(Failure) -> Slice {
        try expect("\"")
        let slice = try restOfString(within: text.count)
        reach = min(reach + slice.range.count, text.count)
        return slice
    }

    /// Goes over a value of any kind that stands in an array or an object.
    /// - Parameter depth: the level that the value has when it is an array or an object; the outermost has 1.
    public mutating func skipValue(depth: Int) throws(Failure) {
        switch try next() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try enterObject(depth: depth)
            if try take("}") { return }
            repeat {
                _ = try string()
                try expect(":")
                try skipValue(depth: depth + 1)
            } while try take(",")
            try expect("}")
        case UInt8(ascii: "["):
            if depth > JSONReader.deepestLevel { throw .tooDeep }
            place += 1
            if try take("]") { return }
            repeat { try skipValue(depth: depth + 1) } while try take(",")
            try expect("]")
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    /// Goes over the brace that begins an object.
    public mutating func enterObject(depth: Int) throws(Failure) {
        if depth > JSONReader.deepestLevel { throw .tooDeep }
        try expect("{")
    }

    // MARK: Bytes

    private func current() throws(Failure) -> UInt8 {
        guard place < reach else { throw reach < text.count ? .outOfReach : .malformed }
        return text[place]
    }

    /// Goes over the inside of a string and its closing quote.
    private mutating func restOfString(within end: Int) throws(Failure) -> Slice {
        let start = place
        var isEscaped = false
        while true {
            place = firstMark(from: place, to: end)
            guard place < end else { throw end < text.count ? .outOfReach : .malformed }
            if text[place] == UInt8(ascii: "\"") { break }
            isEscaped = true
            // What it escapes is passed over, too.
            place = min(place + 2, end)
        }
        place += 1
        return Slice(range: start..<place - 1, isEscaped: isEscaped)
    }

    /// The place of the first quote or backslash; `end` when there is none.
    private func firstMark(from start: Int, to end: Int) -> Int {
        let raw = UnsafeRawBufferPointer(text)
        var place = start
        // Eight bytes at a time. A byte is zero in `x` when one is subtracted from it and its high bit comes up.
        func hasZero(_ x: UInt64) -> Bool { (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080 != 0 }
        while place + 8 <= end {
            let bytes = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if hasZero(bytes ^ 0x2222_2222_2222_2222) || hasZero(bytes ^ 0x5C5C_5C5C_5C5C_5C5C) { break }
            place += 8
        }
        while place < end && text[place] != UInt8(ascii: "\"") && text[place] != UInt8(ascii: "\\") { place += 1 }
        return place
    }

    private mutating func literal(_ word: StaticString) throws(Failure) {
        for index in 0..<word.utf8CodeUnitCount {
            guard try current() == word.utf8Start[index] else { throw .malformed }
            place += 1
        }
    }

    private mutating func number() throws(Failure) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func digits(_ cursor: inout JSONCursor) throws(Failure) {
            guard isDigit(try cursor.current()) else { throw .malformed }
            while isDigit(try cursor.current()) { cursor.place += 1 }
        }
        if try current() == UInt8(ascii: "-") { place += 1 }
        if try current() == UInt8(ascii: "0") { place += 1 } else { try digits(&self) }
        if try current() == UInt8(ascii: ".") {
            place += 1
            try digits(&self)
        }
        if try current() | 0x20 == UInt8(ascii: "e") {
            place += 1
            let sign = try current()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { place += 1 }
            try digits(&self)
        }
    }
}

extension JSONCursor.Slice {
    /// Whether the string is this word, however it is escaped.
    public func says(_ word: StaticString, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[range]
        for wanted in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
            guard !rest.isEmpty, Self.plainByte(&rest) == wanted else { return false }
        }
        return rest.isEmpty
    }

    /// The bytes of the string without its escapes; nil when an escape stands for something that is not ASCII.
    public func plainBytes(in text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count)
        var rest = text[range]
        while !rest.isEmpty {
            guard let byte = Self.plainByte(&rest) else { return nil }
            plain.append(byte)
        }
        return plain
    }

    /// Takes one byte, or the escape that stands for one; nil when it stands for something that is not ASCII.
    private static func plainByte(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt8? {
        let byte = rest.removeFirst()
        guard byte == UInt8(ascii: "\\") else { return byte }
        switch rest.popFirst() {
        case UInt8(ascii: "\"")?: return UInt8(ascii: "\"")
        case UInt8(ascii: "\\")?: return UInt8(ascii: "\\")
        case UInt8(ascii: "/")?: return UInt8(ascii: "/")
        case UInt8(ascii: "b")?: return 0x08
        case UInt8(ascii: "f")?: return 0x0C
        case UInt8(ascii: "n")?: return 0x0A
        case UInt8(ascii: "r")?: return 0x0D
        case UInt8(ascii: "t")?: return 0x09
        case UInt8(ascii: "u")?:
            var value = 0
            for _ in 0..<4 {
                guard let digit = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                    return nil
                }
                value = value << 4 | digit
            }
            return value < 0x80 ? UInt8(value) : nil
        default: return nil
        }
    }
}

extension UInt8 {
    /// White space between the tokens of JSON.
    var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
