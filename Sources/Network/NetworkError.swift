/// A network error: a code for programs and a sentence for people.
public struct NetworkError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: Sendable, Equatable {
        /// Another process, or another server of this one, has the port.
        case addressInUse
        /// The host isn't an address of this machine, or can't be resolved.
        case addressUnavailable
        /// The port needs rights that the process lacks.
        case permissionDenied
        /// The URL isn't of the kind that is asked for, or a header can't be sent.
        case invalidURL
        /// There is no answer, the certificate is not trusted, or the answer is not HTTP or WebSocket.
        case connectionFailed
        /// No connection, or no headers of an answer, in the time for it.
        case timedOut
        /// The connection ended before the answer's body was complete.
        case connectionLost
        /// The answer is larger than the caller's limit.
        case tooLarge
        /// The server answered the handshake with this HTTP status; `body` is what came with it, as far as it was
        /// there when the status was.
        case refused(status: Int, body: [UInt8])
        /// The caller's task was cancelled, or the client was shut down.
        case cancelled
        /// The server's address is none that `HTTPCall.mayConnect` allows. Nothing was sent.
        case forbidden
        /// The system gave no socket or no memory.
        case noResources
    }

    /// What happened.
    public let code: Code
    /// A sentence for people; it holds addresses and numbers, never content.
    public let message: String
    /// Whether nothing of an `HTTPCall` had left: asking again can't do it twice.
    public internal(set) var isUnsent = false

    /// An error of `code`, explained by `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
