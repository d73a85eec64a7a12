/// The bytes of a file as text, or the reason why they are not text. libyaml would end silently at a NUL.
enum SourceText {
    /// 1 MiB.
    static let maximumBytes = 1 << 20
    /// Windows editors begin UTF-8 with it; it is no content.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    struct Problem: Error, Equatable {
        var mark: Mark
        var message: String
        var hint: String?
    }

    static func decode(_ bytes: [UInt8]) -> Result<String, Problem> {
        if bytes.count > maximumBytes {
            return .failure(
                .init(
                    mark: .start, message: "the file is larger than 1 MiB (\(bytes.count) bytes)",
                    hint: "keep large documents in other files"))
        }
        if let offset = firstInvalidByte(in: bytes) {
            return .failure(
                .init(
                    mark: mark(of: offset, in: bytes), message: "not UTF-8: the byte at offset \(offset) is invalid",
                    hint: "save the file as UTF-8"))
        }
        if let offset = bytes.firstIndex(of: 0) {
            return .failure(
                .init(
                    mark: mark(of: offset, in: bytes), message: "a NUL byte at offset \(offset)",
                    hint: "YAML is plain text"))
        }
        return .success(String(decoding: bytes.dropFirst(bytes.starts(with: byteOrderMark) ? 3 : 0), as: UTF8.self))
    }

    /// The position of the byte at `offset`.
    static func mark(of offset: Int, in bytes: [UInt8]) -> Mark {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count
        return Mark(line: line + 1, column: column + 1)
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
