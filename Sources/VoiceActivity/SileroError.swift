/// Why the Silero network could not be set up.
public struct SileroError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it was.
    public enum Code: Equatable, Sendable {
        /// The bytes are not a readable ONNX file.
        case malformedFile
        /// The file lacks a tensor that the network needs.
        case missingTensor
        /// A tensor has another shape or element type than the network's.
        case unexpectedShape
        /// The tensors are those of another network, or memory ran out.
        case unusableWeights
    }

    /// The kind of trouble.
    public let code: Code
    /// What was found, in words, with the tensor or the byte offset.
    public let message: String

    /// The message itself.
    public var description: String { message }
}
