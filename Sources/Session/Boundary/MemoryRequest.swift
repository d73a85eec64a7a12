import Memory

/// What a client asks of the memory of its caller. Each is answered with `ConversationEvent.memory`.
public enum MemoryRequest: Codable, Equatable, Sendable {
    /// Give variables values, or take them away.
    case add(MemoryChanges)
    /// Tell the variables, and so many of the last rounds: 0…`mostRounds`.
    case retrieve(rounds: Int)
    /// Forget what is known of the caller in this project.
    case reset(Scope)

    /// What is forgotten.
    public enum Scope: String, Codable, Equatable, Sendable, CaseIterable {
        /// The variables.
        case variables
        /// Everything, with what was said so far.
        case all
    }

    /// The most rounds that are told at once.
    public static let mostRounds = 100
}

/// Variables that a client changes, checked.
public struct MemoryChanges: Codable, Equatable, Sendable {
    /// What one user may have.
    static let limits = MemoryLimits()
    /// So many variables.
    static let most = limits.variablesPerUser

    /// In the order of their names.
    let changes: [MemoryChange]

    /// Checks names and values, and how many there are.
    /// - Parameter values: by name; nil takes the variable away.
    /// - Throws: `invalid_field`.
    public init(_ values: [String: String?]) throws(BadInput) {
        let limits = Self.limits
        if values.count > limits.variablesPerUser {
            throw BadInput(code: "invalid_field", message: "'variables' may have \(limits.variablesPerUser) names")
        }
        for (name, value) in values {
            let scalars = name.unicodeScalars
            guard (1...MemoryLimits.longestName).contains(scalars.count),
                !scalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw BadInput(
                    code: "invalid_field",
                    message: "a name in 'variables' has 1…\(MemoryLimits.longestName) characters, no control characters"
                )
            }
            if let value, value.unicodeScalars.count > limits.charactersPerValue {
                throw BadInput(
                    code: "invalid_field",
                    message: "a value in 'variables' is null or text of up to \(limits.charactersPerValue) characters")
            }
        }
        changes = values.sorted { $0.key < $1.key }.map { MemoryChange($0.key, $0.value) }
    }
}

/// What is known of the caller, as the client is told it.
public struct MemoryReport: Codable, Equatable, Sendable {
    /// A variable and its value.
    public struct Variable: Codable, Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String
    }

    /// What one party said.
    public struct Entry: Codable, Equatable, Sendable {
        /// Who said it: an agent, or `orchestrator`; nil is the caller.
        public var agent: String?
        /// What was said, or what of it was heard.
        public var text: String
        /// Whether somebody talked over it.
        public var wasInterrupted: Bool
    }

    /// Whether it outlives the conversation.
    public var isKept: Bool
    /// In the order of their names: those of the project file, and those that were added.
    public var variables: [Variable]
    /// What was said in the last rounds, the oldest first; empty where none were asked for.
    public var history: [Entry]
}
