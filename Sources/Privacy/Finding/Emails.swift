import ProjectModel

/// Addresses of mail, written (`a.smith@example.com`) or as recognizers write them (`a dot smith at example dot com`).
extension Scan {
    func emails() -> [Finding] {
        var findings: [Finding] = []
        var index = 1
        while index < words.count {
            defer { index += 1 }
            let sign = gap(index).filter { $0 != " " }
            var (last, domain) = (index - 1, index)
            var isSaid = sign == "@" && gap(index) != "@"
            if sign != "@" {
                guard Self.atWords.contains(words[index].text), gap(index) == " ", gap(index + 1) == " " else {
                    continue
                }
                (last, domain, isSaid) = (index - 1, index + 1, true)
            }
            guard let (host, end, isHostSaid) = host(from: domain),
                let (local, start) = local(to: last, isSaid: isSaid || isHostSaid, isSure: sign == "@")
            else { continue }
            let written = "\(local)@\(host)"
            findings.append(
                Finding(
                    range: range(start..<end), entity: .emailAddress, key: written.lowercased(),
                    written: isSaid || isHostSaid ? written : nil))
            index = end
        }
        return findings
    }

    private static let atWords: Set<String> = ["at", "ät", "klammeraffe", "arroba", "arobase", "chiocciola"]
    private static let joints: [String: String] = [
        "dot": ".", "punkt": ".", "punto": ".", "point": ".", "underscore": "_", "unterstrich": "_", "dash": "-",
        "hyphen": "-", "minus": "-", "bindestrich": "-", "plus": "+",
    ]
    /// What stands before "at" without being somebody's address.
    private static let verbs: Set<String> = [
        "look", "looking", "arrive", "arrived", "meet", "stay", "work", "shop", "buy",
    ]

    /// The host that begins at a word, and where it ends.
    private func host(from first: Int) -> (host: String, end: Int, isSaid: Bool)? {
        guard words.indices.contains(first) else { return nil }
        var (host, end, isSaid) = (words[first].text, first + 1, false)
        /// As far as it ends in a name such as `com`.
        var whole: (String, Int, Bool)?
        while words.indices.contains(end) {
            let joint: String
            var next = end
            if [".", "-"].contains(gap(end)) {
                joint = gap(end)
            } else if gap(end) == " ", gap(end + 1) == " ", let said = Self.joints[word(end)],
                said == "." || said == "-"
            {
                (joint, next, isSaid) = (said, end + 1, true)
            } else {
                break
            }
            guard words.indices.contains(next) else { break }
            host += joint + words[next].text
            end = next + 1
            if joint == ".", words[next].isLetters, (2...24).contains(words[next].text.count) {
                whole = (host, end, isSaid)
            }
        }
        return whole
    }

    /// What stands before the sign and ends with that word, and where it begins.
    private func local(to last: Int, isSaid: Bool, isSure: Bool) -> (local: String, start: Int)? {
        let hasCue = cue(before: last, among: [.email]) != nil
        var start = last
        var parts = [part(last)]
        var extra = 0
        while start > 0 {
            let gap = gap(start)
            if [".", "_", "-", "+", "%", "'", "’"].contains(gap) {
                parts += [gap, part(start - 1)]
                start -= 1
            } else if isSaid, gap == " ", let joint = Self.joints[word(start - 1)], start > 1,
                self.gap(start - 1) == " "
            {
                parts += [joint, part(start - 2)]
                start -= 2
            } else if isSaid, gap == " ", isSpelt(start), isSpelt(start - 1) {
                parts.append(part(start - 1))
                start -= 1
            } else if isSaid, hasCue, gap == " ", extra < 2, !StopWords.all.contains(word(start - 1)),
                Cue.words[word(start - 1)] == nil, !StopWords.all.contains(word(start))
            {
                parts.append(part(start - 1))
                start -= 1
                extra += 1
            } else {
                break
            }
        }
        let isWord = parts.count == 1 && !isSure
        if isWord, StopWords.all.contains(word(last)) || Self.verbs.contains(word(last)) { return nil }
        return (parts.reversed().joined(), start)
    }

    private func part(_ index: Int) -> String {
        number(at: index, isInside: true).flatMap { $0.count == 1 ? $0.digits : nil } ?? words[index].text
    }

    /// Whether a word is one letter or a number: a part of something that is spelt.
    private func isSpelt(_ index: Int) -> Bool {
        words[index].text.count == 1 || number(at: index)?.count == 1
    }
}
