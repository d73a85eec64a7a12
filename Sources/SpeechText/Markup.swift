/// Takes Markdown, HTML and pictograms out of a text.
enum Markup {
    /// The text of `source` on one line, with full stops where a heading, an item or a row ended.
    static func plain(_ source: String, language: String) -> String {
        let plain = plain(source, language: language, keepsCode: false)
        // The text has only code, so the code is spoken.
        return plain.contains(where: \.isLetter) ? plain : self.plain(source, language: language, keepsCode: true)
    }

    private static func plain(_ source: String, language: String, keepsCode: Bool) -> String {
        var result = ""
        var fence: Character?
        for line in source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = trim(Array(line)[...])
            if let mark = line.first, mark == "`" || mark == "~", line.prefix(3) == [mark, mark, mark] {
                let isClosing = fence == mark
                let hasMore = line.dropFirst(3).contains(mark)
                if isClosing || (fence == nil && !hasMore) {
                    fence = isClosing ? nil : mark
                    endThought(&result)
                    continue
                }
            }
            if fence != nil && !keepsCode { continue }
            if line.isEmpty {
                endThought(&result)
                continue
            }
            append(line, to: &result, language: language)
        }
        return result
    }

    private static func append(_ line: ArraySlice<Character>, to result: inout String, language: String) {
        if isRule(line) { return endThought(&result) }
        let (content, isBlock) = withoutPrefix(line, language: language)
        var text = inline(Array(content), language: language)
        let isRow = content.first == "|" || content.split(separator: "|").count > 2
        if isRow {
            text = text.split(separator: "|").map { trim(Array($0)[...]) }.filter { !$0.isEmpty }
                .map { String($0) }.joined(separator: ", ")
        }
        if isBlock || isRow { endThought(&result) }
        if !result.isEmpty { result += " " }
        result += text
        if isBlock || isRow { endThought(&result) }
    }

    /// Adds a full stop to the text so far, unless it ends with a punctuation mark.
    private static func endThought(_ result: inout String) {
        while result.last?.isWhitespace == true { result.removeLast() }
        guard let last = result.last(where: { !"\"'”’)*_`~".contains($0) }) else { return }
        let isMarked = last.unicodeScalars.first.map { $0.isTerminator || $0.isClauseMark && $0 != ")" } ?? false
        if !isMarked { result += "." }
    }

    private static func trim(_ line: ArraySlice<Character>) -> ArraySlice<Character> {
        var line = line.drop(while: \.isWhitespace)
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    /// A line that only draws: `---`, `***`, `===`, `|---|:-:|`.
    private static func isRule(_ line: ArraySlice<Character>) -> Bool {
        line.count >= 3 && line.allSatisfy { "-*_=|:+ \t".contains($0) }
    }

    /// Takes quotation marks, list marks, heading marks and check boxes off the front.
    private static func withoutPrefix(_ line: ArraySlice<Character>, language: String) -> (ArraySlice<Character>, Bool)
    {
        var line = line
        var isBlock = false
        while let first = line.first {
            if first == ">" {
                line = trim(line.dropFirst())
            } else if first == "#", line.drop(while: { $0 == "#" }).first?.isWhitespace != false {
                line = trim(line.drop { $0 == "#" })
                while line.last == "#" { line = trim(line.dropLast()) }
                isBlock = true
            } else if "-*+•●◦▪–".contains(first), line.dropFirst().first?.isWhitespace == true {
                line = trim(line.dropFirst())
                isBlock = true
            } else if line.starts(with: "[ ] ") || line.starts(with: "[x] ") || line.starts(with: "[X] ") {
                line = trim(line.dropFirst(3))
                isBlock = true
            } else {
                break
            }
        }
        // "1. " is read as a number and a pause, in English only: elsewhere it may be a date ("3. März").
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        let rest = line.dropFirst(digits.count)
        if language == "en", (1...3).contains(digits.count), let mark = rest.first, mark == "." || mark == ")",
            rest.dropFirst().first?.isWhitespace == true
        {
            line = ArraySlice(digits + [","] + rest.dropFirst())
            isBlock = true
        }
        return (line, isBlock)
    }

    // MARK: Within a line

    private static func inline(_ line: [Character], language: String) -> String {
        var result = ""
        var index = 0
        while index < line.count {
            let rest = line[index...]
            if let (text, end) = link(line, at: index) ?? tag(line, at: index) ?? entity(line, at: index) {
                // The result is shorter than the input, so this terminates.
                result += inline(Array(text), language: language)
                index = end
                continue
            }
            let begins = index == 0 || !(line[index - 1].isLetter || line[index - 1].isNumber)
            if begins, let (host, end) = address(rest) {
                result += host
                index = end
                continue
            }
            let character = line[index]
            let next = index + 1 < line.count ? line[index + 1] : " "
            index += 1
            switch character {
            case "\\", "`", "*", "{", "}": continue
            case "_": result += result.last?.isLetter == true && next.isLetter ? " " : ""
            case "~", "#", "<", ">":
                // Meant for the reader: "~5", "#5", "3 < 4", "C#".
                let speaks = language == "en" && (next.isNumber || next == " " || character == "#")
                if speaks { result.append(character) }
            case "[", "]": continue
            case "•", "·", "→", "⇒", "➔", "—": result += ", "
            case "|": result += "|"
            default: result += spoken(character)
            }
        }
        return result
    }

    /// A character as it is spoken: pictograms and controls are not.
    private static func spoken(_ character: Character) -> String {
        guard let scalar = character.unicodeScalars.first, !character.isASCII else {
            return character.isWhitespace || (character.asciiValue ?? 32) < 32 || character.asciiValue == 127
                ? " " : String(character)
        }
        if scalar.isASCII {
            // A digit in a key cap, or a letter with marks.
            return character.unicodeScalars.contains { $0.value == 0x20E3 || $0.value == 0xFE0F }
                ? (scalar.isDigit ? String(scalar) : "") : String(character)
        }
        switch scalar.value {
        case 0x80...0x9F, 0xA9, 0xAE, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x2122, 0x2190...0x21FF,
            0x2300...0x23FF, 0x2460...0x24FF, 0x2500...0x27BF, 0x2900...0x297F, 0x2B00...0x2BFF, 0xFE00...0xFE0F,
            0xFEFF,
            0xE000...0xF8FF, 0xFFF0...0xFFFF, 0x1F000...0x1FAFF, 0xE0000...0x10FFFF:
            return " "
        default: return String(character)
        }
    }

    /// `[text](address)`, `![text](address)`, `[text][reference]`, `[^1]`.
    private static func link(_ line: [Character], at start: Int) -> (String, Int)? {
        let open = line[start] == "!" && start + 1 < line.count ? start + 1 : start
        guard line[open] == "[", let close = match(line, from: open, "[", "]") else { return nil }
        let text = line[(open + 1)..<close]
        if text.first == "^" { return ("", close + 1) }
        guard close + 1 < line.count else { return nil }
        if line[close + 1] == "(", let end = match(line, from: close + 1, "(", ")") { return (String(text), end + 1) }
        if line[close + 1] == "[", let end = match(line, from: close + 1, "[", "]") { return (String(text), end + 1) }
        return nil
    }

    /// The place of the bracket that closes the one at `start`, at most 2000 characters on.
    private static func match(_ line: [Character], from start: Int, _ open: Character, _ close: Character) -> Int? {
        var depth = 0
        for index in start..<min(line.count, start + 2000) {
            if line[index] == open { depth += 1 }
            if line[index] == close { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// `<b>`, `</a>`, `<!-- … -->`, `<https://…>`.
    private static func tag(_ line: [Character], at start: Int) -> (String, Int)? {
        guard line[start] == "<", start + 1 < line.count else { return nil }
        let next = line[start + 1]
        guard next.isLetter || next == "/" || next == "!" else { return nil }
        guard let end = line[start...].prefix(500).firstIndex(of: ">") else { return nil }
        let content = line[(start + 1)..<end]
        let isAddress = content.contains("@") || content.starts(with: "http")
        return (isAddress ? String(content) : " ", end + 1)
    }

    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "#39": "'", "nbsp": " ", "ndash": "–",
        "mdash": ", ",
        "hellip": "…", "euro": "€", "pound": "£", "copy": "", "reg": "",
    ]

    private static func entity(_ line: [Character], at start: Int) -> (String, Int)? {
        guard line[start] == "&", let end = line[start...].prefix(8).firstIndex(of: ";") else { return nil }
        return entities[String(line[(start + 1)..<end])].map { ($0, end + 1) }
    }

    /// The host of a web address that begins here, and where the address ends.
    private static func address(_ text: ArraySlice<Character>) -> (String, Int)? {
        guard let first = text.first, first == "h" || first == "H" || first == "w" || first == "W" else { return nil }
        let head = String(text.prefix(8)).lowercased()
        let skip = head.hasPrefix("https://") ? 8 : head.hasPrefix("http://") ? 7 : head.hasPrefix("www.") ? 0 : nil
        guard let skip else { return nil }
        var address = text.prefix { !$0.isWhitespace && !"<>\"|`*[]{}\\".contains($0) }
        while let last = address.last, ".,;:!?)'_~#".contains(last) { address.removeLast() }
        var host = address.dropFirst(skip).prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
        if host.starts(with: "www.") { host = host.dropFirst(4) }
        guard host.contains(where: \.isLetter) else { return nil }
        return (String(host), address.endIndex)
    }
}
