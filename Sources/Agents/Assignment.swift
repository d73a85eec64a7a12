import ProviderKit
import SpeechText

/// Which agents answer one turn of the caller, and what each of them is asked.
public enum Assignment: Equatable, Sendable {
    /// One agent's part of the turn.
    public struct Task: Equatable, Sendable {
        /// Who does it; no agent has two tasks.
        public var agent: String
        /// What it is asked; nil is all that the caller said.
        public var words: String?
        /// The tasks whose answers it gets, by number: earlier ones only, ascending, each once.
        public var after: [Int]
        /// What must hold of one of those answers; nil: it is done in any case.
        public var condition: String?

        /// One agent's part of the turn.
        public init(agent: String, words: String? = nil, after: [Int] = [], condition: String? = nil) {
            self.agent = agent
            self.words = words
            self.after = after
            self.condition = condition
        }
    }

    /// None of the agents is for that.
    case nobody
    /// 1…`mostTasks` of them.
    case tasks([Task])

    /// The most tasks of one turn. Further ones are left out.
    public static let mostTasks = 8
    /// A task's words, and a condition, are cut at this many Unicode scalars.
    public static let longestText = 1_000
    /// So many characters of a model's answer are read.
    public static let longestAnswer = 8_000

    /// Reads the answer of a model that was asked who of `names` answers.
    ///
    /// JSON of `AnswerForm.tasks` with prose around it, a plain name, or a list of nothing but names. Names that are none of
    /// `names` are dropped. What a second task says to an agent is added to its first. A task stands behind those that it
    /// needs; where tasks wait for each other in a circle, their order in the text decides. Thoughts are ignored.
    /// - Returns: nil when the answer says nothing of that.
    public static func read(_ text: String, among names: [String]) -> Assignment? {
        let text = AnswerFilter.choice(in: String(text.prefix(longestAnswer)))
        if let list = TaskList(in: text) {
            if list.entries.isEmpty { return .nobody }
            let tasks = ordered(list.tasks(of: names))
            if !tasks.isEmpty { return .tasks(tasks) }
        }
        let listed = listed(text, names)
        if !listed.isEmpty { return .tasks(listed.prefix(mostTasks).map { Task(agent: $0) }) }
        if let name = Choice.read(text, among: names) { return .tasks([Task(agent: name)]) }
        return Choice.read(text, among: [AnswerForm.nobody]) == nil ? nil : .nobody
    }

    /// Every task, each behind those that it needs; numbers in `after` are those of the result.
    private static func ordered(_ tasks: [Task]) -> [Task] {
        var left = Array(tasks.indices)
        var places: [Int: Int] = [:]
        var result: [Task] = []
        while !left.isEmpty {
            let next = left.first { tasks[$0].after.allSatisfy { places[$0] != nil } } ?? left[0]
            left.removeAll { $0 == next }
            places[next] = result.count
            var task = tasks[next]
            task.after = Set(task.after.compactMap { $0 == next ? nil : places[$0] }).sorted()
            // Without an answer there is nothing to judge.
            if task.after.isEmpty { task.condition = nil }
            result.append(task)
        }
        return result
    }

    /// Words for an agent, without white space before them and not too long; nil when there are none.
    static func cut(_ text: String) -> String? {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }.prefix(longestText)
        return scalars.isEmpty ? nil : String(scalars)
    }

    /// The names of a text that holds nothing else; empty for any other text.
    private static func listed(_ text: String, _ names: [String]) -> [String] {
        if let whole = Choice.exact(text, among: names) { return [whole] }
        let parts = text.split { $0.isNewline || $0 == "," || $0 == ";" }
            .flatMap { $0.split(separator: " and ") }
            .filter { !$0.allSatisfy(\.isWhitespace) }
        var found: [String] = []
        for part in parts {
            guard let name = Choice.exact(String(part), among: names) else { return [] }
            if !found.contains(name) { found.append(name) }
        }
        return found
    }
}

/// The list of tasks in a model's JSON, as it stands there.
private struct TaskList {
    struct Entry {
        var agent: String
        var words = ""
        var after: [Reference] = []
        var condition = ""
    }

    /// Another task, by its number in the list or by its agent.
    enum Reference {
        case number(Int)
        case agent(String)
    }

    var entries: [Entry]

    /// Beyond so many entries nobody reads on.
    private static let mostEntries = 64

    /// The first JSON in `text` that holds a list of tasks.
    init?(in text: String) {
        for value in EmbeddedJSON.values(in: text) {
            guard let items = Self.items(value) else { continue }
            entries = items.prefix(Self.mostEntries).map(Self.entry)
            return
        }
        return nil
    }

    private static func items(_ value: Any) -> [Any]? {
        if let items = value as? [Any] { return items }
        guard let object = value as? [String: Any] else { return nil }
        return object["tasks"] as? [Any]
    }

    private static func entry(_ item: Any) -> Entry {
        if let name = item as? String { return Entry(agent: name) }
        guard let fields = item as? [String: Any] else { return Entry(agent: "") }
        func text(_ keys: String...) -> String { keys.lazy.compactMap { fields[$0] as? String }.first ?? "" }
        var entry = Entry(agent: text("agent", "agent_name", "name"))
        entry.words = text("task", "question", "query", "instruction")
        entry.condition = text("if", "condition")
        let after = fields["after"] ?? fields["depends_on"]
        entry.after = (after as? [Any] ?? [after].compactMap(\.self)).prefix(mostEntries).compactMap(reference)
        return entry
    }

    private static func reference(_ value: Any) -> Reference? {
        if let number = value as? Int { return .number(number) }
        guard let text = value as? String else { return nil }
        return Int(text).map { .number($0) } ?? .agent(text)
    }

    /// The tasks of agents that there are, each agent once, in the order of the list; numbers in `after` are theirs.
    func tasks(of names: [String]) -> [Assignment.Task] {
        var tasks: [Assignment.Task] = []
        var places: [Int: Int] = [:]
        var references: [[Reference]] = []
        for (number, entry) in entries.enumerated() {
            guard let name = Choice.exact(entry.agent, among: names) else { continue }
            let words = Assignment.cut(entry.words)
            if let place = tasks.firstIndex(where: { $0.agent == name }) {
                places[number] = place
                tasks[place].words = Self.joined(tasks[place].words, words)
            } else if tasks.count < Assignment.mostTasks {
                places[number] = tasks.count
                tasks.append(.init(agent: name, words: words, condition: Assignment.cut(entry.condition)))
                references.append(entry.after)
            }
        }
        for index in tasks.indices {
            tasks[index].after = references[index].compactMap { reference in
                switch reference {
                case .number(let number): places[number]
                case .agent(let text):
                    Choice.exact(text, among: names).flatMap { name in tasks.firstIndex { $0.agent == name } }
                }
            }
        }
        return tasks
    }

    /// nil, which is the whole question, holds every part of it.
    private static func joined(_ first: String?, _ second: String?) -> String? {
        guard let first, let second else { return nil }
        return first == second ? first : Assignment.cut(first + "\n" + second)
    }

}
