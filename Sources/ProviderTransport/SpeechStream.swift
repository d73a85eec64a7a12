import AudioCore
import ProviderKit

/// Speech that was asked for as bare PCM16 mono, as servers really send it, made into chunks at the wanted rate.
///
/// Bare samples are taken at the rate of the content type (`audio/pcm;rate=16000`), else at the expected one. A WAV is
/// heard at the rate and in the encoding of its header. Everything else would be noise and is refused. Bytes may be cut
/// anywhere.
public struct SpeechStream: ~Copyable {
    private enum State {
        /// What has come of the beginning, while it is not known what it is. Exits: bare, wav.
        case looking([UInt8])
        /// Bare samples.
        case bare
        /// A WAV; the rate that its sound is converted from.
        case wav(WAVReader, rate: Int?)
    }

    private let contentType: String
    private let expectedRate: Int
    private let sampleRate: Int
    private let provider: String
    private var state = State.looking([])
    private var pcm: PCMStream
    /// Converts the sound of a WAV.
    private var resampler: Resampler

    /// Speech of `provider`.
    /// - Parameters:
    ///   - expectedRate: what bare samples come at, in hertz, unless the content type says something else.
    ///   - sampleRate: the rate that is wanted, in hertz.
    ///   - contentType: that of the answer.
    /// - Throws: `ProviderError`: protocolViolation when the content type says that it is text, rejected when a rate is
    ///   impossible.
    public init(expecting expectedRate: Int, to sampleRate: Int, contentType: String?, provider: String) throws {
        let type = contentType?.lowercased() ?? ""
        guard !type.hasPrefix("text/"), !type.hasPrefix("application/json") else {
            throw ProviderError(.protocolViolation, provider: provider, message: Self.complaint("text"))
        }
        guard let resampler = Resampler(from: sampleRate, to: sampleRate) else {
            throw ProviderError(.rejected, provider: provider, message: "cannot speak at \(sampleRate) Hz")
        }
        let rate = Self.rate(in: type) ?? expectedRate
        pcm = try PCMStream(from: rate, to: sampleRate, provider: provider)
        self.resampler = resampler
        (self.contentType, self.expectedRate) = (type, rate)
        (self.sampleRate, self.provider) = (sampleRate, provider)
    }

    /// Takes the next bytes; returns a chunk when there is something to hear.
    /// - Throws: `ProviderError` (protocolViolation) when they are no sound that is read here.
    public mutating func add(_ bytes: [UInt8]) throws(ProviderError) -> AudioChunk? {
        switch state {
        case .looking(let earlier): return try look(earlier + bytes, isWhole: false)
        case .bare: return pcm.add(bytes)
        case .wav: return try read(bytes)
        }
    }

    /// Ends the stream; returns its last chunk, if any.
    /// - Throws: as `add`, and when the sound is not whole.
    public mutating func finish() throws(ProviderError) -> AudioChunk? {
        var samples: [Int16] = []
        if case .looking(let bytes) = state { samples = try look(bytes, isWhole: true)?.samples ?? [] }
        switch state {
        case .looking: break
        case .bare: samples += try pcm.finish()?.samples ?? []
        case .wav(let reader, _):
            do { try reader.finish() } catch { throw failure(error) }
            samples += resampler.finish()
        }
        return chunk(samples)
    }

    private mutating func look(_ bytes: [UInt8], isWhole: Bool) throws(ProviderError) -> AudioChunk? {
        state = .looking(bytes)
        switch SoundContainer(bytes, isWhole: isWhole, contentType: contentType) {
        case nil: return nil
        case .unread(let name):
            throw ProviderError(.protocolViolation, provider: provider, message: Self.complaint(name))
        case .wav:
            state = .wav(WAVReader(), rate: nil)
            return try read(bytes)
        case .some(.none):
            state = .bare
            return pcm.add(bytes)
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(ProviderError) -> AudioChunk? {
        guard case .wav(var reader, var rate) = state else { return nil }
        let runs: [AudioChunk]
        do { runs = try reader.runs(bytes) } catch { throw failure(error) }
        var converted: [Int16] = []
        for run in runs {
            if run.sampleRate != rate {
                // The next of several WAVs may have another rate.
                converted += resampler.finish()
                try convert(from: run.sampleRate)
                rate = run.sampleRate
            }
            converted += resampler.process(run.samples)
        }
        state = .wav(reader, rate: rate)
        return chunk(converted)
    }

    private mutating func convert(from rate: Int) throws(ProviderError) {
        guard let other = Resampler(from: rate, to: sampleRate) else {
            throw ProviderError(
                .protocolViolation, provider: provider, message: "the sound has \(rate) Hz, which is not read here")
        }
        resampler = other
    }

    private func chunk(_ samples: [Int16]) -> AudioChunk? {
        samples.isEmpty ? nil : AudioChunk(samples: samples, sampleRate: sampleRate)
    }

    private func failure(_ error: WAVError) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "a WAV came that is not read: \(error.message)")
    }

    private static func complaint(_ what: String) -> String {
        "\(what) came instead of PCM or WAV; tell the server to answer with response_format \"pcm\" or \"wav\""
    }

    /// The number in `rate=24000` of a content type.
    private static func rate(in contentType: String) -> Int? {
        for part in contentType.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=").map { $0.filter { $0 != " " && $0 != "\"" } }
            if pair.count == 2, pair[0] == "rate" || pair[0] == "sample_rate" || pair[0] == "samplerate" {
                return Int(pair[1]).flatMap { Resampler.rates.contains($0) ? $0 : nil }
            }
        }
        return nil
    }
}
