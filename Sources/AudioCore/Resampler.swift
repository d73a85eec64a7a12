import CSpeexDSP

/// Changes the sample rate of a stream of mono PCM16, piece by piece.
///
/// The output depends on the samples alone, never on how they were cut into pieces, and it is aligned with the input:
/// the filter's own delay is taken off the front and made up for by `finish()`. Equal rates pass samples through
/// untouched. One owner, no sharing: the type cannot be copied.
public struct Resampler: ~Copyable, Sendable {
    /// Rates that are accepted, in hertz.
    public static let rates = 4000...192_000

    private let inputRate: Int
    private let outputRate: Int
    /// nil passes samples through. Safe across threads because this value is its only owner and is not copied.
    private nonisolated(unsafe) var filter: OpaquePointer?
    /// Samples taken in and given out since the stream began.
    private var taken = 0
    private var given = 0

    /// A resampler for a new stream.
    /// - Parameter quality: 0 (fast) … 10 (best); 5 is inaudible for speech.
    /// - Returns: nil when a rate is outside `rates` or memory is short.
    public init?(from inputRate: Int, to outputRate: Int, quality: Int = 5) {
        // All fields first: a value that cannot be copied must be whole before it is given up.
        self.inputRate = inputRate
        self.outputRate = outputRate
        filter = nil
        guard Self.rates.contains(inputRate), Self.rates.contains(outputRate) else { return nil }
        if inputRate == outputRate { return }
        var failure: Int32 = 0
        filter = speex_resampler_init(
            1, UInt32(inputRate), UInt32(outputRate), Int32(max(0, min(10, quality))), &failure)
        guard let filter, failure == 0 else { return nil }
        speex_resampler_skip_zeros(filter)
    }

    /// How much of the input the filter looks ahead: a sound that ends now is in the output when this much more is here.
    /// Zero for equal rates; 2.5…5 ms between 8, 16, 24 and 48 kHz at quality 5.
    public var latency: Duration {
        filter.map { .samples(Int(speex_resampler_get_input_latency($0)), at: inputRate) } ?? .zero
    }

    /// How many samples of output the input so far is still owed; at most ``latency`` and a sample. `finish()` returns
    /// exactly so many.
    public var owed: Int { filter == nil ? 0 : due - given }

    /// How many samples of output the input so far makes, rounded up.
    private var due: Int { (taken * outputRate + inputRate - 1) / inputRate }

    deinit {
        if let filter { speex_resampler_destroy(filter) }
    }

    /// Takes the stream's next samples and returns what can be said of the output so far; may be empty.
    public mutating func process(_ samples: [Int16]) -> [Int16] {
        guard let filter else { return samples }
        let output = Self.run(filter, samples, room: samples.count * outputRate / inputRate + 64)
        taken += samples.count
        given += output.count
        return output
    }

    /// Ends the stream and returns its tail, so that the whole output lasts as long as the whole input (rounded up to a
    /// sample). The next `process` begins a new stream.
    public mutating func finish() -> [Int16] {
        guard let filter else { return [] }
        let owed = owed
        var tail: [Int16] = []
        let silence = [Int16](repeating: 0, count: max(64, Int(speex_resampler_get_input_latency(filter))))
        while tail.count < owed {
            tail += Self.run(filter, silence, room: silence.count * outputRate / inputRate + 64)
        }
        speex_resampler_reset_mem(filter)
        speex_resampler_skip_zeros(filter)
        taken = 0
        given = 0
        return Array(tail.prefix(max(0, owed)))
    }

    /// Feeds `samples` until the filter has taken all of them.
    private static func run(_ filter: OpaquePointer, _ samples: [Int16], room: Int) -> [Int16] {
        var output: [Int16] = []
        output.reserveCapacity(room)
        var offset = 0
        samples.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return }
            while offset < input.count {
                var read = UInt32(input.count - offset)
                let block = [Int16](unsafeUninitializedCapacity: room) { buffer, count in
                    guard let target = buffer.baseAddress else { return }
                    var written = UInt32(room)
                    speex_resampler_process_int(filter, 0, start + offset, &read, target, &written)
                    count = Int(written)
                }
                output += block
                if read == 0 && block.isEmpty { break }
                offset += Int(read)
            }
        }
        return output
    }
}
