/// One message between a client and us.
public enum Frame: Equatable, Sendable {
    /// A text message.
    case text(String)
    /// A binary message.
    case binary([UInt8])
    /// A message from the client that was too large to be taken.
    case oversized
    /// The end of the connection, from us.
    case close(code: UInt16, reason: String)
}

/// What clients of a dialect can do.
public struct ClientContract: Equatable, Sendable {
    /// Whether they know that an answer may pause and go on.
    public var knowsPauses: Bool

    /// What clients of a dialect can do.
    public init(knowsPauses: Bool = false) { self.knowsPauses = knowsPauses }
}

/// How one kind of client talks: its messages and what follows from them, and what it is told. A value with state, one for
/// each connection; it owns the names on the wire, encodings, rates and the etiquette of its clients.
///
/// A dialect never calls a conversation: it turns frames into inputs, and events into frames.
public protocol Dialect: Sendable {
    /// What its clients can do.
    var contract: ClientContract { get }

    /// What a message from the client means.
    /// - Parameter now: the time since the conversation began.
    /// - Returns: what the conversation is told, and what the client is answered at once.
    mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame])

    /// How the client is told an event.
    mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame]

    /// When `time` has something to do; nil when nothing.
    var wake: Duration? { get }

    /// Time has passed.
    mutating func time(_ now: Duration) -> [Frame]
}
