import ProjectModel

/// Names of people and places, as far as the words before them give them away: `my name is …`, `I live in …`, `Mrs …`.
///
/// Rules find no name that nothing introduces.
extension Scan {
    // MARK: - People

    func people() -> [Finding] {
        var findings: [Finding] = []
        for index in words.indices {
            let found: Int?
            if Self.namePhrases.contains(where: { stands($0, before: index) }) || isLabel("name", before: index) {
                found = nameEnd(from: index) ?? plainEnd(from: index, atMost: 2)
            } else if Self.hintPhrases.contains(where: { stands($0, before: index) }) {
                found = nameEnd(from: index).flatMap { end in
                    end - index > 1 || ["speaking", "calling", "here"].contains(word(end)) ? end : nil
                }
            } else if Self.titles.contains(word(index - 1)), index > 0, [" ", ". "].contains(gap(index)) {
                found = nameEnd(from: index)
            } else if index == 0, isAnswer(to: .name) {
                found = words.count
            } else {
                continue
            }
            if let end = found { findings.append(finding(index..<end, .person)) }
        }
        return findings
    }

    private static let namePhrases = phrases(
        """
        my name is; my name s; name is; i am called; call me; mein name ist; ich heiße; ich heisse; je m appelle; me llamo; \
        mi nombre es; mi chiamo; il mio nome è; mijn naam is; ik heet; meu nome é; me chamo; surname is; first name is; \
        last name is; nachname ist; vorname ist; my wife; my husband; my son; my daughter; my mother; my father; my boss; \
        my partner; my brother; my sister; my doctor; meine frau; mein mann; mein sohn; meine tochter
        """)
    /// These introduce other things, too: a name of two words, or one that "speaking" follows, tells.
    private static let hintPhrases = phrases(
        "i am; i m; this is; it is; it s; ich bin; hier ist; hier spricht; je suis; soy; sono; here is")
    private static let titles: Set<String> = [
        "mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "prof", "professor", "herr", "frau", "monsieur", "madame",
        "señor", "señora", "signor", "signora", "mme",
    ]
    /// What stands within names in small letters.
    private static let particles: Set<String> = [
        "van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "la", "le", "bin", "al", "el", "zu", "ter",
    ]

    private static func phrases(_ list: String) -> [[String]] {
        list.split(separator: ";").map { $0.split(separator: " ").map(String.init) }
    }

    /// Where a name in capitals ends that begins at a word; nil when none does.
    private func nameEnd(from start: Int) -> Int? {
        guard words.indices.contains(start), words[start].isCapitalized, words[start].isLetters,
            !StopWords.all.contains(words[start].text) || words[start].text.count > 3
        else { return nil }
        var (end, index) = (start + 1, start + 1)
        while words.indices.contains(index), index - start < 7 {
            let gap = gap(index)
            let isInitial = words[index - 1].text.count == 1
            guard [" ", "-", "'", "’"].contains(gap) || isInitial && gap == ". " else { break }
            let word = words[index]
            if word.isCapitalized, word.isLetters, word.text != "i", !isGenitive(index) {
                end = index + 1
            } else if !Self.particles.contains(word.text) {
                break
            }
            index += 1
        }
        return end
    }

    /// `'s` is not a part of a name.
    private func isGenitive(_ index: Int) -> Bool { word(index) == "s" && ["'", "’"].contains(gap(index)) }

    /// Where a name in small letters ends, by the words that cannot be a part of it; nil when the first is such a word.
    /// Letters that are said one by one belong together.
    private func plainEnd(from start: Int, atMost longest: Int) -> Int? {
        var index = start
        var count = 0
        while words.indices.contains(index), index == start || gap(index) == " ", index - start < 30 {
            let word = words[index]
            let isLetter =
                word.text.count == 1
                && (self.word(index + 1).count == 1 || index > start && words[index - 1].text.count == 1)
            if !word.isLetters || !isLetter && (StopWords.all.contains(word.text) || count == longest) { break }
            if !isLetter { count += 1 }
            index += 1
        }
        if index == start + 1, StopWords.all.contains(words[start].text) { return nil }
        return index > start && [" ", ": ", ":", ", "].contains(gap(start)) ? index : nil
    }

    /// `Name: …`.
    private func isLabel(_ label: String, before index: Int) -> Bool {
        word(index - 1) == label && [":", ": "].contains(gap(index))
    }

