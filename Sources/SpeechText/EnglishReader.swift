/// Reads written English out in words: numbers and what they count, dates, times, abbreviations, addresses.
///
/// The text is taken word by word; each word is tried against one kind of writing after the other. What is no kind is left
/// as it is, but for digits and signs, which are always put into words.
struct EnglishReader: Sendable {
    let numbers: EnglishNumbers

    init(_ customs: EnglishCustoms) {
        numbers = EnglishNumbers(customs: customs)
    }

    func read(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map { Word(Array($0)) }
        var result: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            let reading = reading(of: words, at: index)
            let last = words[index + reading.taken]
            let (front, back) = (reading.front ?? word.front, reading.back ?? last.back)
            result.append(Self.signs(front) + reading.text + Self.signs(back))
            index += reading.taken + 1
        }
        return result.joined(separator: " ")
    }

    private func reading(of words: [Word], at index: Int) -> Reading {
        let word = words[index]
        if word.core.isEmpty { return Reading(text: "") }
        let next =
            index + 1 < words.count && word.back.isEmpty && words[index + 1].front.isEmpty ? words[index + 1] : nil
        let previous = index > 0 && words[index - 1].back.isEmpty ? words[index - 1].core : ""
        if let reading = abbreviation(word, words.dropFirst(index + 1).first) { return reading }
        let isCurrency = EnglishWords.currencies[word.core] != nil
        if !isCurrency, !word.core.contains(where: { $0.isDigit || Self.meansSomething($0) }) {
            return span(word.core, nil) ?? Reading(text: host(word.core) ?? Self.signs(word.core))
        }
        if let reading = telephone(words[index...]) { return reading }
        if let reading = date(word, previous: previous, words[(index + 1)...]) { return reading }
        if let reading = duration(word, next) { return reading }
        if let reading = time(word, next) { return reading }
        if let reading = code(word.core, after: words[..<index]) { return reading }
        return amount(word.core, previous: previous, next) ?? Reading(text: pieces(word.core))
    }

    /// Money, a number of something, and what it is per: `$9.99/month`, `100 MB/s`, `5–10 km`.
    private func amount(_ core: String, previous: String, _ next: Word?) -> Reading? {
        if let reading = money(core, next) { return reading }
        if let reading = span(core, next) { return reading }
        if let reading = quantity(core, previous: previous, next) { return reading }
        return rate(core, previous: previous)
    }

    private static func meansSomething(_ character: Character) -> Bool {
        EnglishWords.signs[character] != nil || "#~<>/@".contains(character)
    }

    // MARK: Abbreviations and addresses

    private func abbreviation(_ word: Word, _ next: Word?) -> Reading? {
        let small = word.core.lowercased()
        if let plain = EnglishWords.plain[small], EnglishWords.dotted[small] == nil || !word.back.hasPrefix(".") {
            // Marks that stand alone between numbers or words; a dash is a pause.
            if plain == "," { return Reading(text: word.back.isEmpty ? "," : "") }
            return Reading(text: plain)
        }
        guard word.back.hasPrefix(".") else { return nil }
        if small == "no" || small == "nos", next?.core.first?.isDigit == true {
            return Reading(text: "number", back: String(word.back.dropFirst()))
        }
        if small == "st", let first = next?.core.first {
            return Reading(text: first.isUppercase ? "Saint" : "Street", back: String(word.back.dropFirst()))
        }
        guard let spoken = EnglishWords.dotted[small] else { return nil }
        let mayEnd = word.back == "." && EnglishWords.mayEnd.contains(small)
        let ends = next == nil || (mayEnd && next?.core.first?.isUppercase == true)
        return Reading(text: spoken, back: ends ? word.back : String(word.back.dropFirst()))
    }

    /// "name@example.com" or "example.com", else nil.
    private func host(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, EnglishWords.domains.contains(last.lowercased()),
            parts.allSatisfy({ !$0.isEmpty })
        else { return nil }
        return parts.map { pieces(String($0)) }.joined(separator: " dot ")
    }

    // MARK: The rest

    /// Any word with digits or signs in it: runs of digits as numbers, signs by name, the rest as it stands.
    private func pieces(_ text: String) -> String {
        let at = text.split(separator: "@", omittingEmptySubsequences: false)
        if at.count == 2, !at[0].isEmpty, !at[1].isEmpty {
            let name = at[0].split(separator: ".").map { pieces(String($0)) }.joined(separator: " dot ")
            return name + " at " + (host(String(at[1])) ?? pieces(String(at[1])))
        }
        if let host = host(text), !text.contains("/") { return host }
        var parts: [String] = []
        var run = ""
        func flush() {
            if !run.isEmpty { parts.append(run) }
            run = ""
        }
        let text = Array(text)
        var index = 0
        while index < text.count {
            let character = text[index]
            if character.isDigit {
                var end = index
                while end < text.count, text[end].isDigit || Self.isPoint(text, at: end) { end += 1 }
                flush()
                let digits = String(text[index..<end])
                parts.append(numbers.written(digits) ?? numbers.digits(digits))
                index = end
                continue
            }
            if let sign = EnglishWords.signs[character] {
                flush()
                parts.append(sign)
            } else if character == "#", index + 1 < text.count, text[index + 1].isDigit {
                flush()
                parts.append("number")
            } else if character == "~", index + 1 < text.count, text[index + 1].isDigit {
                flush()
                parts.append("about")
            } else if "/#~<>_".contains(character) {
                flush()
            } else if "-–'’‘".contains(character), run.isEmpty || (index + 1 < text.count && text[index + 1].isDigit) {
                // Between a word and a number; within a word it stays.
                flush()
            } else if let value = character.wholeNumberValue, !character.isASCII, value < 10 {
                flush()
                parts.append(numbers.digits(String(value)))
            } else {
                run.append(character)
            }
            index += 1
        }
        flush()
        return parts.joined(separator: " ")
    }

    /// A point or comma between two digits.
    private static func isPoint(_ text: [Character], at index: Int) -> Bool {
        (text[index] == "." || text[index] == ",") && index + 1 < text.count && text[index + 1].isDigit
    }

    /// Signs in marks or in plain words, by name.
    static func signs(_ text: String) -> String {
        guard text.contains(where: { EnglishWords.signs[$0] != nil }) else { return text }
        return text.map { EnglishWords.signs[$0].map { " \($0) " } ?? String($0) }.joined()
    }
}
