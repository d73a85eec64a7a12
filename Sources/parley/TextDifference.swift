/// The lines in which two texts differ, in the unified form of `diff`, with three lines around them.
struct TextDifference {
    private enum Line: Equatable {
        case same(Substring)
        case removed(Substring)
        case added(Substring)

        var text: String {
            switch self {
            case .same(let text): " \(text)"
            case .removed(let text): "-\(text)"
            case .added(let text): "+\(text)"
            }
        }
    }

    private static let around = 3

    private let lines: [Line]

    init(from old: String, to new: String) {
        let (before, after) = (Self.lines(of: old), Self.lines(of: new))
        let difference = after.difference(from: before)
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                lines.append(.removed(before[left]))
                left += 1
            } else if added.contains(right) {
                lines.append(.added(after[right]))
                right += 1
            } else {
                lines.append(.same(before[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        self.lines = lines
    }

    private static func lines(of text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true ? Array(lines.dropLast()) : lines
    }

    /// The text; empty when nothing differs.
    var text: String {
        let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
        var text = ""
        var rest = changed[...]
        while let first = rest.first {
            var last = first
            while let next = rest.first, next <= last + 2 * Self.around {
                last = next
                rest.removeFirst()
            }
            let hunk = max(0, first - Self.around)...min(lines.count - 1, last + Self.around)
            text += header(of: hunk) + lines[hunk].map { $0.text + "\n" }.joined()
        }
        return text
    }

    private func header(of hunk: ClosedRange<Int>) -> String {
        func count(_ range: some Sequence<Line>, without other: (Line) -> Bool) -> Int {
            range.reduce(0) { $0 + (other($1) ? 0 : 1) }
        }
        let isAdded: (Line) -> Bool = { if case .added = $0 { true } else { false } }
        let isRemoved: (Line) -> Bool = { if case .removed = $0 { true } else { false } }
        let before = lines[..<hunk.lowerBound]
        let (old, new) = (count(before, without: isAdded) + 1, count(before, without: isRemoved) + 1)
        let (removed, added) = (count(lines[hunk], without: isAdded), count(lines[hunk], without: isRemoved))
        return "@@ -\(old),\(removed) +\(new),\(added) @@\n"
    }
}
