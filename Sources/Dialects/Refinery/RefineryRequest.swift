import FoundationEssentials
import JSONText
import ProviderKit
import Session

/// What clients of AI Refinery ask beside the events of a voice: messages with a `request_type`. Pure.
///
/// Source: `DistillerOutgoingMessage` and `DistillerMemoryOutgoingMessage` of airefinery-sdk 1.33.2.
enum RefineryRequest: Equatable, Sendable {
    /// The caller's words, and what the caller shows with them.
    case query(String, Picture?)
    /// What a function of the client came to, nil when it came to nothing; and the variables that it has changed.
    case reply(id: String, content: String?, changes: RefineryMemory.Request?)
    /// Asks, changes or empties the memory.
    case memory(RefineryMemory.Request)
    /// An answer to a heartbeat.
    case pong

    /// The kinds of requests to the memory.
    enum Memory: String, Sendable { case add = "memory/add", retrieve = "memory/retrieve", reset = "memory/reset" }

    /// The largest message that is read, in bytes.
    static let largestMessage = BridgeDecoder.largestMessage
    /// What a message over the size limit is answered with.
    private static let kinds = ["query", "executor", "memory/add", "memory/retrieve", "memory/reset"]

    /// A message that cannot be used.
    struct Failure: Error, Equatable {
        var problem: BadInput
        /// Whether its sender waits for an end.
        var isAwaited = false

        /// What the conversation is told of it.
        /// - Parameter number: counts the client's messages from 1.
        func problem(in number: Int) -> BadInput {
            var problem = problem
            problem.subject = problem.subject ?? MessageSubject()
            problem.subject?.number = number
            return problem
        }
    }

    /// Reads one message: a JSON object in UTF-8, whether it came as a text or as a binary frame.
    static func read(_ frame: Frame) throws(Failure) -> RefineryRequest {
        switch frame {
        case .text(let text): try read(Array(text.utf8))
        case .binary(let bytes): try read(bytes)
        case .oversized: throw Failure(problem: .oversized)
        case .close: .pong
        }
    }

    private static func read(_ bytes: [UInt8]) throws(Failure) -> RefineryRequest {
        if bytes.count > largestMessage { throw Failure(problem: .oversized) }
        let message: JSON
        do throws(JSON.ReadingError) {
            message = try JSON(reading: bytes)
        } catch {
            throw Failure(problem: error == .tooDeep ? .tooDeep : bytes.isEmpty ? .empty : .notJSON)
        }
        guard case .object = message else {
            throw Failure(
                problem: BadInput(
                    code: "not_an_object",
                    message: "a message is a JSON object such as {\"request_type\": \"query\", …}"))
        }
        if message["type"]?.string == "PONG" { return .pong }
        guard let kind = message["request_type"]?.string else {
            throw Failure(problem: BadInput(code: "missing_type", message: "the message has no 'request_type'"))
        }
        do throws(BadInput) {
            return try request(kind, message)
        } catch {
            var problem = error
            problem.subject = MessageSubject(type: kind, known: Set(kinds), eventID: nil)
            throw Failure(problem: problem, isAwaited: kind != "executor")
        }
    }

    private static func request(_ kind: String, _ message: JSON) throws(BadInput) -> RefineryRequest {
        let arguments = message["request_args"] ?? .null
        switch kind {
        case "query":
            guard case .text(let words) = try ClientSignal.typed(arguments["query"]?.string, in: kind) else {
                throw BadInput.unknownType
            }
            return .query(words, try picture(arguments["image"]))
        case "executor":
            guard let id = message["request_id"]?.string else {
                throw BadInput(code: "missing_field", message: "executor needs the 'request_id' of what it answers")
            }
            return .reply(
                id: id, content: try content(arguments["content"]), changes: try changes(arguments["memory_updates"]))
        default:
            guard let memory = Memory(rawValue: kind) else { throw BadInput.unknownType }
            return .memory(try RefineryMemory.read(memory, arguments))
        }
    }

    /// Variables that a function has changed.
    private static func changes(_ updates: JSON?) throws(BadInput) -> RefineryMemory.Request? {
        guard let variables = updates?[RefineryMemory.variablesName], variables != .null else { return nil }
        return RefineryMemory.Request(request: .add(try RefineryMemory.changes(variables)), answer: .nothing)
    }

    /// Text as it is, anything else as JSON.
    private static func content(_ content: JSON?) throws(BadInput) -> String? {
        guard let content, content != .null else { return nil }
        let text = content.string ?? content.text
        guard text.unicodeScalars.count <= ClientSignal.longestResult else {
            throw BadInput(
                code: "too_long",
                message: "'content' of executor has at most \(ClientSignal.longestResult) characters")
        }
        return text
    }

    /// A data URL, or base64 alone.
    private static func picture(_ image: JSON?) throws(BadInput) -> Picture? {
        guard let text = image?.string, !text.isEmpty else { return nil }
        if text.hasPrefix("data:") { return try Picture(dataURL: text) }
        guard text.utf8.count <= (Picture.largest + 2) / 3 * 4, let data = Data(base64Encoded: text),
            let picture = Picture.Kind.allCases.lazy.compactMap({ Picture($0, Array(data)) }).first
        else {
            throw BadInput(
                code: "invalid_image", message: "'image' is PNG, JPEG, WebP or GIF as a data URL, or as base64")
        }
        return picture
    }
}
