/// The candidate that was most likely meant by `name`, or nil when none is near enough to be worth suggesting.
///
/// Near is an edit distance (insertion, deletion, substitution, swap of neighbours; letter case ignored) of at most about
/// a third of the name's length, and never more than 3. Of equally near candidates the first wins.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(longestCompared))
    let limit = min(3, max(1, (wanted.count + 1) / 3))
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
        let other = Array(candidate.lowercased().unicodeScalars.prefix(longestCompared))
        if abs(other.count - wanted.count) > limit { continue }
        let distance = editDistance(wanted, other)
        if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Longer names are compared by their beginning, so that a hostile file cannot buy quadratic work.
private let longestCompared = 100

/// Damerau-Levenshtein distance in its restricted form: no part is edited twice.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
