/// Money, and bare numbers.
extension LocalReader {
    // MARK: Money

    static let currencies: [String: String] = [
        "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "￥": "JPY", "₩": "KRW", "₹": "INR", "₽": "RUB", "₺": "TRY",
        "₴": "UAH", "zł": "PLN", "Kč": "CZK", "EUR": "EUR", "USD": "USD", "GBP": "GBP", "CHF": "CHF", "JPY": "JPY",
        "CNY": "CNY", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "PLN": "PLN", "US$": "USD", "R$": "BRL",
    ]

    func money(_ core: String, _ next: Word?) -> Reading? {
        if currency(core) != nil, let next, next.core.first?.isDigit == true,
            let reading = amount(core + next.core, nil)
        {
            return Reading(text: reading.text, taken: 1)
        }
        let head = core.prefix { !$0.isDigit && $0 != "-" && $0 != "−" }
        if !head.isEmpty, let code = currency(String(head)) {
            return canonical(core.dropFirst(head.count)).flatMap { said($0, code) }.map { Reading(text: $0) }
        }
        let number = core.prefix { $0.isDigit || ".,-−".contains($0) || $0 == separators.grouping }
        let tail = core.dropFirst(number.count)
        guard let value = canonical(number) else { return nil }
        if let code = currency(String(tail)) { return said(value, code).map { Reading(text: $0) } }
        if tail.isEmpty, let next, let code = currency(next.core) {
            return said(value, code).map { Reading(text: $0, taken: 1) }
        }
        return nil
    }

    func currency(_ sign: String) -> String? {
        // The sign of the yen is the yuan's too.
        if primary == "zh", sign == "¥" || sign == "￥" { return "CNY" }
        return Self.currencies[sign]
    }

    func said(_ amount: String, _ code: String) -> String? {
        let parts = amount.split(separator: ".")
        let hasCents = parts.count == 2 && parts[1].count == 2
        if hasCents, parts[1] == "00" { return said(String(parts[0]), code) }
        if hasCents, let joint = words.cents, let whole = said(String(parts[0]), code), let cents = Int(parts[1]),
            let rest = forms.number(String(cents), in: language)
        {
            return whole + joint + rest
        }
        guard let written = forms.money(amount, currency: code, in: language),
            let number = amount == "1"
                ? words.one?.masculine ?? forms.number("1", in: language)
                : forms.number(amount, in: language)
        else { return nil }
        return Self.replacingNumber(in: written, with: number)?.filter { !$0.isCurrencySymbol }
    }

    // MARK: Numbers

    /// A number with letters of another script at it, as in Korean and Arabic, or an ending behind an apostrophe, as in
    /// Turkish: `14:30에`, `3,000원`, `و21`, `14:30'da`.
    func attached(_ core: String) -> Reading? {
        let head = core.prefix { $0.isLetter && !$0.isASCII }
        let figures = core.dropFirst(head.count).prefix(while: Self.isFigure)
        let tail = core.dropFirst(head.count + figures.count)
        let isEnding = tail.first.map { $0 == "'" || $0 == "’" || ($0.isLetter && $0.utf8.count > 2) } ?? !head.isEmpty
        guard isEnding, let first = figures.first, first.isDigit || "%$€£".contains(first) else { return nil }
        let word = String(figures)
        let said = time(word, nil)?.text ?? amount(word, nil)?.text ?? plain(word, isFollowed: false)
        return said.map { Reading(text: head + $0 + tail) }
    }

    /// A bare number; nil when it is left to the voice.
    func plain(_ core: String, isFollowed: Bool) -> String? {
        guard let value = canonical(core[...]) else {
            // A point where the language has a comma: a version, a chapter.
            let parts = core.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, !words.point.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) })
            else { return nil }
            let spoken = parts.compactMap { forms.number(String($0), in: language) }
            return spoken.count == 2 ? spoken.joined(separator: " \(words.point) ") : nil
        }
        if value == "1", isFollowed { return nil }
        if core.count == 4, core.allSatisfy(\.isDigit), let year = Int(core), (1100..<2100).contains(year) {
            switch words.year {
            case .asWritten: return nil
            case .inHundreds(let word) where year < 2000:
                let (century, rest) = (forms.number(String(year / 100), in: language), year % 100)
                let tail = rest == 0 ? "" : forms.number(String(rest), in: language) ?? ""
                return century.map { $0 + word + tail }
            case .inHundreds, .asNumber: break
            }
        }
        return forms.number(value, in: language)
    }

    /// The number in ASCII: `-1.234,5` → `-1234.5`. nil for anything else, for one with leading zeros, and for more than 15
    /// digits.
    func canonical(_ text: Substring) -> String? {
        var rest = text
        var sign = ""
        if rest.first == "-" || rest.first == "−" {
            sign = "-"
            rest.removeFirst()
        }
        let halves = rest.split(separator: separators.decimal, omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), let head = halves.first else { return nil }
        var groups = head.split(separator: separators.grouping, omittingEmptySubsequences: false)
        if groups.count == 1 { groups = head.split(separator: "'", omittingEmptySubsequences: false) }
        let areGroups = groups.dropFirst().allSatisfy { $0.count == 3 } && (groups.count == 1 || groups[0].count <= 3)
        let whole = groups.joined()
        let fraction = halves.count == 2 ? String(halves[1]) : nil
        guard areGroups, !whole.isEmpty, whole.count <= 15, whole.allSatisfy(\.isDigit),
            whole.count == 1 || whole.first != "0",
            fraction.map({ (1...6).contains($0.count) && $0.allSatisfy(\.isDigit) }) ?? true
        else { return nil }
        return sign + whole + (fraction.map { "." + $0 } ?? "")
    }

    func digits(_ digits: some Sequence<Character>) -> String? {
        let spoken = digits.map { forms.number(String($0), in: language) }
        return spoken.contains(nil) ? nil : spoken.compactMap { $0 }.joined(separator: " ")
    }

    func per(_ name: String) -> String? {
        if let unit = WrittenDuration.units[name.lowercased()], let one = forms.time(1, unit, in: language) {
            return (Self.replacingNumber(in: one, with: "") ?? one).filter { $0 != "\u{A0}" }.trimmed
        }
        if let unit = LocalWords.unit(name, in: primary) { return unit.one }
        return name.allSatisfy(\.isLetter) && (name.count > 1 || !name.utf8.allSatisfy { $0 < 0x80 }) ? name : nil
    }

    func span(_ from: String, _ to: String) -> String {
        words.to.isEmpty ? "\(from), \(to)" : glued(glued(from, words.to), to)
    }

    /// Two words as the language writes them: with a space between, or without.
    func glued(_ first: String, _ second: String) -> String {
        Self.unspaced.contains(primary) ? first + second : first + " " + second
    }

    /// `written` with `number` in the place of its figures.
    static func replacingNumber(in written: String, with number: String) -> String? {
        let isFigure = { (character: Character) in character.isNumber }
        guard let first = written.firstIndex(where: isFigure), let last = written.lastIndex(where: isFigure) else {
            return nil
        }
        return written[..<first] + number + written[written.index(after: last)...]
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
