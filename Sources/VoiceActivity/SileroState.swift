import SileroKernel

/// What the network carries from one window of a stream to the next: 1.3 KB, a plain value.
///
/// A new state is the start of a stream; to start over, assign a new one.
public struct SileroState: Sendable {
    var raw = silero_state()

    /// The state at the start of a stream.
    public init() {}
}
