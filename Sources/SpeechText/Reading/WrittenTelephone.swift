/// Telephone numbers as they are written: `+49 30 1234567`, `(555) 123-4567`, `0800 123 4567`, `06 12 34 56 78`.
struct WrittenTelephone {
    /// The groups of digits, in order.
    let groups: [Substring]
    /// Whether it begins with a plus.
    let isInternational: Bool
    /// How many of the words behind the first are in it.
    let taken: Int

    /// nil when `words` do not begin with one. 7 to 15 digits.
    init?(_ words: ArraySlice<Word>) {
        guard let first = words.first else { return nil }
        var groups = Self.groups(first.core)
        guard let head = groups.first else { return nil }
        isInternational = first.core.hasPrefix("+")
        let isInBrackets = first.front == "(" && first.back == ")" && groups.count == 1 && (2...5).contains(head.count)
        let isPair = head.count == 2 && first.core == head && head.first == "0"
        let isTrunk = head.first == "0" && (3...5).contains(head.count) && !first.core.contains(".")
        guard isInternational || isInBrackets || isPair || isTrunk else {
            let lengths = groups.map(\.count)
            guard first.core.contains("-") || lengths.count > 2, !first.core.contains("/"),
                [[3, 3, 4], [1, 3, 3, 4], [3, 4]].contains(lengths)
            else { return nil }
            (self.groups, taken) = (groups, 0)
            return
        }
        var taken = 0
        if first.back.isEmpty || isInBrackets {
            for word in words.dropFirst() {
                let more = Self.groups(word.core)
                guard !more.isEmpty, word.front.isEmpty || word.front == "(", !word.core.contains("/"),
                    isInternational || more.allSatisfy({ isPair ? $0.count == 2 : $0.count >= 2 }),
                    groups.joined().count + more.joined().count <= 15
                else { break }
                groups += more
                taken += 1
                if !word.back.isEmpty && word.back != ")" { break }
            }
        }
        guard (7...15).contains(groups.joined().count), groups.count >= (isPair ? 4 : 2) else { return nil }
        (self.groups, self.taken) = (groups, taken)
    }

    /// The runs of digits of a word that holds only digits and the marks of telephone numbers. A slash stands behind the
    /// first of two runs.
    private static func groups(_ text: String) -> [Substring] {
        guard text.allSatisfy({ $0.isDigit || "+-.()/".contains($0) }) else { return [] }
        let groups = text.split { !$0.isDigit }
        if text.contains("/"), groups.count != 2 || groups[0].count < 3 || groups[0].first != "0" { return [] }
        return groups
    }
}
