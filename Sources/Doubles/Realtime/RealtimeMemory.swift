import ProviderKit
import ProviderTransport

/// What a realtime conversation remembers: its items, oldest first.
struct RealtimeMemory: Sendable {
    struct Item: Sendable {
        var id: String
        var role: ChatMessage.Role
        var text = ""
        /// What will be known of a spoken item.
        var heard: Heard?
        /// How much audio of an answer was sent.
        var length: Duration = .zero
    }

    private(set) var items: [Item] = []
    /// Whether an answer was heard.
    private(set) var hasSpoken = false

    /// Adds an item and returns the id of the one before it, or null.
    mutating func add(_ item: Item) -> JSONValue {
        defer {
            items.append(item)
            if items.count > 256 { items.removeFirst() }
        }
        return items.last.map { .string($0.id) } ?? nil
    }

    /// Adds an item behind that one, `root` being before all; nil: at the end.
    /// - Returns: the id of the one before it, or null; nil when there is no such item.
    mutating func add(_ item: Item, behind wanted: String?) -> JSONValue? {
        guard let wanted else { return add(item) }
        let index = wanted == "root" ? 0 : items.lastIndex { $0.id == wanted }.map { $0 + 1 }
        guard let index else { return Optional<JSONValue>.none }
        items.insert(item, at: index)
        return .some(index == 0 ? nil : .string(items[index - 1].id))
    }

    mutating func set(_ text: String, of id: String) { change(id) { $0.text = text } }

    /// More of an answer was sent.
    mutating func sent(_ text: String, _ audio: Duration, of id: String) {
        hasSpoken = hasSpoken || audio > .zero
        change(id) { item in
            item.text += text
            item.length += audio
        }
    }

    /// How much audio of an answer was sent; nil when it is none.
    func length(of id: String) -> Duration? {
        items.first { $0.id == id && $0.role == .assistant }.map(\.length)
    }

    /// Forgets the words of an answer that was not heard to its end, as the vendor does.
    mutating func truncate(_ id: String, at length: Duration) {
        change(id) { item in
            if length < item.length { item.text = "" }
            item.length = length
        }
    }

    /// Everything that was said, as a chat.
    var messages: [ChatMessage] {
        items.filter { !$0.text.isEmpty }.map { ChatMessage(role: $0.role, content: $0.text) }
    }

    private mutating func change(_ id: String, _ body: (inout Item) -> Void) {
        if let index = items.lastIndex(where: { $0.id == id }) { body(&items[index]) }
    }
}
