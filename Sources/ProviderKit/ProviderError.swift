/// The error of a provider. A provider throws this or `CancellationError`, nothing else.
public struct ProviderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure; decides whether another try makes sense.
    public struct Code: Codable, Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String, Codable {
            case unavailable, rejected, rateLimited, timedOut, protocolViolation, unsupported
        }
        private let kind: Kind

        /// The engine or endpoint cannot be reached or has no room. Worth another try.
        public static let unavailable = Code(kind: .unavailable)
        /// The request was understood and refused (credentials, unknown voice). Another try is pointless.
        public static let rejected = Code(kind: .rejected)
        /// Too many requests; `ProviderError.retryAfter` may say when to come back.
        public static let rateLimited = Code(kind: .rateLimited)
        /// No answer within the deadline.
        public static let timedOut = Code(kind: .timedOut)
        /// The other side broke its own protocol.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The provider does not do this (a language it has no voice for).
        public static let unsupported = Code(kind: .unsupported)

        /// The code's stable name.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// Which provider failed, as projects name it: `Local/Flite`.
    public var provider: String
    /// One sentence for a log. Holds neither secrets nor a caller's words.
    public var message: String
    /// When the provider asked us to come back, if it did.
    public var retryAfter: Duration?
    /// Whether the cause is this one request, such as an unknown voice or a text that a filter refuses. Then the error says
    /// nothing about the provider's health.
    public var concernsRequestOnly: Bool

    /// Describes one failure of `provider`.
    public init(
        _ code: Code, provider: String, message: String, retryAfter: Duration? = nil, concernsRequestOnly: Bool = false
    ) {
        self.code = code
        self.provider = provider
        self.message = message
        self.retryAfter = retryAfter
        self.concernsRequestOnly = concernsRequestOnly || code == .unsupported
    }

    /// Whether the same request may succeed later.
    public var isRetryable: Bool {
        code == .unavailable || code == .rateLimited || code == .timedOut
    }

    /// `Local/Flite: unavailable: …`
    public var description: String { "\(provider): \(code): \(message)" }
}
