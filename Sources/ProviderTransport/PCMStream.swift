import AudioCore
import ProviderKit

/// Bytes of PCM16 (little-endian, mono) as they come from a network, cut anywhere, made into chunks at the wanted rate.
public struct PCMStream: ~Copyable {
    private let sampleRate: Int
    private let provider: String
    private var resampler: Resampler
    /// The first half of a sample whose second half has not come.
    private var half: UInt8?

    /// A stream that comes at `rate` and is wanted at `sampleRate`, in hertz.
    /// - Throws: `ProviderError` (rejected) on behalf of `provider` when a rate is impossible.
    public init(from rate: Int, to sampleRate: Int, provider: String) throws {
        guard let resampler = Resampler(from: rate, to: sampleRate) else {
            throw ProviderError(.rejected, provider: provider, message: "cannot speak at \(sampleRate) Hz")
        }
        self.resampler = resampler
        self.sampleRate = sampleRate
        self.provider = provider
    }

    /// Takes the next bytes; returns a chunk when there is something to hear.
    public mutating func add(_ bytes: [UInt8]) -> AudioChunk? {
        var whole = bytes
        if let half { whole.insert(half, at: 0) }
        half = whole.count % 2 == 0 ? nil : whole.removeLast()
        return chunk(resampler.process(PCM16.samples(littleEndian: whole)))
    }

    /// Ends the stream; returns its last chunk, if any.
    /// - Throws: `ProviderError` (protocolViolation) when it ends within a sample: then it is not whole.
    public mutating func finish() throws(ProviderError) -> AudioChunk? {
        guard half == nil else {
            throw ProviderError(.protocolViolation, provider: provider, message: "the audio ended within a sample")
        }
        return chunk(resampler.finish())
    }

    private func chunk(_ samples: [Int16]) -> AudioChunk? {
        samples.isEmpty ? nil : AudioChunk(samples: samples, sampleRate: sampleRate)
    }
}
