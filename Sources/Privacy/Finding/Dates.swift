import ProjectModel

/// Dates of birth. Other dates are left alone: an agent that did not see them could book nothing.
///
/// A date is one of birth when a word before it says so, or when its year lies between `Calendar.births`.
extension Scan {
    func dates() -> [Finding] {
        var findings: [Finding] = []
        for index in words.indices {
            guard let (date, window) = numeric(at: index) ?? named(at: index),
                !findings.contains(where: { $0.range.overlaps(range(window)) })
            else { continue }
            let isBirth = cue(before: window.lowerBound, among: Cue.numbers) == .birth
            guard isBirth || date.year.map(Calendar.births.contains) == true else { continue }
            findings.append(
                Finding(range: range(window), entity: .date, key: date.key, written: nil))
        }
        return findings
    }

    /// `12.05.1984`, `5/12/84`, `1984-05-12`.
    private func numeric(at index: Int) -> (Calendar.Date, Range<Int>)? {
        guard index + 2 < words.count, gap(index + 1) == gap(index + 2), ["-", "/", ".", " "].contains(gap(index + 1)),
            let first = words[index].digits, let second = words[index + 1].digits, let third = words[index + 2].digits,
            let date = Calendar.date(first, second, third)
        else { return nil }
        return (date, index..<index + 3)
    }

    /// `12 May 1984`, `May 12th, 1984`, `the twelfth of May nineteen eighty four`.
    private func named(at month: Int) -> (Calendar.Date, Range<Int>)? {
        guard let number = Calendar.months[words[month].text] else { return nil }
        var (start, end, day) = (month, month + 1, Int?.none)
        var left = month - 1
        if ["of", "de"].contains(word(left)) { left -= 1 }
        if left >= 0, let (value, first) = self.day(endingAt: left) {
            (day, start) = (value, first)
        } else {
            var right = end
            if word(right) == "the" { right += 1 }
            if let (value, next) = self.day(at: right) { (day, end) = (value, next) }
        }
        var next = end
        if word(next) == "de" || word(next) == "of" { next += 1 }
        let year = [" ", ", ", ". "].contains(gap(end)) ? self.year(at: next) : nil
        if let year { end = year.end }
        guard day != nil else { return nil }
        return (Calendar.Date(year: year?.year, month: number, day: day), start..<end)
    }

    private func day(at index: Int) -> (day: Int, end: Int)? {
        guard words.indices.contains(index), [" ", ". "].contains(gap(index)) else { return nil }
        let text = words[index].text
        if let day = Int(text.prefix { $0.isNumber }), (1...31).contains(day),
            ["", "st", "nd", "rd", "th"].contains(String(text.drop { $0.isNumber }))
        {
            return (day, index + 1)
        }
        if let ten = ["twenty": 20, "thirty": 30][text], let unit = Calendar.ordinals[word(index + 1)], unit < 10 {
            return (ten + unit, index + 2)
        }
        if let day = Calendar.ordinals[text] { return (day, index + 1) }
        guard let number = number(at: index), number.isSpoken, let day = Int(number.digits), (1...31).contains(day)
        else { return nil }
        return (day, index + number.count)
    }

    private func day(endingAt index: Int) -> (day: Int, start: Int)? {
        if index > 0, let (day, end) = day(at: index - 1), end == index + 1 { return (day, index - 1) }
        let text = word(index)
        // The first word of a text has no space before it.
        if index == 0, let day = Int(text.prefix { $0.isNumber }), (1...31).contains(day) { return (day, 0) }
        if index == 0, let day = Calendar.ordinals[text] { return (day, 0) }
        guard let (day, end) = day(at: index), end == index + 1 else { return nil }
        return (day, index)
    }

    private func year(at index: Int) -> (year: Int, end: Int)? {
        guard let first = number(at: index) else { return nil }
        if first.digits.utf8.count == 4 { return Int(first.digits).map { ($0, index + first.count) } }
        let next = index + first.count
        if first.digits == "2", word(next) == "thousand" {
            let rest = word(next + 1) == "and" ? next + 2 : next + 1
            guard let last = number(at: rest), let value = Int(last.digits), value < 100 else {
                return (2000, next + 1)
            }
            return (2000 + value, rest + last.count)
        }
        guard first.isSpoken, ["19", "20"].contains(first.digits), let second = number(at: next),
            second.digits.utf8.count <= 2, let century = Int(first.digits), var value = Int(second.digits)
        else { return nil }
        var end = next + second.count
        if second.digits == "0", let last = number(at: end), let unit = Int(last.digits), unit < 10 {
            (value, end) = (unit, end + last.count)
        }
        return (century * 100 + value, end)
    }
}

/// What is to be known of dates.
enum Calendar {
    struct Date {
        var year: Int?
        var month: Int
        var day: Int?

        /// The same for the same date.
        var key: String { [year, month, day].map { $0.map(String.init) ?? "" }.joined(separator: "-") }
    }

    /// Years that nobody books for any more.
    static let births = 1900...2019

    /// A date of three numbers, in any order that there is.
    static func date(_ first: String, _ second: String, _ third: String) -> Date? {
        guard let a = Int(first), let b = Int(second), let c = Int(third), b > 0 else { return nil }
        if first.utf8.count == 4, (1000...2999).contains(a), b <= 12, (1...31).contains(c) {
            return Date(year: a, month: b, day: c)
        }
        guard [first, second].allSatisfy({ $0.utf8.count <= 2 }), (1...31).contains(a), b <= 31, min(a, b) <= 12,
            third.utf8.count == 4 && (1000...2999).contains(c)
        else { return nil }
        return Date(year: c, month: b, day: a)
    }

    static let months: [String: Int] = {
        let lists = [
            "january february march april may june july august september october november december",
            "jan feb mar apr mai jun jul aug sep oct nov dec",
            "januar februar märz april mai juni juli august september oktober november dezember",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        ]
        var months: [String: Int] = [:]
        for list in lists {
            for (index, name) in list.split(separator: " ").enumerated() { months[String(name)] = index + 1 }
        }
        return months
    }()

    static let ordinals: [String: Int] = {
        let names = """
            first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth \
            fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
            """
        var ordinals: [String: Int] = ["thirtieth": 30]
        for (index, name) in names.split(separator: " ").enumerated() { ordinals[String(name)] = index + 1 }
        return ordinals
    }()
}
