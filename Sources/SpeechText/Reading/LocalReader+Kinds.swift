/// Kinds of what is written: telephone numbers, codes, dates, times, amounts.
extension LocalReader {
    func telephone(_ all: ArraySlice<Word>) -> Reading? {
        guard let first = all.first, let number = WrittenTelephone(all) else { return nil }
        let groups = number.groups.compactMap { digits($0) }
        guard groups.count == number.groups.count else { return nil }
        let isInBrackets = first.front.contains("(") && first.back.contains(")")
        let back = all.dropFirst(number.taken).first?.back.filter { $0 != ")" || !isInBrackets }
        return Reading(
            text: (number.isInternational ? "plus " : "") + groups.joined(separator: ", "), taken: number.taken,
            front: isInBrackets ? first.front.filter { $0 != "(" } : nil, back: back)
    }

    func code(_ core: String) -> Reading? {
        if let pieces = WrittenCode.pieces(of: core) {
            let spoken = pieces.map { $0.map { $0.isDigit ? digits([$0]) ?? "" : String($0) }.joined(separator: " ") }
            return Reading(text: spoken.joined(separator: ", "))
        }
        if WrittenCode.isName(core) || (core.count > 1 && core.first == "0" && core.allSatisfy(\.isDigit)) {
            return digits(core).map { Reading(text: $0) }
        }
        // A version: several points, or a "v" before it. Dates were looked for by whoever asks first.
        let isMarked = core.first == "v" || core.first == "V"
        let parts = (isMarked ? core.dropFirst() : core[...]).split(separator: ".", omittingEmptySubsequences: false)
        let isGrouped = separators.grouping == "." && parts.dropFirst().allSatisfy { $0.count == 3 }
        guard parts.count > (isMarked ? 1 : 2), !words.point.isEmpty, isMarked || !isGrouped, date(core) == nil,
            parts.allSatisfy({ (1...6).contains($0.count) && $0.allSatisfy(\.isDigit) })
        else { return nil }
        let spoken = parts.compactMap { forms.number(String($0), in: language) }
        return spoken.count == parts.count ? Reading(text: spoken.joined(separator: " \(words.point) ")) : nil
    }

