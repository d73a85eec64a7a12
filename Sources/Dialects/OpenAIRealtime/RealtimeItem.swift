import JSONText
import Session

/// One item of a conversation, as the client sees it.
struct RealtimeItem: Equatable, Sendable {
    enum Status: String, Sendable {
        case completed, incomplete
        case inProgress = "in_progress"
    }

    /// A part of what the caller says.
    enum Part: Equatable, Sendable {
        case text(String)
        /// nil: the words are not known yet.
        case audio(transcript: String?)
        case image
    }

    enum Content: Equatable, Sendable {
        case user([Part])
        case system(String)
        /// What an agent says; nothing has come yet while `isEmpty`.
        case assistant(String, isSpoken: Bool, isEmpty: Bool)
        case call(name: String, arguments: String, callID: String)
        case output(callID: String, String)
    }

    let id: String
    var content: Content
    var status = Status.completed
    /// What the conversation knows it as; nil for what only the client knows.
    var said: Said?

    /// Whether an agent says it.
    var isMessage: Bool { if case .assistant = content { true } else { false } }

    /// The item as events tell it.
    func json(_ era: RealtimeEra) -> JSON {
        let head: [(String, JSON)] = [("id", .string(id)), ("object", .string("realtime.item"))]
        let status: [(String, JSON)] = [("status", .string(self.status.rawValue))]
        func message(_ role: String, _ parts: [JSON]) -> JSON {
            .object(
                head + [("type", .string("message"))] + status + [("role", .string(role)), ("content", .array(parts))])
        }
        switch content {
        case .user(let parts): return message("user", parts.map { $0.json(era) })
        case .system(let text): return message("system", [Part.text(text).json(era)])
        case .assistant(_, _, isEmpty: true): return message("assistant", [])
        case .assistant(let text, let isSpoken, _):
            let part: [(String, JSON)] = [
                ("type", .string(era.partName(isSpoken: isSpoken))),
                (isSpoken ? "transcript" : "text", .string(text)),
            ]
            return message("assistant", [.object(part)])
        case .call(let name, let arguments, let callID):
            return .object(
                head + [("type", .string("function_call"))] + status + [
                    ("call_id", .string(callID)), ("name", .string(name)), ("arguments", .string(arguments)),
                ])
        case .output(let callID, let output):
            return .object(
                head + [("type", .string("function_call_output"))] + status + [
                    ("call_id", .string(callID)), ("output", .string(output)),
                ])
        }
    }

    /// What the conversation is told of it; nil when nothing.
    func remark(at place: Remark.Place = .end) -> Remark? {
        switch content {
        case .user(let parts):
            let words = parts.compactMap { part -> String? in
                switch part {
                case .text(let text): text
                case .audio(let transcript): transcript
                case .image: nil
                }
            }
            return Remark(.caller, words.joined(separator: " "), name: id, at: place)
        case .system(let text): return Remark(.orders, text, name: id, at: place)
        case .assistant(let text, _, _): return Remark(.agent, text, name: id, at: place)
        case .call, .output: return nil
        }
    }
}

extension RealtimeItem.Part {
    fileprivate func json(_ era: RealtimeEra) -> JSON {
        switch self {
        case .text(let text): .object([("type", .string("input_text")), ("text", .string(text))])
        case .audio(let transcript):
            .object([("type", .string("input_audio")), ("transcript", transcript.map(JSON.string) ?? .null)])
        // What it shows is not sent back. The beta has no name for it.
        case .image:
            era == .beta
                ? .object([("type", .string("input_text")), ("text", .string(""))])
                : .object([("type", .string("input_image"))])
        }
    }
}

/// The items of a conversation in their order, as far back as they are kept.
struct RealtimeConversation: Sendable {
    /// Of more than that, the oldest are forgotten.
    static let mostItems = 1000

    private(set) var items: [RealtimeItem] = []

    /// The id of the last one.
    var last: String? { items.last?.id }

    subscript(id: String) -> RealtimeItem? { items.last { $0.id == id } }

    /// The id of the one before that one.
    func previous(of id: String) -> String? {
        guard let index = items.lastIndex(where: { $0.id == id }), index > 0 else { return nil }
        return items[index - 1].id
    }

    /// Puts an item at the end.
    mutating func append(_ item: RealtimeItem) { insert(item, at: items.count) }

    /// Puts an item where it becomes the one of that number.
    mutating func insert(_ item: RealtimeItem, at index: Int) {
        items.insert(item, at: index)
        if items.count > Self.mostItems { items.removeFirst() }
    }

    /// The number behind the item of that id; nil when there is none.
    func index(behind id: String) -> Int? { items.lastIndex { $0.id == id }.map { $0 + 1 } }

    /// Where something with that number is for the conversation: behind the last before it that is known there.
    func place(at index: Int) -> Remark.Place {
        if index == items.count { return .end }
        return items[..<index].last { $0.said != nil }?.said.map { .behind($0) } ?? .front
    }

    /// Changes an item that is there.
    mutating func change(_ id: String, _ change: (inout RealtimeItem) -> Void) {
        guard let index = items.lastIndex(where: { $0.id == id }) else { return }
        change(&items[index])
    }

    /// Takes an item out.
    /// - Returns: whether it was there.
    mutating func remove(_ id: String) -> Bool {
        guard let index = items.lastIndex(where: { $0.id == id }) else { return false }
        items.remove(at: index)
        return true
    }
}
