import ProviderKit

/// A spoken plan: one or two sentences, what the agent does and one step.
struct Plan {
    /// The whole plan.
    let text: String

    /// Writes the plan for `brief`.
    /// - Parameter saysWhoSpeaks: whether the caller has to be told that no language model speaks.
    init(_ brief: Brief, saysWhoSpeaks: Bool) {
        let topic = Topic(brief.callerWords)
        let role = Role(name: brief.agentName, description: brief.agentDescription)
        let choice = Choice(brief.agentName + "\n" + brief.agentDescription)
        var sentences: [String]
        if let decision = Triage.decision(for: brief) {
            sentences = [decision]
        } else {
            sentences = [
                Self.opening(brief, topic: topic, role: role, choice: choice),
                Self.step(brief, topic: topic, role: role, choice: choice),
            ]
        }
        if saysWhoSpeaks { sentences[0] = Self.honesty(choice) + ": " + sentences[0].loweredFirst }
        text = Sentences.joined(sentences)
    }

    /// What to find out for who speaks first; then what to choose between; then when to look again.
    private static func step(_ brief: Brief, topic: Topic, role: Role, choice: Choice) -> String {
        var choice = choice
        let field = field(for: brief)
        let stock = { (field: Field) in [field.measures, field.options, field.reviews][min(brief.parents.count, 2)] }
        let templates = stock(field) + (field.signs.isEmpty ? [] : stock(.general))
        let own = stock(field).count
        let first = choice.next(below: own)
        let said = brief.parents.map { String($0.text.prefix(Words.readingLimit)) }
        // What a parent has said already is not said again.
        let order = (0..<own).map { (first + $0) % own } + Array(own..<templates.count)
        let index = order.first { index in !said.contains { $0.contains(Self.opening(of: templates[index])) } }
        return filled(templates[index ?? first], topic: topic, role: role, choice: choice)
    }

    /// The words before the first slot, enough to know a step again.
    private static func opening(of template: String) -> String {
        String(template.prefix { $0 != "{" }.prefix(40))
    }

    private static func filled(_ template: String, topic: Topic, role: Role, choice: Choice) -> String {
        var text = template
        // Foundation-free: there is at most one of each slot.
        for (slot, value) in [("{s}", topic.subject(choice.seed)), ("{f}", role.focus(choice.seed))] {
            if let range = text.firstRange(of: slot) { text.replaceSubrange(range, with: value) }
        }
        return text
    }

    /// What the agent works on counts more than what the caller happened to say.
    private static func field(for brief: Brief) -> Field {
        func stems(_ text: String, weight: Int) -> [(stem: String, weight: Int)] {
            Set(Words.read(text).map(\.stem)).sorted().map { (stem: $0, weight: weight) }
        }
        let own = stems(brief.agentName + " " + brief.agentDescription, weight: 3)
        return Field.best(for: own + stems(brief.callerWords, weight: 1)) ?? .general
    }

    // MARK: The first sentence

    private static func opening(_ brief: Brief, topic: Topic, role: Role, choice: Choice) -> String {
        guard !brief.parents.isEmpty else { return introduction(topic: topic, role: role, choice: choice) }
        var names: [String] = []
        // The nearest stand last.
        for parent in brief.parents.suffix(3) {
            let name = Words.name(parent.agent, else: "the first agent")
            if !names.contains(name) { names.append(name) }
        }
        let parents = Words.list(names)
        let aim = topic.aim.map { "\($0.loweredFirst), " } ?? ""
        switch choice.seed / 5 % 3 {
        case 0: return "I build on what \(parents) said; \(aim)\(role.clause)."
        case 1: return "\(parents) went first; \(aim)\(role.clause)."
        default: return "After the answer of \(parents), \(aim)\(role.clause)."
        }
    }

    /// Said once in a conversation.
    private static func honesty(_ choice: Choice) -> String {
        switch choice.seed % 3 {
        case 0: "This is an outline by the offline planner, not advice from a language model"
        case 1: "You are hearing the offline planner, so take this as an outline and not as advice"
        default: "The offline planner speaks here, with an outline to go by and not a model's advice"
        }
    }

    private static func introduction(topic: Topic, role: Role, choice: Choice) -> String {
        guard let aim = topic.aim else { return "\(role.clause)." }
        if choice.seed / 3 % 2 == 1, !topic.subjects.isEmpty {
            return "You asked about \(Words.list(topic.subjects)), and \(role.clause)."
        }
        return "\(aim), \(role.clause)."
    }
}

/// Choices that look free and are always the same for the same text.
struct Choice {
    /// A number from the text; never negative.
    let seed: Int
    private var state: UInt64

    /// Begins with a hash of `text` (FNV-1a), of which the first 4,000 bytes count.
    init(_ text: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8.prefix(4000) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The low bits of such a hash hang together; the high ones are folded in.
        hash ^= hash >> 29
        seed = Int(hash >> 2)
        state = hash
    }

    /// A number in `0..<bound`; `bound` is at least 1.
    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}

/// Puts sentences together so that they can be spoken.
enum Sentences {
    /// One text, each sentence beginning with a capital, no word twice in a row.
    static func joined(_ sentences: [String]) -> String {
        var words: [Substring] = []
        for sentence in sentences where !sentence.isEmpty {
            for word in sentence.capitalizedFirst.split(separator: " ") {
                if let last = words.last, last.lowercased() == word.lowercased() { continue }
                words.append(word)
            }
        }
        return words.joined(separator: " ")
    }
}
