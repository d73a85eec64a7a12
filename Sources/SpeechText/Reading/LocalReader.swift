/// Reads what is written in figures out in the words of any language that `forms` knows: numbers, money, times, durations,
/// dates, spans, percentages, units, versions, codes, telephone numbers.
///
/// What only the voice can know stays as it is: ordinals ("3. März"), "1" before a noun, years where a language bends them.
struct LocalReader {
    let language: String
    let words: LocalWords
    let forms: any SpokenForms
    let separators: (decimal: Character, grouping: Character)
    /// The language's first subtag.
    let primary: String

    /// nil when `forms` does not know the language.
    init?(_ language: String, primary: String, forms: any SpokenForms) {
        guard forms.number("2", in: language) != nil, let separators = forms.separators(in: language) else {
            return nil
        }
        (self.language, self.primary, self.forms) = (language, primary, forms)
        // Figures that are written in ASCII have ASCII's marks.
        self.separators = separators.decimal.isASCII ? separators : (".", ",")
        words = .of(primary)
    }

    /// Languages that write no spaces between words.
    static let unspaced: Set<String> = ["ja", "zh", "yue", "th", "lo", "km", "my"]

    func read(_ text: String) -> String {
        let text = joined(text)
        return Self.unspaced.contains(primary) ? readRuns(text) : readWords(text)
    }

    /// `1 234` is one number where thousands stand apart.
    func joined(_ text: String) -> String {
        let narrow: Set<Character> = ["\u{A0}", "\u{202F}", "\u{2009}"]
        let groupsApart = narrow.contains(separators.grouping)
        let characters = Array(text)
        return String(
            characters.indices.compactMap { index -> Character? in
                let isNarrow = narrow.contains(characters[index])
                guard isNarrow || (groupsApart && characters[index] == " ") else { return characters[index] }
                let before = characters[..<index].reversed().prefix { $0.isDigit }
                let next = characters[(index + 1)...].prefix { $0.isDigit }
                let isGroup = next.count == 3 && (1...3).contains(before.count) && before.last != "0"
                return isGroup ? nil : " "
            })
    }

    func readWords(_ text: String) -> String {
        let all = text.split(whereSeparator: \.isWhitespace).map { Word(Array($0)) }
        var result: [String] = []
        var index = 0
        while index < all.count {
            let word = all[index]
            let reading = reading(all, at: index) ?? Reading(text: word.core)
            let back = reading.back ?? all[index + reading.taken].back
            result.append((reading.front ?? word.front) + reading.text + back)
            index += reading.taken + 1
        }
        return result.joined(separator: " ")
    }

    /// Figures stand between other characters without spaces.
    func readRuns(_ text: String) -> String {
        let characters = Array(text)
        var result = ""
        var index = 0
        while index < characters.count {
            var run = characters[index...].prefix(while: Self.isFigure)
            // What a price is per, in one character.
            if run.last == "/", run.endIndex < characters.count, characters[run.endIndex].isLetter {
                run = characters[index...run.endIndex]
            }
            if run.isEmpty || !run.contains(where: \.isDigit) {
                let count = max(1, run.count)
                result += String(characters[index..<index + count])
                index += count
                continue
            }
            // Figures behind a space may belong to it: a telephone number, a unit.
            var (all, ends) = ([Word(Array(run))], [run.endIndex])
            while all.count < 8, let end = ends.last, end < characters.count, characters[end] == " " {
                let next = characters[(end + 1)...].prefix(while: Self.isFigure)
                if next.isEmpty { break }
                all.append(Word(Array(next)))
                ends.append(next.endIndex)
            }
            // Four figures before 年 are a year.
            let isYear = all[0].core.count == 4 && ends[0] < characters.count && "年년".contains(characters[ends[0]])
            let read = isYear ? nil : reading(all, at: 0)
            let taken = read?.taken ?? 0
            result += (read?.front ?? all[0].front) + (read?.text ?? all[0].core) + (read?.back ?? all[taken].back)
            index = ends[taken]
        }
        return result
    }

    static func isFigure(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || ".,:/%+-$".contains(character))
            || "–€£¥￥₩₹°²".contains(character)
    }

    func reading(_ all: [Word], at index: Int) -> Reading? {
        let word = all[index]
        guard word.core.contains(where: \.isDigit) else {
            let next = word.back.isEmpty && index + 1 < all.count && all[index + 1].front.isEmpty ? all[index + 1] : nil
            return next.flatMap { money(word.core, $0) }
        }
        let next = word.back.isEmpty && index + 1 < all.count && all[index + 1].front.isEmpty ? all[index + 1] : nil
        if let reading = telephone(all[index...]) ?? code(word.core) { return reading }
        if let text = date(word.core) { return Reading(text: text) }
        if let reading = time(word.core, next) ?? amount(word.core, next) { return reading }
        if let reading = attached(word.core) { return reading }
        let isOrdinal = word.back.hasPrefix(".") && index + 1 < all.count && word.core.count <= 3
        return isOrdinal ? nil : plain(word.core, isFollowed: next != nil).map { Reading(text: $0) }
    }
}
