/// The client at the other end: its dialect, and where its frames go.
struct Client {
    private var dialect: any Dialect
    private let send: @Sendable (Frame) -> Void

    init(dialect: any Dialect, send: @escaping @Sendable (Frame) -> Void) {
        self.dialect = dialect
        self.send = send
    }

    /// Reads one message and answers what is answered at once.
    mutating func read(_ frame: Frame, now: Duration) -> [ClientInput] {
        let (inputs, replies) = dialect.read(frame, now: now)
        for reply in replies { send(reply) }
        return inputs
    }

    /// Tells the client an event.
    mutating func tell(_ event: ConversationEvent, now: Duration) {
        for frame in dialect.write(event, now: now) { send(frame) }
    }

    /// When `time` has something to do.
    var wake: Duration? { dialect.wake }

    /// Time has passed.
    mutating func time(_ now: Duration) {
        for frame in dialect.time(now) { send(frame) }
    }
}
