/// Dates, times of day and telephone numbers.
extension EnglishReader {
    /// `2024-03-15`, `3/15/2024`, `March 15, 2024`, `15 March 2024`.
    func date(_ word: Word, previous: String, _ following: ArraySlice<Word>) -> Reading? {
        if let reading = numericDate(word.core) { return reading }
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
                // The full stop of "p.m." is the sentence's too, only when it is the last: keep other marks.
                back = small.contains(".") && next.back == "." ? "" : nil
            }
        } else if half != nil, word.core.contains(".") {
            back = word.back == "." ? "" : nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count),
            parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isDigit) }),
            parts.count > 1 || half != nil, parts.dropFirst().allSatisfy({ $0.count == 2 })
        else { return nil }
        let values = parts.compactMap { Int($0) }
        guard values[0] < 25, values.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
        var spoken = numbers.cardinal(values[0])
        if values.count > 1 {
            let minutes = values[1]
            if minutes == 0 {
                if half == nil { spoken += values[0] > 12 || values[0] == 0 ? " hundred hours" : " o'clock" }
            } else {
                spoken += minutes < 10 ? " oh " + numbers.cardinal(minutes) : " " + numbers.cardinal(minutes)
            }
        }
        if values.count == 3 { spoken += " and \(numbers.cardinal(values[2])) seconds" }
        if let half { spoken += " " + half }
        return Reading(text: spoken, taken: taken, back: back)
    }

    /// `+1 555-123-4567`, `(555) 123-4567`, `555-123-4567`, `1-800-555-0199`: digit by digit, with a pause after a group.
    func telephone(_ words: ArraySlice<Word>) -> Reading? {
        guard let first = words.first else { return nil }
        var groups = Self.groups(first.core)
        var taken = 0
        if first.core.hasPrefix("+") || (first.front == "(" && first.back == ")" && groups.map(\.count) == [3]) {
            for word in words.dropFirst() {
                let more = Self.groups(word.core)
                guard !more.isEmpty, groups.joined().count + more.joined().count <= 15 else { break }
                groups += more
                taken += 1
                if !word.back.isEmpty && word.back != ")" { break }
            }
            guard (7...15).contains(groups.joined().count), groups.count > 1 else { return nil }
        } else {
            let lengths = groups.map(\.count)
            guard [[3, 3, 4], [1, 3, 3, 4], [3, 4]].contains(lengths), first.core.contains("-") || lengths.count > 2
            else {
                return nil
            }
        }
        let plus = first.core.hasPrefix("+") ? "plus " : ""
        return Reading(text: plus + groups.map { numbers.digits($0) }.joined(separator: ", "), taken: taken)
    }

    /// The runs of digits of a word that holds only digits and the marks of telephone numbers.
    private static func groups(_ text: String) -> [Substring] {
        guard text.allSatisfy({ $0.isDigit || "+-.()".contains($0) }) else { return [] }
        return text.split { !$0.isDigit }
    }
}
