/// Durations as they are written: `1h30m`, `1h 20min`, `2:15 h`, `45s`.
struct WrittenDuration: Equatable {
    typealias Unit = SpokenTimeUnit

    /// From the largest unit on; none twice. Counts are below 10,000.
    private(set) var parts: [(unit: Unit, count: Int)] = []

    static func == (left: Self, right: Self) -> Bool { left.parts.elementsEqual(right.parts, by: ==) }

    /// Units as they are shortened, in small letters.
    static let units: [String: Unit] = [
        "d": .days, "h": .hours, "hr": .hours, "hrs": .hours, "std": .hours, "m": .minutes, "min": .minutes,
        "mins": .minutes, "mn": .minutes, "s": .seconds, "sec": .seconds, "sek": .seconds, "ч": .hours, "мин": .minutes,
        "с": .seconds,
    ]

    /// Several numbers with units in one word: `1h30m`, `1h30`, `5m30s`. nil for one number with a unit: `5m` may be metres.
    init?(word text: String) {
        var rest = text.lowercased()[...]
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            guard (1...4).contains(digits.count), let count = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            let last = parts.last?.unit
            // "1h30": what follows hours without a unit are minutes.
            let implied: Unit? = rest.isEmpty && last == .hours && digits.count == 2 ? .minutes : nil
            guard let unit = name.isEmpty ? implied : Self.units[String(name)], unit.rawValue > last?.rawValue ?? -1
            else { return nil }
            parts.append((unit, count))
        }
        if parts.count < 2 { return nil }
    }

    /// `2:15 h` and `2:15:30 h` are hours and minutes, `3:45 min` minutes and seconds.
    init?(clock text: String, unit name: String) {
        guard let unit = Self.units[name.lowercased()] ?? Self.words[name.lowercased()],
            unit == .hours || unit == .minutes
        else { return nil }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), fields.count == 2 || unit == .hours,
            fields.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isDigit) }),
            fields.dropFirst().allSatisfy({ $0.count == 2 && $0 < "60" })
        else { return nil }
        for (offset, field) in fields.enumerated() {
            guard let part = Unit(rawValue: unit.rawValue + offset), let count = Int(field) else { return nil }
            if count > 0 || fields.count == 1 { parts.append((part, count)) }
        }
        if parts.isEmpty { return nil }
    }

    private static let words: [String: Unit] = [
        "hours": .hours, "minutes": .minutes, "stunden": .hours, "minuten": .minutes, "heures": .hours,
        "horas": .hours, "minutos": .minutes, "ore": .hours, "minuti": .minutes, "uur": .hours,
    ]
}
