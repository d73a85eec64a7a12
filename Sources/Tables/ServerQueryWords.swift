/// The words of a query that a model wrote for PostgreSQL, as far as rules are about them. Pure.
///
/// It is no parser. What would need one to be understood is refused.
struct ServerQueryWords {
    /// One token that is not a text, a number or a comment.
    enum Token: Equatable {
        /// A name or a key word; small letters, unless it stands in quotes.
        case name(String, isQuoted: Bool)
        case sign(UInt8)
        /// A text or a number.
        case value
    }

    private(set) var tokens: [Token] = []
    /// The query without what follows its last token, and without semicolons there.
    private(set) var sql = ""

    private let bytes: [UInt8]
    private var place = 0

    /// - Throws: `.query` for what may not be in a query.
    init(_ text: String) throws(TableError) {
        bytes = Array(text.utf8)
        if bytes.contains(0) { throw TableError(.query, "the query holds a zero byte") }
        var end = 0
        var isOver = false
        while let token = try next() {
            if token == .sign(UInt8(ascii: ";")) {
                isOver = true
                continue
            }
            // Semicolons at the end are harmless.
            if isOver { throw TableError(.query, "write one statement, and not several") }
            tokens.append(token)
            end = place
        }
        sql = String(decoding: bytes[..<end], as: UTF8.self)
    }

    private mutating func next() throws(TableError) -> Token? {
        try skipSpace()
        guard place < bytes.count else { return nil }
        let byte = bytes[place]
        if byte == UInt8(ascii: "'") {
            try skip(quote: byte)
            return .value
        }
        if byte == .quote {
            let start = place + 1
            try skip(quote: byte)
            let name = String(decoding: bytes[start..<place - 1], as: UTF8.self)
            return .name(name.replacing("\"\"", with: "\""), isQuoted: true)
        }
        if byte.beginsName { return try name() }
        if byte.isDigit || byte == UInt8(ascii: ".") && isDigit(at: place + 1) { return number() }
        if byte == UInt8(ascii: "$") {
            throw TableError(.query, "the query holds a $: write texts in single quotes")
        }
        place += 1
        return .sign(byte)
    }

    private mutating func name() throws(TableError) -> Token {
        let start = place
        while place < bytes.count, bytes[place].beginsName || bytes[place].isDigit || bytes[place] == UInt8(ascii: "$")
        {
            place += 1
        }
        // Small letters as PostgreSQL makes them: of ASCII.
        let lower = bytes[start..<place].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let name = String(decoding: lower, as: UTF8.self)
        let follows = place < bytes.count ? bytes[place] : 0
        // Other ways to write texts and names have other rules for where they end.
        let isPrefix = follows == UInt8(ascii: "'") && ["e", "b", "x", "n"].contains(name)
        if isPrefix || follows == UInt8(ascii: "&") && name == "u" {
            throw TableError(.query, "write texts in single quotes, with no letter before them")
        }
        return .name(name, isQuoted: false)
    }

    private mutating func number() -> Token {
        while isDigit(at: place) || place < bytes.count && bytes[place] == UInt8(ascii: ".") { place += 1 }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            let isSigned = place + 1 < bytes.count && "+-".utf8.contains(bytes[place + 1])
            if isDigit(at: place + (isSigned ? 2 : 1)) {
                place += isSigned ? 2 : 1
                while isDigit(at: place) { place += 1 }
            }
        }
        return .value
    }

    /// From a quote to behind the one that closes it. A doubled quote is one within.
    private mutating func skip(quote: UInt8) throws(TableError) {
        place += 1
        while place < bytes.count {
            if bytes[place] == quote {
                place += 1
                guard place < bytes.count, bytes[place] == quote else { return }
            }
            place += 1
        }
        throw TableError(.query, "the query has a quote that is never closed")
    }

    private mutating func skipSpace() throws(TableError) {
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: " ") || (0x09...0x0D).contains(bytes[place]) {
                place += 1
            } else if begins("--") {
                while place < bytes.count, bytes[place] != .lineFeed, bytes[place] != .carriageReturn { place += 1 }
            } else if begins("/*") {
                try skipComment()
            } else {
                return
            }
        }
    }

    /// Comments of this kind may hold others.
    private mutating func skipComment() throws(TableError) {
        var depth = 0
        repeat {
            guard place < bytes.count else { throw TableError(.query, "the query has a comment that is never closed") }
            if begins("/*") {
                depth += 1
                place += 2
            } else if begins("*/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
        } while depth > 0
    }

    private func begins(_ text: StaticString) -> Bool {
        place + 1 < bytes.count && bytes[place] == text.utf8Start[0] && bytes[place + 1] == text.utf8Start[1]
    }

    private func isDigit(at index: Int) -> Bool { index < bytes.count && bytes[index].isDigit }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var beginsName: Bool {
        self >= 0x80 || (0x61...0x7A).contains(self | 0x20) || self == UInt8(ascii: "_")
    }
}
