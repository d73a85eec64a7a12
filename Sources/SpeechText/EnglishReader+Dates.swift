/// Dates, times of day and telephone numbers.
extension EnglishReader {
    /// `2024-03-15`, `3/15/2024`, `March 15, 2024`, `15 March 2024`.
    func date(_ word: Word, previous: String, _ following: ArraySlice<Word>) -> Reading? {
        if let reading = timestamp(word.core) ?? numericDate(word.core) { return reading }
        let isAfterMonth = EnglishWords.months.contains(previous.lowercased())
        let digits = word.core.prefix(while: \.isDigit)
        guard let day = Int(digits), (1...31).contains(day), digits.count <= 2 else { return nil }
        let suffix = word.core.dropFirst(digits.count).lowercased()
        guard ["", "st", "nd", "rd", "th"].contains(suffix) else { return nil }
        if isAfterMonth { return Reading(text: numbers.ordinal(day)) }
        guard word.back.isEmpty, let next = following.first, next.front.isEmpty,
            EnglishWords.months.contains(next.core.lowercased()), next.core.first?.isUppercase == true
        else { return nil }
        // "May" begins a sentence or asks; after a bare number it is the month.
        let the = previous.lowercased() == "the" ? "" : "the "
        return Reading(text: the + numbers.ordinal(day) + " of " + next.core, taken: 1)
    }

