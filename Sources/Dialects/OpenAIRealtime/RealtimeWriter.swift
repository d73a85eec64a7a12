import JSONText
import Session

/// Writes events and makes the names that stand in them.
struct RealtimeWriter: Sendable {
    let era: RealtimeEra
    private var token: Substring = "000000000000"
    private var events = 0
    private var names = 0

    init(_ era: RealtimeEra) { self.era = era }

    /// Names begin with what is the conversation's own.
    mutating func begin(_ conversation: ConversationID) { token = conversation.description.suffix(12) }

    /// The name of the session.
    var session: String { "sess_\(token)" }
    /// The name of its one conversation.
    var conversation: String { "conv_\(token)" }

    /// A name that was not given before.
    mutating func name(_ kind: String) -> String {
        names += 1
        return "\(kind)_\(token)_\(names)"
    }

    /// One event.
    mutating func event(_ type: String, _ members: [(String, JSON)] = []) -> Frame {
        events += 1
        let head: [(String, JSON)] = [("type", .string(type)), ("event_id", .string("event_\(token)_\(events)"))]
        return .text(JSON.object(head + members).text)
    }

    /// An item is in the conversation.
    /// - Parameter isWhole: whether nothing more comes of it.
    mutating func added(_ item: RealtimeItem, behind previous: String?, isWhole: Bool = true) -> [Frame] {
        let members: [(String, JSON)] = [
            ("previous_item_id", previous.map(JSON.string) ?? .null), ("item", item.json(era)),
        ]
        if era == .beta { return [event("conversation.item.created", members)] }
        return [event("conversation.item.added", members)] + (isWhole ? done(item, behind: previous) : [])
    }

    /// Nothing more comes of an item.
    mutating func done(_ item: RealtimeItem, behind previous: String?) -> [Frame] {
        if era == .beta { return [] }
        return [
            event(
                "conversation.item.done",
                [("previous_item_id", previous.map(JSON.string) ?? .null), ("item", item.json(era))])
        ]
    }

    /// Something could not be done.
    mutating func error(_ problem: BadInput, type: String = "invalid_request_error") -> Frame {
        event(
            "error",
            [
                (
                    "error",
                    .object([
                        ("type", .string(type)), ("code", .string(problem.code)), ("message", .string(problem.message)),
                        ("param", problem.subject?.field.map(JSON.string) ?? .null),
                        ("event_id", problem.subject?.eventID.map(JSON.string) ?? .null),
                    ])
                )
            ])
    }
}
