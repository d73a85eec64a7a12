import Dialects
import JSONText
import Testing
import TurnTaking

@testable import Dialects
@testable import Session

/// A client of OpenAI's Realtime protocol and its dialect, without a conversation.
struct RealtimeRig {
    private(set) var dialect: OpenAIRealtimeDialect
    let source = Attribution(response: ResponseID(1), item: ItemID(1), agent: "Desk")

    init(era: RealtimeEra = .current, vad: VADConfiguration? = VADConfiguration()) {
        dialect = OpenAIRealtimeDialect(RealtimePlace(model: "desk", vad: vad), era: era)
        _ = dialect.write(.created(Samples.session()), now: .zero)
        // What the conversation is told once is no part of what is tested.
        _ = dialect.read(.text(#"{"type":"session.update","session":{}}"#), now: .zero)
    }

    /// Sends one message.
    /// - Returns: what the conversation is told, and what the client is answered at once.
    mutating func send(_ text: String) -> (signals: [ClientSignal], events: [JSON]) {
        let (inputs, replies) = dialect.read(.text(text), now: .zero)
        return (inputs.compactMap { if case .signal(let signal) = $0 { signal } else { nil } }, Self.events(replies))
    }

    /// What the client hears of an event.
    mutating func tell(_ event: ConversationEvent) -> [JSON] { Self.events(dialect.write(event, now: .zero)) }

    /// What the client hears when the dialect is woken.
    mutating func pass() -> [JSON] { dialect.wake == nil ? [] : Self.events(dialect.time(.zero)) }

    mutating func read(_ frame: Session.Frame) -> (inputs: [ClientInput], replies: [Session.Frame]) {
        dialect.read(frame, now: .zero)
    }

    mutating func write(_ event: ConversationEvent) -> [Session.Frame] { dialect.write(event, now: .zero) }

    /// The problem that a message comes to; nil when it is taken.
    mutating func problem(_ text: String) -> BadInput? {
        let (signals, _) = send(text)
        for signal in signals {
            switch signal {
            case .malformed(let problem), .refused(let problem): return problem
            default: break
            }
        }
        return nil
    }

    static func events(_ frames: [Session.Frame]) -> [JSON] {
        frames.compactMap { if case .text(let text) = $0 { try? JSON(reading: text) } else { nil } }
    }
}

extension JSON {
    /// What an event says it is.
    var type: String { self["type"]?.string ?? "" }

    /// The value at a path such as `response.status`.
    subscript(path path: String) -> JSON? {
        path.split(separator: ".").reduce(self as JSON?) { $0?[String($1)] }
    }
}
