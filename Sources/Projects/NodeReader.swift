import FlowGraph

/// Reads the keys of one block, each with its type, range and default. A wrong value is reported and treated as missing, so
/// one pass finds all problems. At the end there is a warning for each key that was not read.
struct NodeReader: ~Copyable {
    /// Entries in one list.
    static let longestList = 2000
    /// Names in a block of named blocks.
    static let mostNames = 500

    let mark: Mark
    let path: String
    /// `path` with `[]` for every place in a list.
    private let pattern: String
    private let entries: [YAMLNode.Entry]
    let context: LoadContext
    private var asked: [String] = []
    /// Whether keys that nobody asked for, or that have no effect, are passed over in silence.
    private var isLenient = false

    /// Opens a block. A node of another kind is reported, and `read` is not called.
    static func open<Result>(
        _ node: Located<YAMLNode>, pattern: String, in context: LoadContext, hint: String? = nil,
        _ read: (inout NodeReader) -> Result
    ) -> Result? {
        guard case .mapping(let entries) = node.value.content else {
            context.report(
                .error, at: node.mark, path: node.path, "must be a block of keys, not \(node.value.kind)", hint: hint)
            return nil
        }
        var reader = NodeReader(entries, node, pattern: pattern, context)
        let result = read(&reader)
        reader.reportUnknownKeys()
        return result
    }

    private init(
        _ entries: [YAMLNode.Entry], _ node: Located<YAMLNode>, pattern: String, _ context: LoadContext
    ) {
        self.entries = entries
        mark = node.mark
        path = node.path
        self.pattern = pattern
        self.context = context
    }

    /// The keys, in the order of the file.
    var keys: [String] { entries.map(\.key) }

    /// What stands under a key. Blocks are short: looking through one is quicker than any table made of it.
    private func entry(_ key: String) -> YAMLNode.Entry? { entries.first { $0.key == key } }

    // MARK: Values. With a default they always have one, and stand where the key or else the block stands

    mutating func text(_ key: String, required: Bool = false) -> Located<String>? {
        text(key, required: required, recording: nil)
    }

    /// Text; nothing under the key is as if it were not there.
    mutating func textOrNothing(_ key: String) -> Located<String>? {
        guard entry(key)?.value.isNull != true else {
            _ = node(key, .text, required: false)
            return nil
        }
        return text(key)
    }

    /// - Parameter fallback: what the caller takes instead; only written down here.
    mutating func text(_ key: String, required: Bool = false, recording fallback: String?) -> Located<String>? {
        value(
            key, .text, required: required, default: fallback.map { "\"\($0)\"" },
            hint: textHint, "text"
        ) { $0.text }
    }

    /// One value, or a list of 1…`longest` of them; each still to be read.
    mutating func oneOrMore(
        _ key: String, atMost longest: Int, recording fallback: [String]? = nil
    ) -> [Located<YAMLNode>]? {
        func recorded(_ texts: [String]) -> String {
            let quoted = texts.map { "\"\($0)\"" }.joined(separator: ", ")
            return texts.count == 1 ? quoted : "[\(quoted)]"
        }
        guard let node = node(key, .texts(atMost: longest), required: false, default: fallback.map(recorded))
        else { return nil }
        if node.value.isNull {
            context.report(
                .error, at: keyMark(key), path: node.path, "must be text or a list, not nothing", hint: removeHint)
            return nil
        }
        guard case .sequence(let items) = node.value.content else { return [node] }
        if items.isEmpty { context.report(.error, at: node.mark, path: node.path, "must not be empty") }
        return entries(of: items, in: node, atMost: longest)
    }

    mutating func bool(_ key: String) -> Located<Bool>? { bool(key, recording: nil) }

    mutating func bool(_ key: String, default fallback: Bool) -> Located<Bool> {
        bool(key, recording: fallback) ?? located(fallback, at: key)
    }

    /// A truth value or one of `words`, as it is written in the file: `true`, `false` or the word.
    mutating func bool(_ key: String, or words: [String]) -> Located<String>? {
        var wanted: String { "true, false or \(words.joined(separator: " or "))" }
        func hint(_ node: YAMLNode) -> String? {
            quoteHint(node) ?? node.text.flatMap { didYouMean($0, words) }
        }
        return value(key, .booleanOr(words), hint: hint, wanted) { node in
            node.bool.map { $0 ? "true" : "false" } ?? node.text.flatMap { words.contains($0) ? $0 : nil }
        }
    }

