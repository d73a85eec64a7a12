import JSONText
import Session

/// What clients of AI Refinery ask of the memory, and how they are answered. Pure.
///
/// Source: `DistillerMemoryRequestArgs` of airefinery-sdk 1.33.2.
struct RefineryMemory: Sendable {
    /// One request, as the client made it.
    struct Request: Equatable, Sendable {
        /// What the conversation is asked.
        var request: MemoryRequest
        var answer = Answer.end
    }

    /// How a request is answered when it is done.
    enum Answer: Equatable, Sendable {
        /// Not at all: it came with something else.
        case nothing
        /// It ends.
        case end
        /// What is known is told, then it ends.
        case told(Source, isJSON: Bool, longest: Int)
    }

    /// What is told.
    enum Source: Equatable, Sendable { case history, variables }

    /// The rounds that are told where the client leaves it open.
    private static let usualRounds = 20
    /// What the client's package calls the variables.
    static let variablesName = "env_variable"

    /// How the requests that are not answered yet are.
    private var open: [Answer] = []

    /// Reads the arguments of a request.
    static func read(_ kind: RefineryRequest.Memory, _ arguments: JSON) throws(BadInput) -> Request {
        switch kind {
        case .add: return Request(request: .add(try changes(arguments["variables_dict"])))
        case .reset: return Request(request: .reset(.all))
        case .retrieve:
            let rounds = arguments["n_rounds"]?.number ?? 0
            guard (0...Double(MemoryRequest.mostRounds)).contains(rounds) else {
                throw BadInput(
                    code: "invalid_field", message: "'n_rounds' is 0…\(MemoryRequest.mostRounds); 0 leaves it open")
            }
            let source: Source = arguments["source"]?.string == variablesName ? .variables : .history
            let longest = arguments["max_context"]?.number ?? 32_000
            return Request(
                request: .retrieve(rounds: source == .variables ? 0 : rounds > 0 ? Int(rounds) : usualRounds),
                answer: .told(
                    source, isJSON: arguments["format"]?.string == "json_string",
                    longest: Int(min(max(longest, 1), 100_000))))
        }
    }

    /// What variables become: text as it is, nothing takes them away, anything else is JSON.
    static func changes(_ variables: JSON?) throws(BadInput) -> MemoryChanges {
        guard case .object(let members)? = variables else {
            throw BadInput(code: "missing_field", message: "memory/add needs 'variables_dict', an object")
        }
        let values = members.map { ($0.0, $0.1 == .null ? nil : $0.1.string ?? $0.1.text) }
        return try MemoryChanges(Dictionary(values, uniquingKeysWith: { $1 }))
    }

    /// The conversation is asked.
    mutating func ask(_ request: Request) -> ClientInput {
        open.append(request.answer)
        return .signal(.memory(request.request))
    }

    /// The conversation has answered the oldest request.
    mutating func answer(_ report: MemoryReport) -> [Frame] {
        switch open.isEmpty ? .nothing : open.removeFirst() {
        case .nothing: return []
        case .end: return RefineryMessage.complete(1)
        case .told(let source, let isJSON, let longest):
            let text = source == .variables ? Self.variables(report, isJSON) : Self.history(report, isJSON, longest)
            return [.text(RefineryMessage.words("memory", text))] + RefineryMessage.complete(1)
        }
    }

    /// The conversation has refused the newest request.
    /// - Returns: whether its client waits for an end; nil when no request is open.
    mutating func refuse() -> Bool? { open.popLast().map { $0 != .nothing } }

    private static func variables(_ report: MemoryReport, _ isJSON: Bool) -> String {
        if isJSON { return JSON.object(report.variables.map { ($0.name, .string($0.value)) }).text }
        return report.variables.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    /// The last of what was said that fits.
    private static func history(_ report: MemoryReport, _ isJSON: Bool, _ longest: Int) -> String {
        var (kept, room) = ([MemoryReport.Entry](), longest)
        for entry in report.history.reversed() {
            room -= entry.text.unicodeScalars.count + (entry.agent ?? "user").unicodeScalars.count + 2
            if room < 0 { break }
            kept.insert(entry, at: 0)
        }
        if isJSON {
            return JSON.array(
                kept.map { .object([("role", .string($0.agent ?? "user")), ("content", .string($0.text))]) }
            ).text
        }
        return kept.map { "\($0.agent ?? "user"): \($0.text)" }.joined(separator: "\n")
    }
}
