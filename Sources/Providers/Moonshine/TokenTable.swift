/// The text of each token of the model.
///
/// The file has for each id a length and so many bytes of UTF-8. A length below 128 is one byte, a longer one two: the
/// first less 128, and 128 times the second. A character may be spread over several tokens.
struct TokenTable: Sendable {
    private let entries: [ArraySlice<UInt8>]

    /// Reads the file; nil when it is cut off or no such file.
    init?(_ file: [UInt8], count: Int) {
        var entries: [ArraySlice<UInt8>] = []
        var next = 0
        while next < file.count {
            var length = Int(file[next])
            next += 1
            if length >= 128 {
                guard next < file.count else { return nil }
                length += 128 * Int(file[next]) - 128
                next += 1
            }
            guard length <= file.count - next else { return nil }
            entries.append(file[next..<next + length])
            next += length
        }
        guard entries.count == count else { return nil }
        self.entries = entries
    }

    /// What `tokens` say. Words begin with U+2581 in the table, and with a space here.
    func text(of tokens: [Int]) -> String {
        let bytes = tokens.filter(entries.indices.contains).flatMap { entries[$0] }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.map { $0 == "\u{2581}" ? " " : $0 }).trimmed
    }
}

extension String {
    /// Without the white space at both ends.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
