extension JSONSchema {
    /// The most mismatches that are told at once.
    public static let mostMismatches = 8

    /// What of a value does not fit, each as `path: what to do`, such as `slot: must be a string`; empty when it fits.
    /// Values are not repeated.
    public func mismatches(of value: JSON) -> [String] {
        var found: [String] = []
        Self.check(value, root, path: "", into: &found)
        return found
    }

    private static func check(_ value: JSON, _ rule: Rule, path: String, into found: inout [String]) {
        func tell(_ message: String) {
            if found.count < mostMismatches { found.append("\(path.isEmpty ? "the arguments" : path): \(message)") }
        }
        if found.count >= mostMismatches { return }
        if rule.isNothing { return tell("must not be given") }
        guard rule.types.contains(value.kind) else { return tell("must be \(rule.typeNames)") }
        if let allowed = rule.allowed, !allowed.contains(where: { value.isSame(as: $0) }) {
            return tell("must be \(choices(allowed))")
        }
        switch value {
        case .object(let members): checkObject(members, rule, path: path, into: &found)
        case .array(let values):
            if !rule.count.contains(values.count) { tell("must have \(words(rule.count)) entries") }
            guard let items = rule.items.first else { break }
            for (index, value) in values.enumerated() { check(value, items, path: "\(path)[\(index)]", into: &found) }
        case .string(let text), .plain(let text):
            if !rule.length.contains(text.unicodeScalars.count) { tell("must have \(words(rule.length)) characters") }
            if let pattern = rule.pattern, !pattern.matches(text) { tell("must match \(pattern.text)") }
        case .int, .double:
            if let number = value.number, !rule.value.contains(number) { tell("must be \(words(rule.value))") }
        case .bool, .null: break
        }
        for group in rule.alternatives { checkAlternatives(value, group, path: path, into: &found) }
    }

    private static func checkObject(
        _ members: [(String, JSON)], _ rule: Rule, path: String, into found: inout [String]
    ) {
        func place(_ name: String) -> String { path.isEmpty ? shown(name) : "\(path).\(shown(name))" }
        for name in rule.required where !members.contains(where: { $0.0 == name }) && found.count < mostMismatches {
            found.append("\(place(name)): is missing")
        }
        for (name, value) in members {
            if let own = rule.properties.first(where: { $0.name == name }) {
                check(value, own.rule, path: place(name), into: &found)
                continue
            }
            switch rule.others {
            case .anything: break
            case .each(let other): check(value, other, path: place(name), into: &found)
            case .nothing where found.count < mostMismatches:
                let known = rule.properties.map(\.name).prefix(20).joined(separator: ", ")
                found.append("\(place(name)): is not known\(known.isEmpty ? "" : "; known are \(known)")")
            case .nothing: break
            }
        }
    }

    /// One of the group must hold. Of several that do not, the one with the fewest mismatches is told.
    private static func checkAlternatives(
        _ value: JSON, _ group: [Rule], path: String, into found: inout [String]
    ) {
        var nearest: (mismatches: [String], distance: Int)?
        for rule in group {
            var own: [String] = []
            check(value, rule, path: path, into: &own)
            if own.isEmpty { return }
            // One of another type was hardly meant.
            let distance = own.count + (rule.types.contains(value.kind) ? 0 : mostMismatches)
            if distance < nearest?.distance ?? Int.max { nearest = (own, distance) }
        }
        found += (nearest?.mismatches ?? []).prefix(mostMismatches - found.count)
    }

    /// A name that the value's writer chose, short and on one line.
    private static func shown(_ name: String) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isPlain && name.count <= 64 ? name : "…"
    }

    private static func choices(_ allowed: [JSON]) -> String {
        let texts = allowed.prefix(20).map { String($0.text.prefix(80)) }
        return texts.count == 1 ? texts[0] : "one of \(texts.joined(separator: ", "))\(allowed.count > 20 ? ", …" : "")"
    }

    private static func words<Bound>(_ range: Range<Bound>) -> String {
        let low = range.low.map { range.excludesLow ? "more than \(number($0))" : "at least \(number($0))" }
        let high = range.high.map { range.excludesHigh ? "less than \(number($0))" : "at most \(number($0))" }
        return [low, high].compactMap(\.self).joined(separator: " and ")
    }

    private static func number(_ bound: some Any) -> String {
        guard let double = bound as? Double, let whole = Int(exactly: double) else { return "\(bound)" }
        return String(whole)
    }
}

extension JSONSchema.Rule {
    /// `a string or null`
    var typeNames: String {
        var wanted = JSONSchema.Kind.allCases.filter(types.contains)
        if wanted.contains(.number) { wanted.removeAll { $0 == .integer } }
        let names = wanted.map { kind in
            switch kind {
            case .object: "an object"
            case .array: "a list"
            case .string: "a string"
            case .number: "a number"
            case .integer: "a whole number"
            case .boolean: "true or false"
            case .null: "null"
            }
        }
        return names.joined(separator: " or ")
    }
}

extension JSON {
    /// The narrowest kind of it: a number without a fraction is an integer, however it is written.
    var kind: JSONSchema.Kind {
        switch self {
        case .object: .object
        case .array: .array
        case .string, .plain: .string
        case .bool: .boolean
        case .null: .null
        case .int: .integer
        // Beyond this, two whole numbers may be one double.
        case .double(let value): value == value.rounded() && abs(value) < 0x1p53 ? .integer : .number
        }
    }

    /// Equality as JSON Schema has it: `1` is `1.0`, and the order of an object's members does not matter.
    func isSame(as other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            mine.count == theirs.count
                && mine.allSatisfy { name, value in other[name].map { value.isSame(as: $0) } ?? false }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isSame(as: $1) }
        case (.int(let mine), .int(let theirs)): mine == theirs
        default:
            if let mine = string {
                mine == other.string
            } else if let mine = number {
                mine == other.number
            } else {
                self == other
            }
        }
    }
}
