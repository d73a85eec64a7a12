import AudioCore

/// The last step of a local text-to-speech engine: removes silence at both ends, converts the sample rate, sets the level.
public struct SpeechShaper: ~Copyable {
    private let provider: String
    private let gain: Double
    private var engineRate: Int
    private let sampleRate: Int
    private var trimmer: SilenceTrimmer
    private var resampler: Resampler
    private var hasBegun = false

    /// Shapes one stream of speech from `engineRate` to `sampleRate`, in hertz.
    /// - Parameter gain: factor on the amplitude. Silence is what is silent before.
    /// - Throws: `ProviderError` (rejected) on behalf of `provider` when the rate is impossible.
    public init(from engineRate: Int, to sampleRate: Int, gain: Double = 1, provider: String) throws {
        guard let resampler = Resampler(from: engineRate, to: sampleRate) else {
            throw ProviderError(.rejected, provider: provider, message: "cannot speak at \(sampleRate) Hz")
        }
        self.provider = provider
        self.gain = gain
        self.engineRate = engineRate
        self.sampleRate = sampleRate
        self.resampler = resampler
        trimmer = SilenceTrimmer(sampleRate: engineRate)
    }

    /// How many of the engine's samples were taken off in front of the speech; known with the first chunk.
    public var cut: Int { trimmer.cut }

    /// Learns that the engine speaks at `rate` after all. Before the first samples; later it must not change.
    /// - Throws: `ProviderError` when the rate is impossible or changes in the middle.
    public mutating func expect(_ rate: Int) throws {
        if rate == engineRate { return }
        guard !hasBegun, let resampler = Resampler(from: rate, to: sampleRate) else {
            throw ProviderError(.protocolViolation, provider: provider, message: "unexpected sample rate \(rate) Hz")
        }
        engineRate = rate
        self.resampler = resampler
        trimmer = SilenceTrimmer(sampleRate: rate)
    }

    /// Takes the engine's next samples; returns a chunk when there is something to hear.
    public mutating func add(_ samples: [Int16]) -> AudioChunk? {
        hasBegun = true
        return chunk(resampler.process(trimmer.add(samples)))
    }

    /// Ends the stream; returns its last chunk, if any.
    public mutating func finish() -> AudioChunk? {
        let tail = resampler.process(trimmer.finish())
        return chunk(tail + resampler.finish())
    }

    private func chunk(_ samples: [Int16]) -> AudioChunk? {
        if samples.isEmpty { return nil }
        if gain == 1 { return AudioChunk(samples: samples, sampleRate: sampleRate) }
        let scaled = samples.map { sample in
            Int16(min(32767, max(-32768, (Double(sample) * gain).rounded())))
        }
        return AudioChunk(samples: scaled, sampleRate: sampleRate)
    }
}
