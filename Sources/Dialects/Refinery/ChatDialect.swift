import JSONText
import Session

/// The dialect of one question that a program asks in writing: the question is a text frame, each answer of an agent is one,
/// and the end closes.
public struct ChatDialect: Dialect {
    /// What an agent says.
    public struct Answer: Equatable, Sendable {
        /// Who says it.
        public var agent: String
        /// What is said.
        public var text: String

        /// Reads what `ChatDialect` writes; nil for anything else.
        public init?(_ frame: Frame) {
            guard case .text(let text) = frame, let json = try? JSON(reading: text),
                let agent = json["agent"]?.string,
                let words = json["text"]?.string
            else { return nil }
            (self.agent, self.text) = (agent, words)
        }
    }

    private let apology: String
    private var exchange = RefineryExchange()
    private var hasAnswered = false
    private var aside: (agent: String, text: String)?

    /// - Parameter apology: what is said where there is no answer.
    public init(apology: String) { self.apology = apology }

    /// Programs hear nothing.
    public var contract: ClientContract { ClientContract(knowsPauses: false) }

    /// Reads the question.
    public mutating func read(_ frame: Frame, now: Duration) -> (
        inputs: [ClientInput], replies: [Frame]
    ) {
        guard case .text(let words) = frame else { return ([], []) }
        exchange.ask()
        return ([.signal(.text(words))], [])
    }

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        switch event {
        case .responseStarted(let id):
            _ = exchange.begin(id)
            return []
        case .agentTextDone(let source, let text):
            guard exchange.isAnswering(source.response), !text.isEmpty else { return [] }
            hasAnswered = true
            return [Self.frame(source.agent, text)]
        case .agentFiller(let source, let text):
            if exchange.isAnswering(source.response) { aside = (source.agent, text) }
            return []
        case .responseDone(let id, let status):
            guard case .over = exchange.finish(id, question: nil) else { return [] }
            let line = aside ?? (RefineryMessage.assistant, apology)
            return (hasAnswered ? [] : [Self.frame(line.agent, line.text)])
                + [.close(code: CallEnd.closeCode, reason: status.rawValue)]
        case .warning(let problem), .failure(let problem, _):
            return [.close(code: 1008, reason: problem.code)]
        case .ended(let reason): return [.close(code: CallEnd.closeCode, reason: reason.rawValue)]
        default: return []
        }
    }

    private static func frame(_ agent: String, _ text: String) -> Frame {
        .text(JSON.object([("agent", .string(agent)), ("text", .string(text))]).text)
    }

    /// It waits for nothing.
    public var wake: Duration? { nil }

    /// Nothing is due.
    public mutating func time(_ now: Duration) -> [Frame] { [] }
}
