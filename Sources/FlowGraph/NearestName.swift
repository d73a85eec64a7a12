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
        let distance = editDistance(wanted, other, limit: limit)
        if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Longer names are compared by their beginning, so that a hostile file cannot buy quadratic work.
private let longestCompared = 100

/// Damerau-Levenshtein distance in its restricted form (no part is edited twice), or something above `limit`. Only the
/// band within `limit` of the diagonal is looked at: outside of it no distance can be small enough.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int) -> Int {
    let far = limit + 1
    var beforeLast = [Int](repeating: far, count: b.count + 1)
    var last = (0...b.count).map { min($0, far) }
    for i in a.indices {
        var row = [Int](repeating: far, count: b.count + 1)
        row[0] = min(i + 1, far)
        let band = max(0, i - limit)..<max(max(0, i - limit), min(b.count, i + limit + 1))
        for j in band {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row[j + 1] = min(cost, far)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
