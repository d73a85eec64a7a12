/// Swift source without what only looks like code: comments and the insides of string literals become spaces.
///
/// Interpolations count as text; a call inside one is not seen.
func codeOnly(_ source: String) -> String {
    enum Place: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, isMultiline: Bool)
    }
    var place = Place.code
    var result: [UInt8] = []
    let text = Array(source.utf8)
    let (quote, hash, newline, space) = (UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: " "))
    var index = 0

    func follows(_ pattern: String, at position: Int) -> Bool {
        position + pattern.utf8.count <= text.count && text[position...].starts(with: pattern.utf8)
    }
    func skip(_ count: Int) {
        for offset in 0..<count { result.append(text[index + offset] == newline ? newline : space) }
        index += count
    }

    while index < text.count {
        switch place {
        case .code:
            if follows("//", at: index) {
                place = .lineComment
                skip(2)
            } else if follows("/*", at: index) {
                place = .blockComment(depth: 1)
                skip(2)
            } else if text[index] == quote || text[index] == hash {
                var hashes = 0
                while index + hashes < text.count && text[index + hashes] == hash { hashes += 1 }
                if follows("\"\"\"", at: index + hashes) {
                    place = .string(hashes: hashes, isMultiline: true)
                    skip(hashes + 3)
                } else if follows("\"", at: index + hashes) {
                    place = .string(hashes: hashes, isMultiline: false)
                    skip(hashes + 1)
                } else {
                    result.append(text[index])
                    index += 1
                }
            } else {
                result.append(text[index])
                index += 1
            }
        case .lineComment:
            if text[index] == newline { place = .code }
            skip(1)
        case .blockComment(let depth):
            if follows("*/", at: index) {
                place = depth == 1 ? .code : .blockComment(depth: depth - 1)
                skip(2)
            } else if follows("/*", at: index) {
                place = .blockComment(depth: depth + 1)
                skip(2)
            } else {
                skip(1)
            }
        case .string(let hashes, let isMultiline):
            let end = (isMultiline ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
            if follows("\\" + String(repeating: "#", count: hashes), at: index), index + hashes + 1 < text.count {
                skip(hashes + 2)
            } else if follows(end, at: index) {
                skip(end.count)
                place = .code
            } else {
                skip(1)
            }
        }
    }
    return String(decoding: result, as: UTF8.self)
}
