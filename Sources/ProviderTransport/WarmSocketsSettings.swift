import Telemetry

/// Where a provider's sockets lead. Sockets are lent only for the endpoint that they were opened for.
public struct SocketEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// `wss://host/path?query`, without a key.
    public var url: String
    /// What the handshake adds, keys among it; a name is there once.
    public var headers: [String: Secret]
    /// What the handshake offers, in order.
    public var subprotocols: [String]

    /// An endpoint at `url`.
    public init(url: String, headers: [String: Secret] = [:], subprotocols: [String] = []) {
        self.url = url
        self.headers = headers
        self.subprotocols = subprotocols
    }

    /// The URL without its query.
    public var description: String { String(url.prefix { $0 != "?" }) }
}

/// How a vendor's sockets are kept.
public struct WarmSocketsSettings: Sendable {
    /// What a vendor wants to hear on an idle socket.
    public struct KeepAlive: Sendable {
        /// The text message.
        public var message: String
        /// From one to the next. Shorter than half of what the vendor waits for.
        public var interval: Duration

        /// `message`, every `interval`.
        public init(message: String, interval: Duration) {
            self.message = message
            self.interval = interval
        }
    }

    /// Unused sockets that are held ready for each endpoint in use.
    public var spare = 1
    /// The most unused sockets of one endpoint; what is given back beyond is closed.
    public var most = 8
    /// The most endpoints with unused sockets; the one longest unused loses its.
    public var mostEndpoints = 16
    /// What the vendor wants to hear; nil for nothing.
    public var keepAlive: KeepAlive?
    /// A socket that nobody used for this long is closed. Shorter than the vendor's own limit.
    public var idleLimit: Duration = .seconds(120)
    /// A socket this old is not lent again. Shorter than the vendor's own limit.
    public var ageLimit: Duration = .seconds(1800)
    /// An endpoint that nobody used for this long gets no new sockets.
    public var restAfter: Duration = .seconds(600)
    /// The text message before a socket is closed in good order; nil for none.
    public var farewell: String?

    /// The defaults named on each property.
    public init() {}
}
