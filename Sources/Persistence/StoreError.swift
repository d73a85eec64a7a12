/// Why a store cannot be read or written. Its text never repeats what is in it.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable {
        /// The file is none of ours, or it is damaged.
        case damaged
        /// A newer program has written it.
        case newer
        /// Others write to it for too long, or too much waits to be written.
        case busy
        /// The disk is full.
        case full
        /// It cannot be opened, read or written.
        case unavailable
        /// A limit is reached, or a name or a text is too long.
        case refused
        /// The condition of a change does not hold.
        case conflict
        /// There is no such project or version.
        case missing
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
