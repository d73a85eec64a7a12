/// Why bytes could not be read as a WAV file.
public struct WAVError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it was.
    public enum Code: Equatable, Sendable {
        /// It does not start like a RIFF/WAVE file.
        case notWAV
        /// A part that must be there is missing, or the file ends too early.
        case truncated
        /// The header contradicts itself.
        case malformed
        /// A valid file in an encoding that is not read here.
        case unsupported
    }

    /// The kind of trouble.
    public let code: Code
    /// What was found and what was expected, in words.
    public let message: String

    /// The message itself.
    public var description: String { message }

    /// States a trouble.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
