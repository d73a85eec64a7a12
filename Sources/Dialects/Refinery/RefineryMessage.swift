import JSONText
import Session

/// What clients of AI Refinery are told that is no event of a voice. Pure.
///
/// No field is ever null: the client's model refuses null for most of them, and stops reading.
/// Source: `DistillerIncomingMessage` of airefinery-sdk 1.33.2.
enum RefineryMessage {
    /// The role of what no agent says.
    static let assistant = "assistant"

    /// Words of an agent.
    static func words(_ role: String, _ content: String) -> String {
        text([("role", .string(role)), ("content", .string(content)), ("status", .string(""))])
    }

    /// What was asked for is over.
    static let complete = text([
        ("role", .string(assistant)), ("content", .string("")), ("status", .string("complete")),
    ])

    /// So many requests are over.
    static func complete(_ requests: Int) -> [Frame] { [Frame](repeating: .text(complete), count: requests) }

    /// How much of an agent's words a message has.
    enum Words: String { case delta = "response.text.delta", done = "response.text.done" }

    /// Words of an agent that speaks, under both names that clients read.
    static func text(_ words: Words, _ role: String, _ content: String) -> String {
        text([
            ("type", .string(words.rawValue)), ("role", .string(role)), ("content", .string(content)),
            ("text", .string(content)),
        ])
    }

    /// The next piece of an agent's voice, under both names that clients read.
    static func audio(_ role: String, _ base64: String) -> String {
        text([
            ("type", .string("response.audio.delta")), ("role", .string(role)), ("audio", .plain(base64)),
            ("delta", .plain(base64)),
        ])
    }

    /// The end of the connection by our own will. The client tells an end that nobody wanted from others by these words.
    static func close(_ reason: CallEnd) -> Frame {
        switch reason {
        case .idle: .close(code: 1008, reason: "Connection timeout (nobody said anything)")
        case .longestCall: .close(code: 1008, reason: "Connection timeout (the longest call)")
        case .agent: .close(code: CallEnd.closeCode, reason: reason.rawValue)
        }
    }

    /// A sign of life, which the client answers.
    static let ping = text([("type", .string("PING"))])

    /// A function of the client is to be called.
    /// - Parameters:
    ///   - role: the agent that calls it.
    ///   - id: comes back with the answer.
    ///   - arguments: of the function.
    static func wait(_ role: String, _ id: String, _ arguments: [(String, JSON)]) -> String {
        text([
            ("role", .string(role)), ("content", .string("")), ("status", .string("wait")), ("request_id", .string(id)),
            ("kwargs", .object(arguments)),
        ])
    }

    /// Something that the client sent could not be used, and the conversation goes on.
    static func warning(_ problem: BadInput) -> String {
        text(
            [("type", .string("warning")), ("role", .string(assistant)), ("content", .string(problem.message))]
                + problem.members)
    }

    /// Something ends the conversation.
    static func failure(_ problem: BadInput) -> String {
        text([("type", .string("error"))] + problem.members + [("error", .string(problem.message))])
    }

    private static func text(_ members: [(String, JSON)]) -> String { JSON.object(members).text }
}

/// What a dialect of AI Refinery knows of the project that its client talks to.
public struct RefineryProject: Sendable {
    /// The agents whose whole answer is the result of one call.
    public var executors: Set<String>
    /// What is said where there is no answer.
    public var apology: String

    /// What a dialect knows of a project.
    public init(executors: Set<String> = [], apology: String) {
        (self.executors, self.apology) = (executors, apology)
    }
}

/// How functions of a client are called.
struct RefineryFunctions: Sendable {
    /// What the client's own code has a parameter of that name for.
    private static let reserved: Set = ["self", "request_id", "func", "__executor__"]

    /// Agents whose whole answer is one call: their function gets what the file says beside the caller's words.
    let executors: Set<String>

    /// The arguments of a call, which name the function where an agent has several.
    func arguments(of tool: String, called by: String, _ arguments: String) -> [(String, JSON)] {
        guard case .object(let members)? = try? JSON(reading: arguments) else { return [] }
        let allowed = members.filter { !Self.reserved.contains($0.0) }
        guard executors.contains(by) else { return [("__executor__", .string(tool))] + allowed }
        // The keys of the file are arguments of their own.
        guard case .object(let settings)? = allowed.first(where: { $0.0 == "config" })?.1 else { return allowed }
        let names = Set(allowed.map(\.0)).union(Self.reserved)
        return allowed + settings.filter { !names.contains($0.0) }
    }
}
