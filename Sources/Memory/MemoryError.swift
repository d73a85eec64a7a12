/// Why a memory cannot be read or written. Its text never repeats what anybody said.
public struct MemoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable {
        /// The file is no memory, or it is damaged.
        case damaged
        /// A newer program has written the file.
        case newer
        /// Others write to the file for too long, or too much waits to be written.
        case busy
        /// The disk is full.
        case full
        /// The file cannot be opened, read or written.
        case unavailable
        /// A name or a value is longer than may be, or there are too many.
        case refused
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and what to do, in a sentence.
    public var message: String

    /// A failure, and a sentence about it.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The sentence.
    public var description: String { message }
}
