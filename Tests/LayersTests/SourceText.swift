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
    var result = ""
    let text = Array(source)
    var index = 0

    func follows(_ pattern: String, at position: Int) -> Bool {
        let characters = Array(pattern)
        return position + characters.count <= text.count
            && Array(text[position..<position + characters.count]) == characters
    }
    func skip(_ count: Int) {
        for offset in 0..<count { result.append(text[index + offset].isNewline ? "\n" : " ") }
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
            } else if text[index] == "\"" || text[index] == "#" {
                var hashes = 0
                while index + hashes < text.count && text[index + hashes] == "#" { hashes += 1 }
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
            if text[index].isNewline { place = .code }
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
    return result
}
