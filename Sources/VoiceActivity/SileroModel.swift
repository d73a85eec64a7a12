import SileroKernel

/// The Silero voice-activity network (v6, 16 kHz): immutable weights, made once and shared by all sessions.
///
/// Each window of 512 samples gives the probability that it holds speech. The arithmetic runs natively, see
/// `docs/adr/0002-native-silero.md`; results are those of ONNX Runtime within 1e-4. Calls block for the few
/// microseconds that they take; nothing is allocated.
public final class SileroModel: Sendable {
    /// Samples per second that the network expects.
    public static let sampleRate = 16_000
    /// Samples that one window consumes (32 ms).
    public static let windowLength = SILERO_WINDOW

    /// Which instructions do the work.
    public enum Instructions: Sendable, CaseIterable {
        /// Whatever every processor of this architecture has.
        case portable
        /// AVX2 and FMA; falls back to `portable` where the processor lacks them.
        case avx2

        /// The fastest set that this processor has.
        public static var best: Instructions { silero_best_path() == SILERO_AVX2 ? .avx2 : .portable }
    }

    /// The instructions that were chosen.
    public let instructions: Instructions

    // Read only after init and freed by deinit: sharing the address shares constants.
    private nonisolated(unsafe) let weights: OpaquePointer
    private let path: silero_path

    /// Packs the weights that are embedded in the binary. Takes some milliseconds; do it once.
    public convenience init(instructions: Instructions = .best) throws(SileroError) {
        var length = 0
        let bytes = silero_embedded_model(&length)
        try self.init(onnx: UnsafeRawBufferPointer(start: bytes, count: length), instructions: instructions)
    }

    /// Packs the weights of an ONNX file that holds this very network.
    init(onnx: UnsafeRawBufferPointer, instructions: Instructions = .best) throws(SileroError) {
        self.instructions = instructions
        path = instructions == .avx2 ? SILERO_AVX2 : SILERO_PORTABLE
        weights = try Self.pack(ONNXTensors(reading: onnx))
    }

    deinit { silero_weights_destroy(weights) }

    /// The probability, 0…1, that `window` holds speech; `state` moves on by one window.
    ///
    /// - Parameter window: exactly ``windowLength`` samples in −1…1; another count is a programming error.
    public func probability(of window: Span<Float>, state: inout SileroState) -> Float {
        precondition(window.count == Self.windowLength, "a window has \(Self.windowLength) samples")
        var probability: Float = 0
        window.withUnsafeBufferPointer { samples in
            silero_run(weights, path, samples.baseAddress, &state.raw, &probability, 1)
        }
        return probability
    }

    /// The probability, 0…1, that `window` holds speech; `state` moves on by one window.
    ///
    /// - Parameter window: exactly ``windowLength`` samples in −1…1; another count is a programming error.
    public func probability(of window: [Float], state: inout SileroState) -> Float {
        probability(of: window.span, state: &state)
    }

    /// One window for each of several sessions, which cost less together because they share the reading of weights.
    ///
    /// Each session's results are, to the bit, those of ``probability(of:state:)-(Span<Float>,_)``.
    /// - Parameters:
    ///   - windows: one window of ``windowLength`` samples for each state, one after another.
    ///   - states: the sessions' states; each moves on by one window.
    ///   - probabilities: receives one probability for each state; must be of the same count.
    public func probabilities(
        of windows: Span<Float>, states: inout MutableSpan<SileroState>, into probabilities: inout MutableSpan<Float>
    ) {
        let count = states.count
        precondition(windows.count == count * Self.windowLength, "one window of \(Self.windowLength) samples a state")
        precondition(probabilities.count == count, "one probability a state")
        windows.withUnsafeBufferPointer { samples in
            states.withUnsafeMutableBufferPointer { states in
                probabilities.withUnsafeMutableBufferPointer { results in
                    states.withMemoryRebound(to: silero_state.self) { raw in
                        silero_run(weights, path, samples.baseAddress, raw.baseAddress, results.baseAddress, count)
                    }
                }
            }
        }
    }

    /// One window for each of several sessions; see the variant on spans, which allocates nothing.
    public func probabilities(of windows: [Float], states: inout [SileroState]) -> [Float] {
        var results = [Float](repeating: 0, count: states.count)
        var stateSpan = states.mutableSpan
        var resultSpan = results.mutableSpan
        probabilities(of: windows.span, states: &stateSpan, into: &resultSpan)
        return results
    }
}