    /// Whether the whole text answers a question for that: one of few words, none of which could not be a part of it.
    private func isAnswer(to wanted: Cue) -> Bool {
        guard (1...4).contains(words.count), lead.contains(where: { Cue.words[$0] == wanted }) else { return false }
        return words.allSatisfy { $0.isLetters && !StopWords.all.contains($0.text) }
    }

    private func finding(_ window: Range<Int>, _ entity: PIIEntity) -> Finding {
        Finding(
            range: range(window), entity: entity, key: words[window].map(\.text).joined(separator: " "), written: nil)
    }

    // MARK: - Places

    func places() -> [Finding] {
        var findings: [Finding] = []
        for index in words.indices {
            var end = streetEnd(from: index)
            if end == nil,
                Self.placePhrases.contains(where: { stands($0, before: index) }) || isLabel("address", before: index)
            {
                end = placeEnd(from: index)
            }
            if end == nil, index == 0, isAnswer(to: .address) { end = words.count }
            if let end {
                let hasArticle = word(index) == "the" && end > index + 1
                findings.append(finding((hasArticle ? index + 1 : index)..<end, .location))
            }
        }
        return findings
    }

    private static let placePhrases = phrases(
        """
        i live in; i live at; i live on; we live in; we live at; address is; address s; i m from; i am from; i come from; \
        i was born in; i m calling from; ich wohne in; ich lebe in; ich komme aus; adresse ist; j habite à; j habite; \
        vivo en; vivo in; abito a; abito in; direcção é; dirección es; indirizzo è; zip code is; postcode is; zip is; \
        postleitzahl ist; ik woon in; moro em
        """)
    private static let streets: Set<String> = [
        "street", "st", "road", "rd", "avenue", "ave", "lane", "ln", "drive", "dr", "boulevard", "blvd", "way", "court",
        "place", "square", "highway", "parkway", "terrace", "close",
    ]
    private static let sure: Set<String> = ["street", "road", "avenue", "lane", "boulevard"]
    private static let germanStreets = ["straße", "strasse", "weg", "platz", "allee", "gasse"]

    /// `12 Main Street`, `Hauptstraße 5`, and the town behind it.
    private func streetEnd(from start: Int) -> Int? {
        let first = words[start]
        if first.isLetters, first.text.count > 5, Self.germanStreets.contains(where: first.text.hasSuffix) {
            guard gap(start + 1) == " ", let number = words[start + 1].digits, number.utf8.count <= 4 else {
                return nil
            }
            return townEnd(behind: start + 2)
        }
        guard let number = first.digits, number.utf8.count <= 5 else { return nil }
        for index in start + 2..<start + 5 {
            guard gap(index - 1) == " ", gap(index) == " ", words.indices.contains(index) else { return nil }
            let name = words[start + 1..<index]
            if !name.allSatisfy({ $0.isCapitalized || !StopWords.all.contains($0.text) }) { return nil }
            let isStreet =
                Self.streets.contains(word(index)) && words[index].isCapitalized || Self.sure.contains(word(index))
            if isStreet { return townEnd(behind: index + 1) }
        }
        return nil
    }

    /// The end of an address whose street ends before that word: of `, Springfield, IL 62704`.
    private func townEnd(behind street: Int) -> Int {
        var end = street
        while words.indices.contains(end), end - street < 6, [", ", " ", ". "].contains(gap(end)),
            words[end].isCapitalized && words[end].text != "i" || (words[end].digits?.utf8.count ?? 0) >= 4
        {
            if gap(end) == ". ", word(end - 1).count > 2 { break }
            end += 1
        }
        return end
    }

    private func placeEnd(from index: Int) -> Int? {
        let start = word(index) == "the" ? index + 1 : index
        guard words.indices.contains(start) else { return nil }
        if words[start].isCapitalized || words[start].digits != nil {
            var end = start + 1
            while words.indices.contains(end), end - start < 10, [" ", ", ", "-", "'", "’"].contains(gap(end)),
                words[end].isCapitalized && words[end].text != "i" || words[end].digits != nil
                    || gap(end) == " " && Self.particles.contains(word(end)) && words.indices.contains(end + 1)
                        && words[end + 1].isCapitalized
            {
                end += 1
            }
            if words[start].digits != nil, end == start + 1 { return plainEnd(from: start + 1, atMost: 3) ?? end }
            return end
        }
        return plainEnd(from: start, atMost: 3)
    }
}
