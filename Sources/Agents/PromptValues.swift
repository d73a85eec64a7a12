import ProjectModel
import ProviderKit

/// What the placeholders of a project stand for in one conversation: the project's variables, and what the client has said.
///
/// A value is one line of data. In a prompt it cannot forge a mark, and no placeholder in it is read.
public struct PromptValues: Equatable, Sendable {
    /// How many names a client may give values in one conversation.
    public static let most = 32
    /// The longest value of a client, in Unicode scalars.
    public static let longestValue = 500

    private let project: [String: String]
    private var client: [String: String] = [:]

    /// The values of a project.
    public init(_ variables: [PromptMemory.Variable]) {
        project = Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Takes over what the client says; the last value of a name counts.
    /// - Returns: whether there was room for all of them; if not, none is taken.
    public mutating func take(_ variables: [PromptMemory.Variable]) -> Bool {
        let taken = client.merging(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        guard taken.count <= Self.most else { return false }
        client = taken
        return true
    }

    /// Whether `line` has placeholders that have no value yet.
    public func areMissing(in line: String) -> Bool {
        Placeholders.names(in: line).contains { (value($0) ?? "").isEmpty }
    }

    /// A line to say, with its values; what has none is left out.
    public func spoken(_ line: String) -> String { Placeholders.spoken(line) { value($0).map(Prompt.oneLine) } }

    /// A text for a model, with its values. Names that nobody has named stay: orders have braces of their own.
    public func filled(_ text: String) -> String {
        text.contains("{") ? Placeholders.replaced(in: text) { value($0).map(Self.safe) } : text
    }

    /// What an agent is told of itself and of those among whom it chooses, with its values.
    public func filled(_ brief: Brief) -> Brief {
        var brief = brief
        brief.agentDescription = filled(brief.agentDescription)
        brief.goal = brief.goal.map(filled)
        switch brief.task {
        case .route(let candidates): brief.task = .route(candidates: candidates.map(filled))
        case .next(var agenda):
            agenda.candidates = agenda.candidates.map(filled)
            agenda.steps = agenda.steps.map(filled)
            agenda.requirements = agenda.requirements.map(filled)
            brief.task = .next(agenda)
        case .assign(let candidates, let order):
            brief.task = .assign(candidates: candidates.map(filled), order: order)
        case .invent(let agent, let count): brief.task = .invent(filled(agent), count: count)
        case .plan, .ask, .fill, .summarize, .judge, .screen, .score, .critique, .choose, .merge, .study: break
        }
        return brief
    }

    private func filled(_ candidate: Brief.Answer) -> Brief.Answer {
        var candidate = candidate
        candidate.text = filled(candidate.text)
        return candidate
    }

    /// What the class of an agent asks of it, with its values.
    public func filled(_ program: AgentProgram) -> AgentProgram {
        switch program {
        case .planning, .human, .executor, .research, .pictures: return program
        case .utility(let prompt): return .utility(prompt: filled(prompt))
        case .author(var work):
            for index in work.questions.indices { work.questions[index].prompt = filled(work.questions[index].prompt) }
            return .author(work)
        case .critic(let guidelines): return .critic(guidelines: guidelines.map(filled))
        case .standIn(var standIn):
            standIn.prompts = standIn.prompts.map(filled)
            return .standIn(standIn)
        }
    }

    /// Variables that a prompt holds, with the client's value where there is one.
    public func current(_ variables: [PromptMemory.Variable]) -> [PromptMemory.Variable] {
        variables.map { variable in
            client[variable.name].map { PromptMemory.Variable(name: variable.name, value: Self.safe($0)) } ?? variable
        }
    }

    /// `{query}` is the caller's words; see `UtilityPrompt`.
    private func value(_ name: String) -> String? { name.lowercased() == "query" ? nil : client[name] ?? project[name] }

    /// A value of somebody else as a prompt may hold it: in one line, without marks.
    public static func safe(_ value: String) -> String { Mark.escaped(Prompt.oneLine(value)) }
}
