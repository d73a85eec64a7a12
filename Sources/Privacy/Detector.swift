import ProjectModel

/// Finds private details by rules: by their form, and by the words before them.
enum Detector {
    /// All details of those kinds, from left to right; none overlaps another.
    /// - Parameter known: details that are known already.
    static func findings(in scan: Scan, _ entities: Set<PIIEntity>, known: [Finding] = []) -> [Finding] {
        if scan.words.isEmpty { return [] }
        var findings: [Finding] = []
        // What is found first names the kind where several see one in a place.
        if entities.contains(.emailAddress) { findings += scan.emails() }
        if entities.contains(.url) { findings += scan.urls() }
        if entities.contains(.iban) { findings += scan.ibans() }
        if entities.contains(.ipAddress) { findings += scan.ipAddresses() }
        if entities.contains(.date) { findings += scan.dates() }
        findings += scan.numbers(entities, taken: findings.map(\.range))
        if entities.contains(.person) { findings += scan.people() }
        if entities.contains(.location) { findings += scan.places() }
        return joined(findings + known, in: scan)
    }

    /// Findings that overlap become one, of the kind of the first, so that no part of any of them is left over.
    private static func joined(_ findings: [Finding], in scan: Scan) -> [Finding] {
        let sorted = findings.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        var result: [(finding: Finding, rank: Int)] = []
        for (rank, finding) in sorted {
            guard let last = result.last, last.finding.range.overlaps(finding.range) else {
                result.append((finding, rank))
                continue
            }
            let range = last.finding.range.lowerBound..<max(last.finding.range.upperBound, finding.range.upperBound)
            let first = last.rank < rank ? last : (finding: finding, rank: rank)
            var whole = first.finding
            if let cover = [last.finding, finding].first(where: { $0.range == range }), whole.range != range {
                whole = cover
            } else if whole.range != range {
                whole = Finding(range: range, entity: whole.entity, key: scan.text(range).lowercased(), written: nil)
            }
            result[result.count - 1] = (whole, first.rank)
        }
        return result.map(\.finding)
    }
}
