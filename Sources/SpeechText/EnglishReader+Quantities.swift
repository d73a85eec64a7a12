/// Numbers and what they count.
extension EnglishReader {
    /// `$3.5 million`, `US$20`, `€12.50`, `-£5k`, `50 EUR`, `USD 50`.
    func money(_ core: String, _ next: Word?) -> Reading? {
        var text = core[...]
        let isNegative = text.first == "-" || text.first == "−"
        if isNegative { text.removeFirst() }
        if let sign = text.firstIndex(where: { EnglishWords.currencies[String($0)] != nil }),
            let country = EnglishWords.countries[text[..<sign].uppercased()],
            text[text.index(after: sign)...].first?.isDigit == true
        {
            let amount = text[text.index(after: sign)...]
            if let range = moneyRange(amount, String(text[sign])) { return range }
            return amountReading(amount, currency: String(text[sign]), country: country, isNegative, next)
        }
        if let last = text.last, EnglishWords.currencies[String(last)] != nil, text.first?.isDigit == true {
            return amountReading(text.dropLast(), currency: String(last), country: "", isNegative, nil)
        }
        if EnglishWords.currencies[core] != nil, core.count == 3, let next, next.core.first?.isDigit == true {
            guard var reading = amountReading(next.core[...], currency: core, country: "", false, nil) else {
                return nil
            }
            reading.taken = 1
            return reading
        }
        if let next, EnglishWords.currencies[next.core] != nil, text.first?.isDigit == true {
            guard var reading = amountReading(text, currency: next.core, country: "", isNegative, nil) else {
                return nil
            }
            reading.taken = 1
            return reading
        }
        return nil
    }

    private func moneyRange(_ amount: Substring, _ currency: String) -> Reading? {
        let ends = amount.split { $0 == "-" || $0 == "–" }
        guard ends.count == 2, let low = numbers.written(ends[0]),
            let high = amountReading(
                ends[1].drop { $0 == Character(currency) }, currency: currency, country: "", false, nil)
        else { return nil }
        return Reading(text: low + " to " + high.text)
    }

    private func amountReading(
        _ amount: Substring, currency: String, country: String, _ isNegative: Bool, _ next: Word?
    ) -> Reading? {
        guard let names = EnglishWords.currencies[currency] else { return nil }
        let digits = amount.prefix { $0.isDigit || $0 == "." || $0 == "," }
        let suffix = String(amount.dropFirst(digits.count))
        let minus = isNegative ? "minus " : ""
        guard let written = numbers.written(digits) else { return nil }
        if let magnitude = EnglishWords.magnitudes[suffix] {
            return Reading(text: "\(minus)\(written) \(magnitude) \(country)\(names.many)")
        }
        guard suffix.isEmpty else { return nil }
        if let next, let magnitude = EnglishWords.magnitudes[next.core] {
            return Reading(text: "\(minus)\(written) \(magnitude) \(country)\(names.many)", taken: 1)
        }
        let parts = digits.split(separator: ".")
        if parts.count == 2, parts[1].count == 2, !names.cent.isEmpty, let cents = Int(parts[1]),
            let whole = numbers.written(parts[0])
        {
            let main = "\(minus)\(whole) \(country)\(parts[0] == "1" ? names.one : names.many)"
            let rest = "\(numbers.cardinal(cents)) \(cents == 1 ? names.cent : names.cents)"
            if cents == 0 { return Reading(text: main) }
            return Reading(text: parts[0] == "0" ? minus + rest : main + " and " + rest)
        }
        return Reading(text: "\(minus)\(written) \(country)\(digits == "1" ? names.one : names.many)")
    }

    /// `5 km`, `20°C`, `3.5%`, `21st`, `1990s`, `5-10`, `1/2`, `-4`, `#5`, `1,234`, `2024`.
    func quantity(_ core: String, previous: String, _ next: Word?) -> Reading? {
        var text = core[...]
        var sign = ""
        if text.first == "#", let number = numbers.written(text.dropFirst()) {
            return Reading(text: "number " + number)
        }
        if text.first == "~" || text.first == "≈" {
            sign = "about "
            text.removeFirst()
        } else if text.first == "-" || text.first == "−" {
            sign = "minus "
            text.removeFirst()
        } else if text.first == "+" {
            sign = "plus "
            text.removeFirst()
        }
        guard text.first?.isDigit == true || (text.first == "." && text.dropFirst().first?.isDigit == true) else {
            return decade(core)
        }
        if let range = range(text, sign: sign, next) { return range }
        if let fraction = fraction(text) { return Reading(text: sign + fraction) }
        if let decade = decade(String(text)) { return decade }
        let digits = text.prefix { $0.isDigit || $0 == "." || $0 == "," }
        let suffix = String(text.dropFirst(digits.count))
        if ["st", "nd", "rd", "th"].contains(suffix.lowercased()), let number = Int(digits), number < 1_000_000_000 {
            return Reading(text: sign + numbers.ordinal(number))
        }
        guard let written = numbers.written(digits) else { return nil }
        let isOne = digits == "1"
        if let unit = Self.unit(suffix) {
            return Reading(text: "\(sign)\(written) \(isOne ? unit.one : unit.many)")
        }
        if let magnitude = EnglishWords.magnitudes[suffix] { return Reading(text: "\(sign)\(written) \(magnitude)") }
        guard suffix.isEmpty else { return nil }
        if let next, next.core != "x", let unit = Self.unit(next.core) {
            return Reading(text: "\(sign)\(written) \(isOne ? unit.one : unit.many)", taken: 1)
        }
        if EnglishWords.versioned.contains(previous.lowercased()), let version = numbers.version(digits) {
            return Reading(text: sign + version)
        }
        if sign.isEmpty, let year = year(digits, previous: previous, next) { return Reading(text: year) }
        return Reading(text: sign + written)
    }

