/// A regular expression without groups, alternatives and look-around, such as `^\d{4}-\d{2}$`. It is matched in time
/// proportional to the text times the pattern, whatever both are: a text comes from a model.
struct SimplePattern: Sendable {
    /// The most characters that a pattern matches one by one, repetitions written out.
    static let mostSteps = 512

    /// As it is written.
    let text: String
    private var steps: [Step] = []
    private var isAnchoredAtStart = false
    private var isAnchoredAtEnd = false

    /// How often a character of the set may stand there.
    private enum Quantity: Sendable { case once, perhaps, repeatedly }

    private struct Step: Sendable {
        var set: CharacterSet
        var quantity: Quantity
    }

    /// Characters that may stand in one place.
    private struct CharacterSet: Sendable {
        var ranges: [ClosedRange<UInt32>] = []
        var isInverted = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar.value) } != isInverted
        }
    }

    /// nil for a pattern that is not simple, or too large.
    init?(_ text: String) {
        self.text = text
        var rest = text.unicodeScalars[...]
        if rest.first == "^" {
            isAnchoredAtStart = true
            rest.removeFirst()
        }
        while let scalar = rest.popFirst() {
            if scalar == "$" && rest.isEmpty {
                isAnchoredAtEnd = true
                break
            }
            guard let set = Self.set(scalar, &rest), let (least, most) = Self.repetition(&rest) else { return nil }
            steps += Array(repeating: Step(set: set, quantity: .once), count: least)
            if let most {
                guard most >= least else { return nil }
                steps += Array(repeating: Step(set: set, quantity: .perhaps), count: most - least)
            } else {
                steps.append(Step(set: set, quantity: .repeatedly))
            }
            if steps.count > Self.mostSteps { return nil }
        }
    }

    /// Whether a part of the text matches, or the whole where the pattern is anchored.
    func matches(_ text: String) -> Bool {
        // Which steps may be next; behind the last, the pattern has matched.
        var open = closure([0])
        for scalar in text.unicodeScalars {
            if open.contains(steps.count) && !isAnchoredAtEnd { return true }
            var next: Set<Int> = isAnchoredAtStart ? [] : [0]
            for index in open where index < steps.count && steps[index].set.contains(scalar) {
                next.insert(steps[index].quantity == .repeatedly ? index : index + 1)
            }
            open = closure(next)
            if open.isEmpty { return false }
        }
        return open.contains(steps.count)
    }

    /// With the steps behind those that may be left out.
    private func closure(_ start: Set<Int>) -> Set<Int> {
        var all = start
        for first in start {
            var index = first
            while index < steps.count, steps[index].quantity != .once {
                index += 1
                if !all.insert(index).inserted && start.contains(index) { break }
            }
        }
        return all
    }

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]

    private static func set(_ scalar: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView) -> CharacterSet? {
        switch scalar {
        case ".": return CharacterSet(ranges: [0x0A...0x0A, 0x0D...0x0D], isInverted: true)
        case "[": return brackets(&rest)
        case "\\": return escape(&rest)
        case "(", ")", "|", "*", "+", "?", "{", "}", "]", "^", "$": return nil
        default: return CharacterSet(ranges: [scalar.value...scalar.value])
        }
    }

    private static func escape(_ rest: inout Substring.UnicodeScalarView) -> CharacterSet? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case "d": return CharacterSet(ranges: digits)
        case "w": return CharacterSet(ranges: words)
        case "s": return CharacterSet(ranges: spaces)
        case "D": return CharacterSet(ranges: digits, isInverted: true)
        case "W": return CharacterSet(ranges: words, isInverted: true)
        case "S": return CharacterSet(ranges: spaces, isInverted: true)
        case "t": return CharacterSet(ranges: [9...9])
        case "n": return CharacterSet(ranges: [10...10])
        case "r": return CharacterSet(ranges: [13...13])
        // Other letters and digits have meanings of their own.
        case _ where scalar.properties.isAlphabetic || ("0"..."9").contains(scalar): return nil
        default: return CharacterSet(ranges: [scalar.value...scalar.value])
        }
    }

    private static func brackets(_ rest: inout Substring.UnicodeScalarView) -> CharacterSet? {
        var set = CharacterSet()
        if rest.first == "^" {
            set.isInverted = true
            rest.removeFirst()
        }
        while let scalar = rest.popFirst() {
            if scalar == "]" { return set.ranges.isEmpty ? nil : set }
            if scalar == "[" { return nil }
            guard let first = member(scalar, &rest) else { return nil }
            // A hyphen before the closing bracket is one.
            guard rest.first == "-", rest.dropFirst().first != "]", let low = first.single else {
                set.ranges += first.ranges
                continue
            }
            rest.removeFirst()
            guard let end = rest.popFirst(), let high = member(end, &rest)?.single, low <= high else { return nil }
            set.ranges.append(low...high)
        }
        return nil
    }

    private static func member(
        _ scalar: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView
    ) -> (ranges: [ClosedRange<UInt32>], single: UInt32?)? {
        guard scalar == "\\" else { return ([scalar.value...scalar.value], scalar.value) }
        guard let set = escape(&rest), !set.isInverted else { return nil }
        let isSingle = set.ranges.count == 1 && set.ranges[0].count == 1
        return (set.ranges, isSingle ? set.ranges[0].lowerBound : nil)
    }

    /// How often what stands before may be there; without an upper bound, as often as it likes.
    private static func repetition(_ rest: inout Substring.UnicodeScalarView) -> (least: Int, most: Int?)? {
        switch rest.first {
        case "*": rest.removeFirst()
        case "+":
            rest.removeFirst()
            return rest.first == "?" || rest.first == "+" ? nil : (1, nil)
        case "?":
            rest.removeFirst()
            return rest.first == "?" || rest.first == "+" ? nil : (0, 1)
        case "{": return braces(&rest)
        default: return (1, 1)
        }
        return rest.first == "?" || rest.first == "+" ? nil : (0, nil)
    }

    private static func braces(_ rest: inout Substring.UnicodeScalarView) -> (least: Int, most: Int?)? {
        guard let end = rest.firstIndex(of: "}") else { return nil }
        let parts = String(String.UnicodeScalarView(rest[..<end].dropFirst()))
            .split(separator: ",", omittingEmptySubsequences: false)
        rest = rest[rest.index(after: end)...]
        guard parts.count <= 2, let least = parts.first.flatMap({ Int($0) }), (0...mostSteps).contains(least),
            rest.first != "?", rest.first != "+"
        else { return nil }
        if parts.count == 1 { return (least, least) }
        if parts[1].isEmpty { return (least, nil) }
        guard let most = Int(parts[1]), (least...mostSteps).contains(most) else { return nil }
        return (least, most)
    }
}
