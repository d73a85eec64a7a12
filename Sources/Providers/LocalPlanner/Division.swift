import ProviderKit

/// Divides a question among agents, by the words that they share with its parts.
enum Division {
    /// Who answers: a plain name, unless the caller clearly asks several, or `order` names several; then the tasks as JSON.
    static func tasks(for callerWords: String, among candidates: [Brief.Answer], order: String?) -> String {
        let ordered = named(in: order ?? "", candidates)
        if ordered.count > 1 {
            let tasks = ordered.enumerated().map { number, name in
                task(name, "", after: number == 0 ? [] : [number - 1])
            }
            return json(tasks)
        }
        let parts = parts(of: callerWords, among: candidates)
        if parts.count > 1 { return json(parts.map { task($0.agent, $0.words, after: []) }) }
        return Judgement.best(of: candidates, for: callerWords)
    }

    /// The candidates that an order names, in its order; each once.
    static func named(in order: String, _ candidates: [Brief.Answer]) -> [String] {
        let said = Words.read(order).map(\.lower)
        let places = candidates.compactMap { candidate -> (name: String, place: Int)? in
            let name = Words.read(candidate.agent).map(\.lower)
            guard !name.isEmpty, name.count <= said.count else { return nil }
            return (0...(said.count - name.count)).first { said[$0...].starts(with: name) }
                .map { (candidate.agent, $0) }
        }
        return places.sorted { $0.place < $1.place }.map(\.name)
    }

    /// The parts of a question that only one agent is for, in order. A part that nobody is for belongs to the one before.
    private static func parts(of words: String, among candidates: [Brief.Answer]) -> [(agent: String, words: String)] {
        var parts: [(agent: String, words: String)] = []
        var opening: [String] = []
        for clause in clauses(of: words) {
            let text = clause.map(\.text).joined(separator: " ")
            guard let agent = Judgement.only(of: candidates, for: text) else {
                if parts.isEmpty { opening.append(text) } else { parts[parts.count - 1].words += ", " + text }
                continue
            }
            if let place = parts.firstIndex(where: { $0.agent == agent }) {
                parts[place].words += ", " + text
            } else if parts.count < most {
                parts.append((agent, (opening + [text]).joined(separator: ", ")))
                opening = []
            }
        }
        return parts
    }

    private static let most = 8

    /// Where the caller begins another thing: at the end of a sentence, at a comma and at `and`.
    private static func clauses(of words: String) -> [[Word]] {
        var clauses: [[Word]] = [[]]
        for word in Words.read(String(words.prefix(Words.readingLimit))) {
            if joints.contains(word.lower) {
                clauses.append([])
                continue
            }
            clauses[clauses.count - 1].append(word)
            if word.end != .nothing { clauses.append([]) }
        }
        return clauses.filter { !$0.isEmpty }
    }

    private static let joints: Set<String> = ["and", "then", "also", "plus"]

    // MARK: JSON

    private static func task(_ agent: String, _ words: String, after: [Int]) -> String {
        let numbers = after.map(String.init).joined(separator: ", ")
        return "{\"agent\": \(quoted(agent)), \"task\": \(quoted(words)), \"after\": [\(numbers)], \"if\": \"\"}"
    }

    private static func json(_ tasks: [String]) -> String { "{\"tasks\": [\(tasks.joined(separator: ", "))]}" }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { quoted, scalar in
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        } + "\""
    }
}
