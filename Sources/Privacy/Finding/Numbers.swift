import ProjectModel

/// Cards, accounts, passports and telephones: runs of digits, told apart by their form and by the words before them.
extension Scan {
    /// - Parameter taken: what is something else already.
    func numbers(_ entities: Set<PIIEntity>, taken: [Range<Int>]) -> [Finding] {
        var findings = entities.contains(.passport) ? passports() : []
        let taken = taken + findings.map(\.range)
        for run in digitRuns() where run.elements.reduce(0, { $0 + $1.digits.utf8.count }) >= 7 {
            var isFree = run.elements.map { element in !taken.contains { $0.overlaps(range(element.words)) } }
            for kind in Self.kinds where entities.contains(kind.entity) {
                for start in run.elements.indices where isFree[start] {
                    guard let window = window(of: run, from: start, as: kind, isFree) else { continue }
                    for index in window { isFree[index] = false }
                    findings.append(finding(kind.entity, run, window))
                }
            }
        }
        return findings
    }

    private struct Kind: Sendable {
        var entity: PIIEntity
        /// How many digits it has.
        var counts: ClosedRange<Int>
        var fits: @Sendable (Scan, DigitRun, Range<Int>, Cue?) -> Bool
    }

    private static let kinds: [Kind] = [
        Kind(entity: .creditCard, counts: 13...19) { _, run, window, cue in
            let digits = run.digits(window)
            return cue == .card || (digits.first.map("23456".contains) ?? false) && isLuhn(digits)
        },
        Kind(entity: .socialSecurity, counts: 9...9) { _, run, window, cue in
            if cue == .socialSecurity { return true }
            let separators = Set(run.separators(window))
            let digits = run.digits(window)
            return run.elements[window].map(\.digits.utf8.count) == [3, 2, 4] && separators.count == 1
                && (separators == ["-"] || separators == [" "]) && !digits.hasPrefix("000") && !digits.hasPrefix("666")
                && !digits.hasPrefix("9")
        },
        Kind(entity: .passport, counts: 8...9) { _, _, _, cue in cue == .passport },
        Kind(entity: .bankNumber, counts: 8...17) { _, _, _, cue in cue == .bank || cue == .iban },
        Kind(entity: .phoneNumber, counts: 7...15) { scan, run, window, cue in scan.isPhone(run, window, cue) },
    ]

    /// The longest part of a run from that number on that is of that kind.
    private func window(of run: DigitRun, from start: Int, as kind: Kind, _ isFree: [Bool]) -> Range<Int>? {
        let cue = cue(before: run.elements[start].words.lowerBound, among: Cue.numbers)
        var count = 0
        var ends: [Int] = []
        for end in start..<min(start + DigitRun.longestWindow, run.elements.count) where isFree[end] {
            if end > start, !isFree[end - 1] { break }
            count += run.elements[end].digits.utf8.count
            if count > kind.counts.upperBound { break }
            if count >= kind.counts.lowerBound { ends.append(end + 1) }
        }
        return ends.reversed().lazy.map { start..<$0 }.first { kind.fits(self, run, $0, cue) }
    }

    private func finding(_ entity: PIIEntity, _ run: DigitRun, _ window: Range<Int>) -> Finding {
        let words = run.words(window)
        var range = range(words)
        var plus = ""
        if entity == .phoneNumber {
            if before(range.lowerBound) == "(" { range = range.lowerBound - 1..<range.upperBound }
            if before(range.lowerBound) == "+" {
                range = range.lowerBound - 1..<range.upperBound
                plus = "+"
            } else if word(words.lowerBound - 1) == "plus" {
                range = self.words[words.lowerBound - 1].range.lowerBound..<range.upperBound
                plus = "+"
            }
        }
        let digits = run.digits(window)
        return Finding(range: range, entity: entity, key: digits, written: run.isSpoken(window) ? plus + digits : nil)
    }

    private func isPhone(_ run: DigitRun, _ window: Range<Int>, _ cue: Cue?) -> Bool {
        let elements = run.elements[window]
        let separators = run.separators(window)
        let start = range(run.words(window)).lowerBound
        let sign = before(start)
        let currency = sign == " " ? before(start - 1) : sign
        if currency.map("$€£¥".unicodeScalars.contains) == true { return false }
        // Commas stand within a number only where it was said, or where nothing else stands between short groups.
        let lengths = elements.map(\.digits.utf8.count)
        if !run.isSpoken(window), separators.contains(", "),
            !separators.allSatisfy({ $0 == ", " }) || lengths.contains(where: { $0 > 4 })
        {
            return false
        }
        if cue == .phone || sign == "+" || word(run.words(window).lowerBound - 1) == "plus" { return true }
        if lengths.count == 1 { return (10...11).contains(lengths[0]) }
        // `3.14159265` and `12/05/1984` are no telephones, and nor is `1984-2025`.
        if separators == ["."] || isDate(elements.map(\.digits)) { return false }
        if elements.allSatisfy({ $0.digits.utf8.count == 4 && ($0.digits.hasPrefix("19") || $0.digits.hasPrefix("20")) }
        ) {
            return false
        }
        return run.isSpoken(window) || lengths.allSatisfy { $0 <= 8 }
    }

    private func isDate(_ parts: [String]) -> Bool {
        parts.count == 3 && Calendar.date(parts[0], parts[1], parts[2]) != nil
    }

    /// `X12345678`, or a letter and eight digits that were said, behind the word.
    private func passports() -> [Finding] {
        words.indices.compactMap { index in
            let text = words[index].text
            let letters = text.prefix { $0.isLetter }
            let digits = text.dropFirst(letters.count)
            guard (1...2).contains(letters.count), (6...8).contains(digits.utf8.count), digits.allSatisfy(\.isNumber),
                cue(before: index, among: Cue.numbers) == .passport
            else { return nil }
            return Finding(range: words[index].range, entity: .passport, key: text, written: nil)
        }
    }

    /// Whether the last digit is the check digit of the others.
    static func isLuhn(_ digits: String) -> Bool {
        var sum = 0
        for (index, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte) - 0x30
            sum += index % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2
        }
        return sum % 10 == 0
    }
}