    /// `2024-03-15`, and with the day first `15.03.2024`.
    func date(_ core: String) -> String? {
        for separator: Character in ["-", ".", "/"] {
            let parts = core.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3, parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(\.isDigit) }) else {
                continue
            }
            let values = parts.compactMap { Int($0) }
            let isYearFirst = parts[0].count == 4
            guard values.count == 3, isYearFirst || parts[2].count == 4 else { return nil }
            let (year, month, day) = isYearFirst ? (values[0], values[1], values[2]) : (values[2], values[1], values[0])
            guard (1000..<3000).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
            return forms.date(year: year, month: month, day: day, in: language)
        }
        return nil
    }

    func time(_ core: String, _ next: Word?) -> Reading? {
        let small = next?.core.lowercased() ?? ""
        // "14:30 h" is a time of day, "2:15 h" is not.
        let isClock = words.hourWords.contains(small) && (small != "h" || core.prefix(while: \.isDigit).count == 2)
        if let next, let duration = WrittenDuration(clock: core, unit: next.core), !isClock {
            return said(duration).map { Reading(text: $0, taken: 1) }
        }
        if let duration = WrittenDuration(word: core), primary != "fr" || WrittenTime(core, separator: "h") == nil {
            return said(duration).map { Reading(text: $0) }
        }
        let isFollowed = words.hourWords.contains(small)
        let taken = isFollowed ? 1 : 0
        if let time = clock(core, isFollowed: isFollowed) { return Reading(text: time, taken: taken) }
        let ends = core.split { $0 == "–" || $0 == "-" }
        guard ends.count == 2, let from = clock(String(ends[0]), isFollowed: isFollowed),
            let to = clock(String(ends[1]), isFollowed: isFollowed)
        else { return nil }
        return Reading(text: span(from, to), taken: taken)
    }

    func clock(_ text: String, isFollowed: Bool) -> String? {
        let time =
            WrittenTime(text) ?? (isFollowed ? WrittenTime(text, separator: ".") : nil)
            ?? (primary == "fr" ? WrittenTime(text, separator: "h") : nil)
        guard let time, let hour = counted(time.hour, isFeminine: words.feminine.contains(.hours)),
            let minute = forms.number(String(time.minute), in: language)
        else { return nil }
        var pattern = time.minute == 0 ? words.fullHour : words.time
        if primary == "fr", time.hour < 2 { pattern = pattern.replacing("heures", with: "heure") }
        var said = ""
        for character in pattern { said += character == "H" ? hour : character == "M" ? minute : String(character) }
        return said
    }

    func said(_ duration: WrittenDuration) -> String? {
        let parts = duration.parts.compactMap { counted($0.count, $0.unit) }
        return parts.count == duration.parts.count ? parts.joined(separator: " ") : nil
    }

    /// `3 Stunden` in words.
    func counted(_ count: Int, _ unit: SpokenTimeUnit) -> String? {
        guard let written = forms.time(count, unit, in: language),
            let number = counted(count, isFeminine: words.feminine.contains(unit))
        else { return nil }
        // Arabic says one hour and two hours without a number.
        return Self.replacingNumber(in: written, with: number) ?? written
    }

    func counted(_ count: Int, isFeminine: Bool) -> String? {
        if count == 1, let one = words.one { return isFeminine ? one.feminine : one.masculine }
        return forms.number(String(count), in: language)
    }

    /// Money, a percentage, a number with a unit, a span of them, and what it is per.
    func amount(_ core: String, _ next: Word?) -> Reading? {
        if core.first == "%", core.count > 1 { return amount(core.dropFirst() + "%", nil) }
        if let reading = single(core, next) { return reading }
        if let next, next.core.contains("/"), let mark = next.core.first,
            let reading = amount(core + next.core, nil), Self.currencies[String(mark)] != nil
        {
            return Reading(text: reading.text, taken: 1)
        }
        if !words.per.isEmpty, let slash = core.firstIndex(of: "/"),
            let reading = single(String(core[..<slash]), nil) ?? spanned(String(core[..<slash]), nil)
        {
            let name = String(core[core.index(after: slash)...])
            if let per = per(name) { return Reading(text: glued(glued(reading.text, words.per), per)) }
        }
        return spanned(core, next)
    }

    func spanned(_ core: String, _ next: Word?) -> Reading? {
        let ends = core.split(omittingEmptySubsequences: false) { $0 == "–" || $0 == "-" }.map(String.init)
        guard ends.count == 2, ends.allSatisfy({ $0.contains(where: \.isDigit) }),
            let from = single(ends[0], nil)?.text ?? plain(ends[0], isFollowed: false),
            let last = single(ends[1], next) ?? plain(ends[1], isFollowed: false).map({ Reading(text: $0) })
        else { return nil }
        return Reading(text: span(from, last.text), taken: last.taken)
    }

    func single(_ core: String, _ next: Word?) -> Reading? {
        if let reading = money(core, next) { return reading }
        let number = core.prefix { $0.isDigit || ".,-−+".contains($0) || $0 == separators.grouping }
        var (sign, taken) = (String(core.dropFirst(number.count)), 0)
        if sign.isEmpty, let next { (sign, taken) = (next.core, 1) }
        guard !number.isEmpty, !sign.isEmpty, let value = canonical(number) else { return nil }
        if sign == "%" {
            guard let said = plain(String(number), isFollowed: false) else { return nil }
            if !words.percentBefore.isEmpty { return Reading(text: glued(words.percentBefore, said), taken: taken) }
            return words.percent.isEmpty ? nil : Reading(text: glued(said, words.percent), taken: taken)
        }
        if let unit = WrittenDuration.units[sign.lowercased()], sign != "m", sign != "d", let count = Int(value),
            count >= 0,
            let said = counted(count, unit)
        {
            return Reading(text: said, taken: taken)
        }
        guard let unit = LocalWords.unit(sign, in: primary) else { return nil }
        let said = value == "1" ? words.one?.masculine : forms.number(value, in: language)
        return said.map { Reading(text: "\($0) \(value == "1" ? unit.one : unit.many)", taken: taken) }
    }
}
