/// The name of one conversation: `conv_` and at least 12 characters that nobody guesses.
public struct ConversationID: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The whole name.
    public let description: String

    /// - Parameter name: unique among all conversations of all servers.
    public init(_ name: String) { description = name }

    /// The part that the names of everything in this conversation share.
    var token: Substring { description.suffix(12) }

    /// Reads the plain name.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the plain name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What is numbered within a conversation.
public protocol Numbered {
    /// What its names begin with on the wire.
    static var prefix: String { get }
}

/// Numbers one kind of thing within a conversation, from 1. Identifiers of two kinds cannot be mixed up.
public struct Identifier<Kind: Numbered>: Hashable, Comparable, Codable, Sendable {
    let number: Int

    init(_ number: Int) { self.number = number }

    /// Whether `a` was given before `b`.
    public static func < (a: Identifier, b: Identifier) -> Bool { a.number < b.number }

    /// The name on the wire: unique across conversations.
    public func name(in conversation: ConversationID) -> String { "\(Kind.prefix)_\(conversation.token)_\(number)" }

    /// Reads a name on the wire; nil for what is none of this kind.
    public init?(named name: String) {
        guard name.hasPrefix(Kind.prefix + "_"), let number = name.split(separator: "_").last.flatMap({ Int($0) }),
            number > 0
        else { return nil }
        self.number = number
    }

    /// Reads the number.
    public init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int.self) }

    /// Writes the number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// One stretch of the caller's speech.
public enum UtteranceKind: Numbered {
    /// `utt`
    public static let prefix = "utt"
}
/// One answer to the caller, by one or more agents.
public enum ResponseKind: Numbered {
    /// `resp`
    public static let prefix = "resp"
}
/// What one agent says in one response.
public enum ItemKind: Numbered {
    /// `item`
    public static let prefix = "item"
}
/// One piece of an agent's words that is synthesized as a whole: usually a sentence.
public enum SegmentKind: Numbered {
    /// `seg`
    public static let prefix = "seg"
}
/// One call of a tool.
public enum CallKind: Numbered {
    /// `call`
    public static let prefix = "call"
}

/// Names an utterance.
public typealias UtteranceID = Identifier<UtteranceKind>
/// Names a response.
public typealias ResponseID = Identifier<ResponseKind>
/// Names an agent's part of a response.
public typealias ItemID = Identifier<ItemKind>
/// Names a segment.
public typealias SegmentID = Identifier<SegmentKind>
/// Names a call of a tool.
public typealias CallID = Identifier<CallKind>

/// Gives out identifiers in order.
struct IdentifierSource: Sendable {
    private var utterances = 0
    private var responses = 0
    private var items = 0
    private var segments = 0
    private var calls = 0

    mutating func utterance() -> UtteranceID { Self.next(&utterances) }
    mutating func response() -> ResponseID { Self.next(&responses) }
    mutating func item() -> ItemID { Self.next(&items) }
    mutating func segment() -> SegmentID { Self.next(&segments) }
    mutating func call() -> CallID { Self.next(&calls) }

    private static func next<Kind>(_ count: inout Int) -> Identifier<Kind> {
        count += 1
        return Identifier(count)
    }
}