    mutating func int(_ key: String, in range: ClosedRange<Int>) -> Located<Int>? {
        int(key, in: range, recording: nil)
    }

    mutating func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Located<Int> {
        int(key, in: range, recording: fallback) ?? located(fallback, at: key)
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) -> Located<Double>? {
        number(key, in: range, recording: nil)
    }

    /// A number above `low`, `high` at most.
    mutating func number(_ key: String, above low: Double, through high: Double) -> Located<Double>? {
        var wanted: String { "a number above \(plain(low)), \(plain(high)) at most" }
        let found = value(key, .numberAbove(low, through: high), hint: numberHint, wanted) { $0.double }
        return inRange(found, low.nextUp...high, wanted)
    }

    mutating func number(
        _ key: String, in range: ClosedRange<Double>, default fallback: Double
    ) -> Located<Double> {
        number(key, in: range, recording: fallback) ?? located(fallback, at: key)
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        choice(key, recording: fallback) ?? fallback
    }

    /// - Parameter fallback: what the caller takes instead; only written down here.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, recording fallback: Choice? = nil
    ) -> Choice? where Choice.RawValue == String {
        var names: [String] { Choice.allCases.map(\.rawValue) }
        var wanted: String { "one of \(names.joined(separator: ", "))" }
        let found = value(
            key, .choice(names), default: fallback.map { "\"\($0.rawValue)\"" }, hint: { _ in nil }, wanted
        ) { $0.text }
        guard let found else { return nil }
        if let choice = Choice(rawValue: found.value) { return choice }
        context.report(
            .error, at: found.mark, path: found.path, "'\(found.value)' is not \(wanted)",
            hint: didYouMean(found.value, names))
        return nil
    }

    /// One of `words`, which are known only when the program runs.
    mutating func word(_ key: String, of words: [String], required: Bool = false) -> Located<String>? {
        var wanted: String { "one of \(words.joined(separator: ", "))" }
        guard let found = value(key, .choice(words), required: required, hint: { _ in nil }, wanted, { $0.text }) else {
            return nil
        }
        if words.contains(found.value) { return found }
        context.report(
            .error, at: found.mark, path: found.path, "'\(found.value)' is not \(wanted)",
            hint: didYouMean(found.value, words))
        return nil
    }

    /// A value as it is written, be it text or a number.
    mutating func scalar(_ key: String) -> Located<String>? {
        value(key, .text, hint: { _ in nil }, "text or a number") { node in
            guard case .scalar(let text, _) = node.content, !node.isNull, !text.isEmpty else { return nil }
            return text
        }
    }

    /// Keeps the texts of this block out of whatever shows the file, those under `keys` and names of variables excepted.
    func concealValues(except keys: [String]) {
        for entry in entries where !keys.contains(entry.key) {
            // Of a list or a block, which is no value here, the line is kept out.
            var text = ""
            if case .scalar(let scalar, _) = entry.value.content { text = scalar }
            if text.hasPrefix("ENV:") { continue }
            context.conceal(Located(value: text, mark: entry.value.mark, path: path(of: entry.key)))
        }
    }

    // MARK: Blocks and lists

    /// Reads a block within this one; nothing under the key is as if it were not there.
    mutating func block<Result>(
        _ key: String, required: Bool = false, _ read: (inout NodeReader) -> Result
    ) -> Result? {
        guard let node = node(key, .block, required: required), !node.value.isNull else { return nil }
        return Self.open(node, pattern: pattern(of: key), in: context, read)
    }

    /// The entries of a list, without those beyond the bound; nothing under the key is as if it were not there.
    mutating func list(_ key: String, required: Bool = false, hint: String? = nil) -> [Located<YAMLNode>]? {
        guard let node = node(key, .list, required: required), !node.value.isNull else { return nil }
        guard case .sequence(let items) = node.value.content else {
            context.report(.error, at: node.mark, path: node.path, "must be a list, not \(node.value.kind)", hint: hint)
            return nil
        }
        if required && items.isEmpty {
            context.report(.error, at: node.mark, path: node.path, "must not be empty")
        }
        return entries(of: items, in: node, atMost: Self.longestList)
    }

    /// A list of texts, which may be empty; nothing under the key is as if it were not there.
    mutating func texts(_ key: String, atMost longest: Int, hint: String) -> [Located<String>]? {
        guard let node = node(key, .textList(atMost: longest), required: false), !node.value.isNull else { return nil }
        guard case .sequence(let items) = node.value.content else {
            context.report(.error, at: node.mark, path: node.path, "must be a list, not \(node.value.kind)", hint: hint)
            return nil
        }
        return entries(of: items, in: node, atMost: longest).compactMap(context.text(of:))
    }

    /// A list of blocks, each read by `read`.
    mutating func blocks<Result>(
        _ key: String, required: Bool = false, hint: String? = nil, _ read: (inout NodeReader) -> Result
    ) -> [Result]? {
        let pattern = pattern(of: key) + "[]"
        return list(key, required: required, hint: hint)?.compactMap {
            Self.open($0, pattern: pattern, in: context, hint: hint, read)
        }
    }

    /// A block whose keys are names of the file's own choosing, each with a block under it that is read by `read`.
    mutating func namedBlocks(_ key: String, _ read: (Located<String>, inout NodeReader) -> Void) {
        guard let node = node(key, .block, required: false), !node.value.isNull else { return }
        guard case .mapping(let entries) = node.value.content else {
            context.report(.error, at: node.mark, path: node.path, "must be a block of keys, not \(node.value.kind)")
            return
        }
        let pattern = pattern(of: key) + ".*"
        if entries.count > Self.mostNames {
            context.report(
                .error, at: entries[Self.mostNames].keyMark, path: node.path,
                "has more than \(Self.mostNames) entries")
        }
        for entry in entries.prefix(Self.mostNames) {
            let path = "\(node.path).\(entry.key)"
            let value = Located(value: entry.value, mark: entry.value.mark, path: path)
            Self.open(value, pattern: pattern, in: context) {
                read(Located(value: entry.key, mark: entry.keyMark, path: path), &$0)
            }
        }
    }

    /// A key of the schema that this version knows of and does not act on yet.
    /// - Parameter isMissed: whether ignoring this value changes how the project behaves, which is then said.
    mutating func acceptWithoutEffect(_ key: String, when isMissed: (YAMLNode) -> Bool = { _ in true }) {
        guard let node = node(key, .anything, required: false), isMissed(node.value), !isLenient else { return }
        context.report(.warning, at: keyMark(key), path: node.path, "'\(key)' is accepted but has no effect yet")
    }

    /// Says nothing of keys that are not read or have no effect: the block is of a class that cannot run here.
    mutating func acceptUnknownKeys() { isLenient = true }

    /// The value under a key, as it stands in the file.
    func node(at key: String) -> YAMLNode? { entry(key)?.value }

    func has(_ key: String) -> Bool { entry(key) != nil }

    /// The position of the key, or of the block if the key is missing.
    func keyMark(_ key: String) -> Mark { entry(key)?.keyMark ?? mark }

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func pattern(of key: String) -> String { pattern.isEmpty ? key : "\(pattern).\(key)" }

    // MARK: Parts of the above

    /// The entries of a list, without those beyond the bound.
    private func entries(
        of items: [YAMLNode], in list: Located<YAMLNode>, atMost longest: Int
    ) -> [Located<YAMLNode>] {
        if items.count > longest {
            context.report(.error, at: items[longest].mark, path: list.path, "has more than \(longest) entries")
        }
        return items.prefix(longest).enumerated().map { index, item in
            Located(value: item, mark: item.mark, path: "\(list.path)[\(index)]")
        }
    }

    private func located<Value>(_ value: Value, at key: String) -> Located<Value> {
        Located(value: value, mark: keyMark(key), path: path(of: key))
    }

    private mutating func bool(_ key: String, recording fallback: Bool?) -> Located<Bool>? {
        value(key, .boolean, default: fallback.map(String.init), hint: quoteHint, "true or false") { $0.bool }
    }

    private mutating func int(
        _ key: String, in range: ClosedRange<Int>, recording fallback: Int?
    ) -> Located<Int>? {
        var wanted: String { "a whole number within \(range.lowerBound)…\(range.upperBound)" }
        let found = value(key, .integer(range), default: fallback.map(String.init), hint: numberHint, wanted) {
            $0.int ?? $0.double.flatMap { Int(exactly: $0) }
        }
        return inRange(found, range, wanted)
    }

    private mutating func number(
        _ key: String, in range: ClosedRange<Double>, recording fallback: Double?
    ) -> Located<Double>? {
        var wanted: String { "a number within \(plain(range.lowerBound))…\(plain(range.upperBound))" }
        let found = value(key, .number(range), default: fallback.map(plain), hint: numberHint, wanted) { $0.double }
        return inRange(found, range, wanted)
    }

    mutating func node(
        _ key: String, _ kind: @autoclosure () -> KeyRequest.Kind, required: Bool,
        default fallback: @autoclosure () -> String? = nil
    ) -> Located<YAMLNode>? {
        asked.append(key)
        context.note(.init(path: pattern(of: key), kind: kind(), isRequired: required, defaultValue: fallback()))
        guard let entry = entry(key), !(required && entry.value.isNull) else {
            if required { reportMissing(key) }
            return nil
        }
        return Located(value: entry.value, mark: entry.value.mark, path: path(of: key))
    }

    /// A list that must be there. Where another key holds a text in its place, as `step_name: B` for `to: [B]`, that is one
    /// problem, and the hint says how to write it.
    mutating func list(
        _ key: String, inPlaceOf others: [String], hint: String?
    ) -> [Located<YAMLNode>]? {
        let slip = entry(key) == nil ? others.first { entry($0)?.value.text != nil } : nil
        guard let slip, let text = entry(slip)?.value.text else { return list(key, required: true, hint: hint) }
        asked += [key, slip]
        context.report(
            .error, at: keyMark(slip), path: path(of: slip), "unknown key '\(slip)', and '\(key)' is missing",
            hint: "write \(key): [\"\(text)\"]")
        return nil
    }

    /// Reports a required key. A misspelt one is one problem, not two.
    private mutating func reportMissing(_ key: String) {
        let others = keys.filter { !asked.contains($0) && entry(key) == nil }
        guard let slip = nearestName(to: key, among: others) else {
            context.report(.error, at: keyMark(key), path: path(of: key), "'\(key)' is missing")
            return
        }
        asked.append(slip)
        context.report(
            .error, at: keyMark(slip), path: path(of: slip), "unknown key '\(slip)', and '\(key)' is missing",
            hint: "did you mean '\(key)'?")
    }

    private mutating func value<Value>(
        _ key: String, _ kind: @autoclosure () -> KeyRequest.Kind, required: Bool = false,
        default fallback: @autoclosure () -> String? = nil, hint: (YAMLNode) -> String?,
        _ wanted: @autoclosure () -> String, _ read: (YAMLNode) -> Value?
    ) -> Located<Value>? {
        guard let node = node(key, kind(), required: required, default: fallback()) else { return nil }
        if let value = read(node.value) { return Located(value: value, mark: node.mark, path: node.path) }
        let advice = node.value.isNull ? removeHint : hint(node.value)
        context.report(
            .error, at: node.value.isNull ? keyMark(key) : node.mark, path: node.path,
            "must be \(wanted()), not \(node.value.kind)", hint: advice)
        return nil
    }

    private func inRange<Value: Comparable>(
        _ found: Located<Value>?, _ range: ClosedRange<Value>, _ wanted: @autoclosure () -> String
    ) -> Located<Value>? {
        guard let found else { return nil }
        if range.contains(found.value) { return found }
        context.report(.error, at: found.mark, path: found.path, "must be \(wanted())")
        return nil
    }

    private func reportUnknownKeys() {
        if isLenient { return }
        for key in keys where !asked.contains(key) && !(path.isEmpty && key.hasPrefix("x-")) {
            context.report(
                .warning, at: keyMark(key), path: path(of: key), "unknown key '\(key)'",
                hint: context.isFull
                    ? nil
                    : placeHint(key, in: pattern) ?? didYouMean(key, asked.filter { entry($0) == nil }))
        }
    }
}
