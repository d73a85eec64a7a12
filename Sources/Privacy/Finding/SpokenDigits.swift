/// Digits as recognizers write them: `555`, `five five five`, `double five`, `forty two`, `null eins`.
extension Scan {
    /// A number word and what it is in digits.
    struct Number {
        var digits: String
        /// How many words it takes.
        var count: Int
        var isSpoken: Bool
    }

    /// The number that begins at a word.
    /// - Parameter isInside: whether digits stand before it: then the letter O is one.
    func number(at index: Int, isInside: Bool = false) -> Number? {
        guard words.indices.contains(index) else { return nil }
        if let digits = words[index].digits { return Number(digits: digits, count: 1, isSpoken: false) }
        let text = words[index].text
        if let times = ["double": 2, "triple": 3, "doppel": 2][text] {
            guard let next = number(at: index + 1, isInside: isInside), next.digits.utf8.count == 1 else { return nil }
            return Number(digits: String(repeating: next.digits, count: times), count: next.count + 1, isSpoken: true)
        }
        if let unit = Self.units[text] {
            if word(index + 1) == "hundred" { return Number(digits: unit + "00", count: 2, isSpoken: true) }
            return Number(digits: unit, count: 1, isSpoken: true)
        }
        if isInside, text == "o" || text == "oh" { return Number(digits: "0", count: 1, isSpoken: true) }
        if let teen = Self.teens[text] { return Number(digits: teen, count: 1, isSpoken: true) }
        guard let ten = Self.tens[text] else { return nil }
        if let unit = Self.units[word(index + 1)], unit != "0", [" ", "-"].contains(gap(index + 1)) {
            return Number(digits: ten + unit, count: 2, isSpoken: true)
        }
        return Number(digits: ten + "0", count: 1, isSpoken: true)
    }

    private static let units: [String: String] = table(
        [
            "zero one two three four five six seven eight nine", "null eins zwei drei vier fünf sechs sieben acht neun",
            "zéro un deux trois quatre cinq six sept huit neuf", "cero uno dos tres cuatro cinco seis siete ocho nueve",
            "zero uno due tre quattro cinque sei sette otto nove",
        ], from: 0, adding: ["zwo": "2"])

    private static let teens: [String: String] = table(
        [
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
            "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
        ], from: 10)

    private static let tens: [String: String] = table(
        ["twenty thirty forty fifty sixty seventy eighty ninety"], from: 2)

    private static func table(_ lists: [String], from first: Int, adding more: [String: String] = [:])
        -> [String: String]
    {
        var table = more
        for list in lists {
            for (index, word) in list.split(separator: " ").enumerated() { table[String(word)] = String(first + index) }
        }
        return table
    }
}

/// Numbers that stand side by side, with nothing between that ends them.
struct DigitRun {
    /// One of them.
    struct Element {
        /// Its words.
        var words: Range<Int>
        var digits: String
        var isSpoken: Bool
        /// What stands between it and the one before: `-`, ` `, `.`, or the word `dash`.
        var separator: String
    }

    /// A part of a run is looked at up to this many numbers: the longest detail has 19 digits.
    static let longestWindow = 20

    var elements: [Element]

    func digits(_ window: Range<Int>) -> String { elements[window].map(\.digits).joined() }

    func words(_ window: Range<Int>) -> Range<Int> {
        elements[window.lowerBound].words.lowerBound..<elements[window.upperBound - 1].words.upperBound
    }

    /// What stands between the numbers of a part.
    func separators(_ window: Range<Int>) -> [String] { elements[window].dropFirst().map(\.separator) }

    /// Whether a part was said digit by digit, or at least in words.
    func isSpoken(_ window: Range<Int>) -> Bool {
        elements[window].contains(where: \.isSpoken) || elements[window].allSatisfy { $0.digits.utf8.count == 1 }
    }
}

extension Scan {
    /// All runs of numbers, from left to right.
    func digitRuns() -> [DigitRun] {
        var runs: [DigitRun] = []
        var index = 0
        while index < words.count {
            guard let first = number(at: index) else {
                index += 1
                continue
            }
            var run = DigitRun(elements: [])
            add(first, at: index, "", to: &run)
            index += first.count
            while let (separator, start) = joint(at: index), let next = number(at: start, isInside: true) {
                add(next, at: start, separator, to: &run)
                index = start + next.count
            }
            runs.append(run)
        }
        return runs
    }

    private func add(_ number: Number, at index: Int, _ separator: String, to run: inout DigitRun) {
        run.elements.append(
            .init(
                words: index..<index + number.count, digits: number.digits, isSpoken: number.isSpoken,
                separator: separator))
    }

    /// What joins the number before the word `index` to the next one, and where that begins.
    private func joint(at index: Int) -> (separator: String, start: Int)? {
        guard words.indices.contains(index) else { return nil }
        let gap = gap(index)
        if ["dash", "hyphen", "minus", "bindestrich"].contains(word(index)), gap == " ", self.gap(index + 1) == " " {
            return ("-", index + 1)
        }
        let isJoint = gap.unicodeScalars.allSatisfy {
            " -.()/\u{2011}\u{2013}\u{A0}\u{202F}".unicodeScalars.contains($0)
        }
        guard gap == ", " || isJoint && gap.unicodeScalars.count <= 3 && gap != ". " else { return nil }
        return (gap, index)
    }
}