    /// The names of a unit by its sign, singular and plural: `km`, and put together `MB/s`.
    static func unit(_ sign: String) -> (one: String, many: String)? {
        if let unit = EnglishWords.units[sign] { return (unit.0, unit.1) }
        let parts = sign.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let counted = EnglishWords.units[String(parts[0])], let per = per(parts[1]) else {
            return nil
        }
        return ("\(counted.0) per \(per)", "\(counted.1) per \(per)")
    }

    /// What something is per: `month` of `$5/mo`, `hour` of `5 l/h`.
    static func per(_ word: some StringProtocol) -> String? {
        if let name = EnglishWords.rates[word.lowercased()] { return name }
        if let unit = EnglishWords.units[String(word)], word.contains(where: \.isLetter) { return unit.0 }
        return word.count > 2 && word.allSatisfy(\.isLetter) ? String(word) : nil
    }

    /// `$9.99/month`, `€20/user/month`, `3x/week`.
    func rate(_ core: String, previous: String) -> Reading? {
        guard let slash = core.firstIndex(of: "/") else { return nil }
        let (counted, rest) = (String(core[..<slash]), core[core.index(after: slash)...])
        let names = rest.split(separator: "/", omittingEmptySubsequences: false).map { Self.per($0) }
        guard !names.contains(nil),
            let reading = money(counted, nil) ?? span(counted, nil) ?? quantity(counted, previous: previous, nil)
        else { return nil }
        return Reading(text: ([reading.text] + names.compactMap { $0 }).joined(separator: " per "))
    }

    /// From one thing to another where the two are more than numbers: `9:00–17:00`, `€5–€10`, `20°C–25°C`, `9–5pm`,
    /// `Mon–Fri`.
    func span(_ core: String, _ next: Word?) -> Reading? {
        let ends = core.split(omittingEmptySubsequences: false) { $0 == "–" || $0 == "-" }.map(String.init)
        guard ends.count == 2, !ends[0].isEmpty, !ends[1].isEmpty else { return nil }
        if let from = EnglishWords.shortNames[ends[0].lowercased()],
            let to = EnglishWords.shortNames[ends[1].lowercased()]
        {
            return Reading(text: from + " to " + to)
        }
        let isMore = { (end: String) in end.contains { !($0.isDigit || ".,%".contains($0)) } }
        guard isMore(ends[0]) || isMore(ends[1]), let first = single(ends[0], nil), let second = single(ends[1], next)
        else { return nil }
        return Reading(text: first.text + " to " + second.text, taken: second.taken, back: second.back)
    }

    private func single(_ core: String, _ next: Word?) -> Reading? {
        guard core.contains(where: \.isDigit) else { return nil }
        var word = Word(Array(core))
        word.back = ""
        return time(word, next) ?? money(core, next) ?? quantity(core, previous: "in", next)
    }

    /// Four digits that are a year by their size and their neighbours.
    private func year(_ digits: Substring, previous: String, _ next: Word?) -> String? {
        guard digits.count == 4, let year = Int(digits) else { return nil }
        let isNamed =
            EnglishWords.beforeYear.contains(previous.lowercased())
            || EnglishWords.months.contains(previous.lowercased())
        let standsAlone = next?.core.first.map { !$0.isLetter } ?? true
        switch year {
        case 1950..<2050: return numbers.year(year)
        case 1900..<2100: return isNamed || standsAlone ? numbers.year(year) : nil
        case 1100..<1900: return isNamed && standsAlone ? numbers.year(year) : nil
        default: return nil
        }
    }

    private func decade(_ text: String) -> Reading? {
        let digits = text.drop { $0 == "'" || $0 == "’" || $0 == "‘" }
        guard digits.last == "s", let year = Int(digits.dropLast()), year % 10 == 0 else { return nil }
        let count = digits.count - 1
        if count == 4, (1100..<2100).contains(year) { return Reading(text: numbers.decade(year)) }
        if count == 2, year >= 20 { return Reading(text: numbers.cardinal(year).dropLast() + "ies") }
        return nil
    }

    private func range(_ text: Substring, sign: String, _ next: Word?) -> Reading? {
        let ends = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" }
        guard ends.count == 2, let low = ends.first, let high = ends.last, high.first?.isDigit == true else {
            return nil
        }
        guard low.allSatisfy({ $0.isDigit || $0 == "." || $0 == "," || $0 == "%" }) else { return nil }
        guard
            let first = quantity(String(low.filter { $0 != "%" }), previous: "in", nil),
            let second = quantity(String(high), previous: "in", next)
        else { return nil }
        return Reading(text: sign + first.text + " to " + second.text, taken: second.taken)
    }

    private func fraction(_ text: Substring) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let top = Int(parts[0]), let bottom = Int(parts[1]), parts[0].count <= 3,
            parts[1].count <= 3
        else { return nil }
        if top == 0 || bottom < 2 || top > 20 || bottom > 20 {
            return numbers.cardinal(top) + " over " + numbers.cardinal(bottom)
        }
        switch bottom {
        case 2: return numbers.cardinal(top) + (top == 1 ? " half" : " halves")
        case 4: return numbers.cardinal(top) + (top == 1 ? " quarter" : " quarters")
        default: return numbers.cardinal(top) + " " + numbers.ordinal(bottom) + (top == 1 ? "" : "s")
        }
    }
}
