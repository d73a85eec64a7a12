/// How numbers and dates are said on the two sides of the Atlantic.
enum EnglishCustoms: Equatable, Sendable {
    /// "one hundred five", month before day.
    case american
    /// "one hundred and five", day before month.
    case british
}

/// Numbers in English words.
struct EnglishNumbers: Sendable {
    let customs: EnglishCustoms

    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let powers = ["", " thousand", " million", " billion", " trillion"]

    /// `1234` → "one thousand two hundred thirty-four". Below a quadrillion.
    func cardinal(_ number: Int) -> String {
        if number < 0 { return "minus " + cardinal(-number) }
        if number < 20 { return Self.small[number] }
        if number < 100 {
            return Self.tens[number / 10] + (number % 10 == 0 ? "" : "-" + Self.small[number % 10])
        }
        let and = customs == .british ? " and " : " "
        if number < 1000 {
            return Self.small[number / 100] + " hundred" + (number % 100 == 0 ? "" : and + cardinal(number % 100))
        }
        var power = 0
        var unit = 1
        while power + 1 < Self.powers.count, number / unit >= 1000 {
            power += 1
            unit *= 1000
        }
        let rest = number % unit
        let head = cardinal(number / unit) + Self.powers[power]
        return rest == 0 ? head : head + (rest < 100 ? and : " ") + cardinal(rest)
    }

    /// `21` → "twenty-first".
    func ordinal(_ number: Int) -> String {
        let words = cardinal(number)
        let start = words.lastIndex { $0 == " " || $0 == "-" }.map { words.index(after: $0) } ?? words.startIndex
        let last = String(words[start...])
        let irregular = [
            "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
            "twelve": "twelfth",
        ]
        let spoken = irregular[last] ?? (last.hasSuffix("y") ? last.dropLast() + "ieth" : last + "th")
        return words[..<start] + spoken
    }

    /// `1905` → "nineteen oh five", `2024` → "twenty twenty-four". 1000…2999.
    func year(_ year: Int) -> String {
        let (century, rest) = year.quotientAndRemainder(dividingBy: 100)
        if year % 1000 < 10 { return cardinal(year) }
        if rest == 0 { return cardinal(century) + " hundred" }
        return cardinal(century) + (rest < 10 ? " oh " : " ") + cardinal(rest)
    }

    /// `1990` → "nineteen nineties".
    func decade(_ year: Int) -> String {
        let words = self.year(year)
        return words.hasSuffix("y") ? words.dropLast() + "ies" : words + "s"
    }

    /// Digit by digit: "zero zero seven".
    func digits(_ digits: some Sequence<Character>) -> String {
        digits.compactMap { $0.wholeNumberValue.map { Self.small[$0 % 10] } }.joined(separator: " ")
    }

    /// Numbers between points, each as a number: `3.12` → "three point twelve". nil when `text` is none of them.
    func version(_ text: some StringProtocol) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0.count < 7 && $0.allSatisfy(\.isDigit) }) else {
            return nil
        }
        return parts.map { wholeNumber($0) ?? digits($0) }.joined(separator: " point ")
    }

    /// A written number without sign: `1,234.50`, `007`, `3.14`, `1.2.3`.
    func written(_ text: some StringProtocol) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, let head = wholeNumber(whole) ?? (whole.isEmpty && parts.count == 2 ? "" : nil)
        else { return nil }
        guard parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }) else { return nil }
        switch parts.count {
        case 1: return head
        case 2: return (head.isEmpty ? "" : head + " ") + "point " + digits(parts[1])
        default:
            return parts.map { wholeNumber($0) ?? digits($0) }.joined(separator: " point ")
        }
    }

    private func wholeNumber(_ text: some StringProtocol) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard !text.isEmpty, groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }) else { return nil }
        if groups.count > 1, !groups.dropFirst().allSatisfy({ $0.count == 3 }) {
            return groups.map { wholeNumber($0) ?? digits($0) }.joined(separator: ", ")
        }
        let plain = groups.joined()
        if plain.count > 15 || (plain.count > 1 && plain.first == "0") { return digits(plain) }
        return Int(plain).map(cardinal)
    }
}

extension Character {
    /// One of the ten ASCII digits.
    var isDigit: Bool { ("0"..."9").contains(self) }
}
