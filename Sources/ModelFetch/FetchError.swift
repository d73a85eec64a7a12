/// Why files could not be fetched: a code for programs and a sentence for people.
public struct FetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: Sendable, Equatable {
        /// No server of a source could be reached, or its answer was cut and could not be continued.
        case unreachable
        /// A server was reached and does not have the file.
        case notThere
        /// What came is not what the list says.
        case wrongContent
        /// The folder cannot be written, or is full.
        case inaccessible
        /// The task was cancelled.
        case cancelled
    }

    /// What happened.
    public let code: Code
    /// A sentence that says where; it holds hosts and sizes, no password of an address.
    public let message: String

    /// An error of `code`, explained by `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether no other source can help.
    var isFinal: Bool { code == .cancelled || code == .inaccessible }

    /// The message.
    public var description: String { message }
}
