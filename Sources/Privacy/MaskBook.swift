import ProjectModel

/// The private details of one conversation and the tokens that stand for them. A pure value.
///
/// The same detail has the same token as long as the conversation lasts, in whatever form it is written or said. What is
/// known is found wherever it stands, also where no rule would find it. Text that only looks like a token, because somebody
/// said it, gets a token of its own: so it comes back as it was, and opens nothing.
public struct MaskBook: Sendable {
    /// So many details are kept apart. Those beyond are masked, too, but all alike, and are never put back.
    public static let capacity = 500
    /// The name of tokens that stand for text that looked like a token.
    static let literal = "TEXT"

    /// A detail as it is put back.
    struct Value: Sendable {
        /// As it was said first.
        var said: String
        /// As it is written, where it was said in words.
        var written: String?
    }

    /// What a detail is known by.
    private struct Key: Hashable {
        /// nil: text that looks like a token.
        var entity: PIIEntity?
        var text: String
    }

    let reader: TokenReader
    private let treatments: [PIIEntity: PIIMasking.Operator]
    private let salt: String
    /// What stands for each detail.
    private var masks: [Key: String] = [:]
    /// What each token opens; by its name, in small letters.
    private var values: [String: [Value]] = [:]
    private var known = KnownDetails()

    /// An empty book.
    /// - Parameters:
    ///   - masking: what is looked for.
    ///   - salt: goes into hashes. It is different for each conversation and no model is told it.
    public init(_ masking: PIIMasking, salt: String) {
        treatments = Dictionary(
            masking.rules.map { ($0.entity, $0.treatment) }, uniquingKeysWith: { first, _ in first })
        self.salt = salt
        let names = masking.rules.compactMap { rule -> String? in
            if case .replace(let name) = rule.treatment, PIIMasking.isName(name) { name } else { nil }
        }
        reader = TokenReader(names: names + [Self.literal] + PIIEntity.allCases.map(\.rawValue))
    }

    // MARK: - Masking

    /// `text` with a token, or whatever the project wants, in the place of each detail.
    /// - Parameter question: what was said before, which may say what the text is an answer to. It is not masked.
    public mutating func mask(_ text: String, after question: String = "") -> String {
        let scan = Scan(text, after: question)
        let entities = Set(treatments.keys)
        let findings = Detector.findings(in: scan, entities, known: known.findings(in: scan))
        var masked: [Unicode.Scalar] = []
        var tokens: [Range<Int>] = []
        var end = 0
        for finding in findings {
            masked += scan.scalars[end..<finding.range.lowerBound]
            let mask = Array(mask(for: finding, in: scan).unicodeScalars)
            tokens.append(masked.count..<masked.count + mask.count)
            masked += mask
            end = finding.range.upperBound
        }
        masked += scan.scalars[end...]
        return escaped(masked, except: tokens)
    }

    /// Text that was cut may end in the beginning of a detail, which no rule finds: from here on it is known.
    public mutating func learnCut(_ text: String) {
        let scan = Scan(text)
        guard let finding = known.beginning(atEndOf: scan) else { return }
        _ = mask(for: finding, in: scan)
    }

    private mutating func mask(for finding: Finding, in scan: Scan) -> String {
        let said = scan.text(finding.range)
        let key = Key(entity: finding.entity, text: finding.key)
        if let mask = masks[key] { return mask }
        let isFull = masks.count >= Self.capacity
        let mask: String
        switch treatments[finding.entity] ?? .redact {
        case .redact: mask = ""
        case .hash: mask = "[\(finding.entity.rawValue):\(KeyedHash.hex(finding.key, salt: salt))]"
        case .replace(let name):
            let name = PIIMasking.isName(name) ? name : finding.entity.rawValue
            mask = isFull ? "[\(name)]" : token(name, for: Value(said: said, written: finding.written))
        }
        if isFull { return mask }
        masks[key] = mask
        known.learn(finding, said: said)
        return mask
    }

    private mutating func token(_ name: String, for value: Value) -> String {
        values[name.lowercased(), default: []].append(value)
        return "[\(name)_\(values[name.lowercased()]?.count ?? 0)]"
    }

    /// What looks like a token and is none of `tokens` gets one.
    private mutating func escaped(_ text: [Unicode.Scalar], except tokens: [Range<Int>]) -> String {
        var result = String.UnicodeScalarView()
        var (index, next) = (0, 0)
        while index < text.count {
            while next < tokens.count, tokens[next].upperBound <= index { next += 1 }
            if next < tokens.count, tokens[next].lowerBound == index {
                result.append(contentsOf: text[tokens[next]])
                index = tokens[next].upperBound
                continue
            }
            let previous = index > 0 ? text[index - 1] : nil
            if case .token(_, _, let end) = reader.read(text, at: index, after: previous, isEnd: true) {
                result.append(contentsOf: mask(forLiteral: Scan.text(text[index..<end])).unicodeScalars)
                index = end
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return String(result)
    }

    private mutating func mask(forLiteral text: String) -> String {
        let key = Key(entity: nil, text: text)
        if let mask = masks[key] { return mask }
        if masks.count >= Self.capacity { return "[\(Self.literal)]" }
        let mask = token(Self.literal, for: Value(said: text))
        masks[key] = mask
        return mask
    }

    // MARK: - Unmasking

    /// `text` with the details that its tokens stand for, as they were said first. A token that was not given out stays.
    public func unmask(_ text: String) -> String { unmask(text, .said) }

    /// Arguments of a tool, JSON as text, with the details as they are written.
    public func unmask(arguments json: String) -> String { unmask(json, .arguments) }

    private func unmask(_ text: String, _ form: Unmasker.Form) -> String {
        var unmasker = Unmasker(form)
        let most = unmasker.push(text, self)
        return most + unmasker.finish(self)
    }

    /// How many details are kept apart.
    var count: Int { masks.count }

    /// What a token opens; nil when it was not given out.
    func value(of name: String, _ number: Int) -> Value? {
        guard let values = values[name], values.indices.contains(number - 1) else { return nil }
        return values[number - 1]
    }

    /// Tells a model what tokens are, when one of `texts` has one; nil otherwise.
    public func note(on texts: [String], isSpoken: Bool = false) -> String? {
        let hasToken = texts.contains { text in
            let scalars = Array(text.unicodeScalars)
            return scalars.indices.contains { index in
                guard scalars[index] == "[" else { return false }
                if case .token = reader.read(scalars, at: index, after: nil, isEnd: true) { return true }
                return false
            }
        }
        if !hasToken { return nil }
        return isSpoken
            ? """
            A name and number in square brackets, such as [PERSON_1], stands for a private detail. Never say it: \
            say what it is, such as "your name".
            """
            : """
            A name and number in square brackets, such as [PERSON_1], stands for a private detail that is put in its place \
            later. Write it exactly so wherever the detail belongs, and do not ask for it.
            """
    }
}
