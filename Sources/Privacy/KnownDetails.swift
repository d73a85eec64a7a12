import ProjectModel

/// The details that a conversation has shown so far, and where they stand again. Bounded by its owner.
struct KnownDetails: Sendable {
    private struct Detail: Sendable {
        var entity: PIIEntity
        var key: String
        var words: [String]
        /// Whether its words only count where they begin with capitals: in small letters they may mean anything.
        var needsCapitals: Bool
    }

    /// By the first word.
    private var details: [String: [Detail]] = [:]
    /// By the digits, of those that are numbers.
    private var numbers: [String: PIIEntity] = [:]
    /// The words of people's names.
    private var names: Set<String> = []

    /// From here on it is found wherever it stands.
    mutating func learn(_ finding: Finding, said: String) {
        let scan = Scan(said)
        guard let first = scan.words.first else { return }
        let isName = finding.entity == .person || finding.entity == .location
        let needsCapitals = isName && scan.words.count == 1 && first.isCapitalized
        add(
            Detail(
                entity: finding.entity, key: finding.key, words: scan.words.map(\.text), needsCapitals: needsCapitals))
        if let written = finding.written {
            let words = Scan(written).words.map(\.text)
            add(Detail(entity: finding.entity, key: finding.key, words: words, needsCapitals: false))
        }
        if !finding.key.isEmpty, finding.key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            numbers[finding.key] = finding.entity
        }
        if finding.entity == .person, scan.words.count > 1 {
            names.formUnion(scan.words.map(\.text).filter { $0.count >= 3 && !StopWords.all.contains($0) })
        }
    }

    private mutating func add(_ detail: Detail) {
        guard let first = detail.words.first else { return }
        // The longest first.
        var list = details[first] ?? []
        list.insert(detail, at: list.firstIndex { $0.words.count < detail.words.count } ?? list.count)
        details[first] = list
    }

    /// Where known details stand.
    func findings(in scan: Scan) -> [Finding] {
        if details.isEmpty { return [] }
        var findings: [Finding] = []
        for index in scan.words.indices {
            let word = scan.words[index]
            if let detail = details[word.text]?.first(where: { stands($0, in: scan, at: index) == $0.words.count }) {
                let range = scan.range(index..<index + detail.words.count)
                findings.append(Finding(range: range, entity: detail.entity, key: detail.key, written: nil))
            } else if word.isCapitalized, names.contains(word.text) {
                findings.append(Finding(range: word.range, entity: .person, key: word.text, written: nil))
            }
        }
        return findings + numberFindings(in: scan)
    }

    /// A known number in another form.
    private func numberFindings(in scan: Scan) -> [Finding] {
        if numbers.isEmpty { return [] }
        var findings: [Finding] = []
        for run in scan.digitRuns() {
            for start in run.elements.indices {
                var digits = ""
                for end in start..<min(start + DigitRun.longestWindow, run.elements.count) {
                    digits += run.elements[end].digits
                    if digits.utf8.count > 20 { break }
                    if let entity = numbers[digits] {
                        let range = scan.range(run.words(start..<end + 1))
                        findings.append(Finding(range: range, entity: entity, key: digits, written: nil))
                    }
                }
            }
        }
        return findings
    }

    /// The beginning of a detail with which a text ends: the first words of it, but not all.
    func beginning(atEndOf scan: Scan) -> Finding? {
        for index in scan.words.indices.suffix(DigitRun.longestWindow) {
            for detail in details[scan.words[index].text] ?? [] where detail.words.count > scan.words.count - index {
                let count = stands(detail, in: scan, at: index)
                let range = scan.range(index..<scan.words.count)
                guard count == scan.words.count - index, range.count >= 3 else { continue }
                let key = scan.words[index...].map(\.text).joined(separator: " ")
                return Finding(range: range, entity: detail.entity, key: key, written: nil)
            }
        }
        return nil
    }

    /// How many words of a detail stand there, from its first.
    private func stands(_ detail: Detail, in scan: Scan, at index: Int) -> Int {
        if detail.needsCapitals, !scan.words[index].isCapitalized { return 0 }
        var count = 0
        for word in detail.words {
            let place = index + count
            guard scan.words.indices.contains(place), scan.words[place].text == word else { break }
            let gap = scan.gap(place)
            if count > 0, gap.unicodeScalars.count > 3 || gap.contains(where: \.isNewline) { break }
            count += 1
        }
        return count
    }
}
