/// The bounds of a server's or a client's connections. Every queue of this target has one, with a stated policy.
public struct NetworkLimits: Sendable {
    /// Largest HTTP request body in bytes; more is answered with 413.
    public var maxBodyBytes = 1 << 20
    /// Largest WebSocket message in bytes, fragments together; a larger one reaches the reader as `.oversized`.
    public var maxMessageBytes = 1 << 20
    /// Bytes waiting to be sent on one WebSocket; past it the connection is closed with 1013 and its queue freed.
    public var maxQueuedBytes = 1 << 20
    /// Messages received and not yet read on one WebSocket; past it nothing more is read from the network.
    public var maxUnreadMessages = 64
    /// Bytes received and not yet read on one WebSocket, or of an answer's body; past it nothing more is read from the
    /// network.
    public var maxUnreadBytes = 256 << 10
    /// The largest number of connections of a server, of any kind. Further ones are closed at once.
    public var maxConnections = 16_384
    /// Largest request line and headers together, in bytes; more and the connection is dropped.
    public var maxHeaderBytes = 16 << 10
    /// Largest head of an answer that an `HTTPClient` takes, in bytes; more and the request fails.
    public var maxAnswerHeaderBytes = 64 << 10
    /// Seconds between the pings on a WebSocket; 0 never pings. Three times as long without a message or an answer ends
    /// the connection; an application that leaves messages unread that long loses it too, since the answers wait behind
    /// them.
    public var pingSeconds = 20
    /// Seconds that a closing connection may still take to send what is queued, before it is cut.
    public var closeSeconds = 5
    /// Seconds that a client may take to send a request, a body, or to read a part of an answer.
    public var requestSeconds = 20
    /// Seconds that an HTTP connection may be idle between two requests.
    public var keepAliveSeconds = 30
    /// Seconds that a WebSocket client's handshake may take.
    public var connectSeconds = 10
    /// Seconds that an idle connection of an `HTTPClient` is kept for the next request.
    public var idleConnectionSeconds = 100
    /// A file of certificate authorities in PEM form that clients trust instead of the system's; nil: the file that
    /// `SSL_CERT_FILE` names, else the system's.
    public var trustedCertificates: String?
    /// Request headers beyond the registered ones that a handler wants to see, in lower case. libwebsockets 4.1 keeps
    /// unknown headers but can't list them.
    public var extraHeaders = [
        "openai-beta", "openai-organization", "openai-project", "x-api-key", "x-request-id", "traceparent",
        "idempotency-key", "last-event-id", "if-match", "if-none-match",
    ]

    /// The defaults named on each property.
    public init() {}
}
