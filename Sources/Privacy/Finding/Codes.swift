import ProjectModel

/// Addresses of machines and pages, and international account numbers: what is known by its form alone.
extension Scan {
    // MARK: - Internet addresses

    func ipAddresses() -> [Finding] {
        var findings = sixes()
        var index = 0
        while index < words.count {
            guard let (groups, end, isSaid) = four(from: index) else {
                index += 1
                continue
            }
            let written = groups.joined(separator: ".")
            findings.append(
                Finding(range: range(index..<end), entity: .ipAddress, key: written, written: isSaid ? written : nil))
            index = end
        }
        return findings
    }

    /// Four numbers of 0…255 with dots between, written or said.
    private func four(from start: Int) -> (groups: [String], end: Int, isSaid: Bool)? {
        var (groups, index, isSaid) = ([String](), start, false)
        if start > 0, gap(start) == ".", words[start - 1].digits != nil { return nil }
        while groups.count < 4 {
            if !groups.isEmpty {
                if gap(index) != "." {
                    guard gap(index) == " ", ["dot", "point", "punkt", "punto"].contains(word(index)) else {
                        return nil
                    }
                    index += 1
                    isSaid = true
                }
            }
            guard let first = number(at: index, isInside: !groups.isEmpty) else { return nil }
            var group = first.digits
            index += first.count
            while first.isSpoken, group.utf8.count < 3, gap(index) == " ", let next = number(at: index, isInside: true)
            {
                group += next.digits
                index += next.count
            }
            guard let value = Int(group), group.utf8.count <= 3, value <= 255 else { return nil }
            groups.append(group)
        }
        return gap(index) == "." && words.indices.contains(index) && words[index].digits != nil
            ? nil : (groups, index, isSaid)
    }

    /// Addresses of version 6.
    private func sixes() -> [Finding] {
        var findings: [Finding] = []
        var index = 0
        func isPart(_ scalar: Unicode.Scalar) -> Bool {
            scalar == ":" || scalar.isASCII && scalar.properties.isHexDigit
        }
        while index < scalars.count {
            guard isPart(scalars[index]), before(index).map({ !Self.isWordly($0) }) ?? true else {
                index += 1
                continue
            }
            let end = scalars[index...].firstIndex { !isPart($0) } ?? scalars.count
            let text = text(index..<end)
            let groups = text.split(separator: ":", omittingEmptySubsequences: false)
            let gaps = text.ranges(of: "::").count
            let isWhole = end == scalars.count || !Self.isWordly(scalars[end])
            let isFull = groups.count == 8 && gaps == 0 && groups.allSatisfy { !$0.isEmpty }
            let isShort = gaps == 1 && (3...9).contains(groups.count) && text.utf8.count > 2
            if isWhole, isFull || isShort, groups.allSatisfy({ $0.utf8.count <= 4 }) {
                findings.append(Finding(range: index..<end, entity: .ipAddress, key: text.lowercased(), written: nil))
            }
            index = end
        }
        return findings
    }

    // MARK: - Account numbers

    /// How long an IBAN is, by country.
    private static let ibanLengths: [String: Int] = [
        "ad": 24, "ae": 23, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20,
        "es": 24, "fi": 18, "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "il": 23, "is": 26, "it": 27,
        "li": 21, "lt": 20, "lu": 20, "lv": 21, "mc": 27, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24,
        "sa": 24, "se": 24, "si": 19, "sk": 24, "sm": 27, "tr": 26, "ua": 29,
    ]

    func ibans() -> [Finding] {
        var findings: [Finding] = []
        var index = 0
        while index < words.count {
            guard let (iban, end, isSaid) = iban(from: index) else {
                index += 1
                continue
            }
            findings.append(
                Finding(range: range(index..<end), entity: .iban, key: iban, written: isSaid ? iban.uppercased() : nil))
            index = end
        }
        return findings
    }

    private func iban(from start: Int) -> (iban: String, end: Int, isSaid: Bool)? {
        var (iban, index, isSaid) = ("", start, false)
        while iban.utf8.count < 34, words.indices.contains(index) {
            if index > start, ![" ", "-", "\u{A0}"].contains(gap(index)) { return nil }
            // Letters that are said come one by one, behind the country in words of four at most.
            if let number = number(at: index, isInside: iban.utf8.count >= 2) {
                iban += number.digits
                index += number.count
                isSaid = isSaid || number.isSpoken
            } else {
                guard words[index].text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
                iban += words[index].text
                index += 1
            }
            if iban.utf8.count >= 2, Self.ibanLengths[String(iban.prefix(2))] == nil { return nil }
            if let letter = iban.dropFirst(2).first, !letter.isNumber { return nil }
            if let length = Self.ibanLengths[String(iban.prefix(2))], iban.utf8.count >= length {
                let isRight = iban.utf8.count == length && Self.isIBAN(iban)
                let isNamed = iban.utf8.count == length && cue(before: start, among: Cue.numbers) == .iban
                return isRight || isNamed ? (iban, index, isSaid) : nil
            }
        }
        return nil
    }

    /// Whether the check digits fit. The text is in small letters and digits of ASCII.
    static func isIBAN(_ text: String) -> Bool {
        var rest = 0
        for byte in Array(text.utf8.dropFirst(4)) + Array(text.utf8.prefix(4)) {
            let value = byte < 0x3A ? Int(byte) - 0x30 : Int(byte) - 0x61 + 10
            rest = (rest * (value > 9 ? 100 : 10) + value) % 97
        }
        return rest == 1
    }

    // MARK: - Pages

    /// `https://…`, `http://…` and `www.…`, up to the next white space.
    func urls() -> [Finding] {
        words.indices.compactMap { index in
            let start = words[index].range.lowerBound
            let isAddress =
                ["http", "https"].contains(word(index)) && gap(index + 1).hasPrefix("://")
                || word(index) == "www" && gap(index + 1) == "." && gap(index) != "://"
            guard isAddress else { return nil }
            var end = scalars[start...].firstIndex { $0.properties.isWhitespace } ?? scalars.count
            while end > start, !Self.isWordly(scalars[end - 1]), scalars[end - 1] != "/" { end -= 1 }
            return Finding(range: start..<end, entity: .url, key: text(start..<end).lowercased(), written: nil)
        }
    }
}