    /// `2024-03-15T14:30:00Z`, as computers write it.
    private func timestamp(_ text: String) -> Reading? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = numericDate(String(parts[0])) else { return nil }
        let clock = parts[1].prefix { $0.isDigit || $0 == ":" }
        let zone = parts[1].dropFirst(clock.count)
        let isZone = zone.isEmpty || zone == "Z" || zone.first == "." || zone.first == "+" || zone.first == "-"
        guard isZone, let time = WrittenTime(clock) else { return nil }
        return Reading(text: date.text + " at " + clockWords(time, half: nil))
    }

    private func numericDate(_ text: String) -> Reading? {
        for separator: Character in ["-", "/", "."] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) && $0.count <= 4 })
            else { continue }
            let values = parts.compactMap { Int($0) }
            guard values.count == 3 else { continue }
            if parts[0].count == 4, separator != "." { return date(year: values[0], month: values[1], day: values[2]) }
            guard parts[2].count == 4 else { continue }
            let dayFirst = values[0] > 12 || (numbers.customs == .british && values[1] <= 12) || separator == "."
            return dayFirst
                ? date(year: values[2], month: values[1], day: values[0])
                : date(year: values[2], month: values[0], day: values[1])
        }
        return nil
    }

    private func date(year: Int, month: Int, day: Int) -> Reading? {
        guard (1000..<3000).contains(year), let name = EnglishWords.month(month), (1...31).contains(day) else {
            return nil
        }
        let spoken = numbers.year(year)
        switch numbers.customs {
        case .american: return Reading(text: "\(name) \(numbers.ordinal(day)), \(spoken)")
        case .british: return Reading(text: "the \(numbers.ordinal(day)) of \(name) \(spoken)")
        }
    }

    /// `3:30 pm`, `15:45`, `9am`, `10:00`.
    func time(_ word: Word, _ next: Word?) -> Reading? {
        var text = word.core.lowercased()
        var half: String?
        for (ending, spoken) in [("a.m", "a m"), ("p.m", "p m"), ("am", "a m"), ("pm", "p m")] where half == nil {
            if text.hasSuffix(ending) {
                half = spoken
                text.removeLast(ending.count)
            }
        }
        var taken = 0
        var back: String?
        if half == nil, let next {
            let small = next.core.lowercased()
            half = ["am": "a m", "a.m": "a m", "pm": "p m", "p.m": "p m"][small]
            if half != nil {
                taken = 1
                // The full stop of "p.m." belongs to it; other marks are the sentence's.
                back = small.contains(".") && next.back.hasPrefix(".") ? String(next.back.dropFirst()) : nil
            }
        } else if half != nil, word.core.contains(".") {
            back = word.back.hasPrefix(".") ? String(word.back.dropFirst()) : nil
        }
        if half == nil, text.hasSuffix("h"), text.contains(":") { text.removeLast() }
        if half != nil, let hour = Int(text), text.count <= 2, (0...24).contains(hour) {
            return Reading(text: numbers.cardinal(hour) + " " + (half ?? ""), taken: taken, back: back)
        }
        guard let clock = WrittenTime(text) else { return nil }
        return Reading(text: clockWords(clock, half: half), taken: taken, back: back)
    }

    private func clockWords(_ time: WrittenTime, half: String?) -> String {
        var spoken = numbers.cardinal(time.hour)
        if time.minute > 0 {
            spoken += (time.minute < 10 ? " oh " : " ") + numbers.cardinal(time.minute)
        } else if half == nil {
            spoken += time.hour > 12 || time.hour == 0 ? " hundred hours" : " o'clock"
        }
        if let second = time.second, second > 0 {
            spoken += " and \(numbers.cardinal(second)) \(second == 1 ? "second" : "seconds")"
        }
        return half.map { spoken + " " + $0 } ?? spoken
    }

    /// `1h30m`, `2:15 h`.
    func duration(_ word: Word, _ next: Word?) -> Reading? {
        let followed = next.flatMap { WrittenDuration(clock: word.core, unit: $0.core) }
        guard let duration = followed ?? WrittenDuration(word: word.core) else { return nil }
        let names = [("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")]
        let parts = duration.parts.map { part in
            let name = names[part.unit.rawValue]
            return numbers.cardinal(part.count) + " " + (part.count == 1 ? name.0 : name.1)
        }
        return Reading(text: parts.joined(separator: " "), taken: followed == nil ? 0 : 1)
    }

    /// `XK-4471`, `v2.3.1`, and digits behind a word such as "code" or "PIN".
    func code(_ core: String, after words: ArraySlice<Word>) -> Reading? {
        if core.first == "v" || core.first == "V", core.dropFirst().first?.isDigit == true,
            let version = numbers.version(core.dropFirst()) ?? numbers.written(core.dropFirst())
        {
            return Reading(text: (words.last?.core.lowercased() == "version" ? "" : "version ") + version)
        }
        if let pieces = WrittenCode.pieces(of: core) {
            let spoken = pieces.map { piece in
                piece.map { $0.isDigit ? numbers.digits([$0]) : String($0) }.joined(separator: " ")
            }
            return Reading(text: spoken.joined(separator: ", "))
        }
        let isNamed = core.count >= 4 && core.allSatisfy(\.isDigit) && names(words)
        return isNamed || WrittenCode.isName(core) ? Reading(text: numbers.digits(core)) : nil
    }

    /// Whether what follows `words` is the name of something: "the code is", "PIN:".
    private func names(_ words: ArraySlice<Word>) -> Bool {
        let fillers: Set<String> = ["is", "number", "no", "code", "id", "was"]
        for word in words.suffix(3).reversed() {
            let small = word.core.lowercased()
            if EnglishWords.named.contains(small) { return true }
            guard fillers.contains(small) else { return false }
        }
        return false
    }

    /// `+1 555-123-4567`, `(555) 123-4567`, `555-123-4567`, `1-800-555-0199`: digit by digit, with a pause after a group.
    func telephone(_ words: ArraySlice<Word>) -> Reading? {
        guard let first = words.first, let number = WrittenTelephone(words) else { return nil }
        let spoken = number.groups.map { numbers.digits($0) }.joined(separator: ", ")
        let front = String(first.front.filter { $0 != "(" })
        let back = words.dropFirst(number.taken).first?.back.filter { $0 != ")" || !first.front.contains("(") }
        return Reading(
            text: (number.isInternational ? "plus " : "") + spoken, taken: number.taken,
            front: first.front.contains("(") && first.back.contains(")") ? front : nil, back: back.map { String($0) })
    }
}
