/// What is wrong with a file of a local engine: a code for programs and a sentence for people.
public struct ModelFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: Sendable, Equatable {
        /// The file is not in the folder.
        case missing
        /// The file has another size or another SHA-256 than the list says.
        case damaged
        /// The system does not let us read or write.
        case inaccessible
        /// The list has no such file.
        case unlisted
        /// Compressed data that no inflater takes.
        case notCompressed
    }

    /// What happened.
    public let code: Code
    /// A sentence that says where and what to do.
    public let message: String

    /// An error of `code`, explained by `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
