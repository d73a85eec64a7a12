import AudioCore
import Session
import Synchronization

/// The caller's bytes on their way to samples at the rate of the conversation.
///
/// The messages are one stream: where they are cut changes nothing, even in the middle of a sample.
struct CallerStream: Sendable {
    private let encoding: PCMLine.Encoding
    private let converter: RateConverter?
    /// The first byte of a sample whose second is still to come.
    private var half: UInt8?

    init(_ line: PCMLine) {
        encoding = line.encoding
        converter = RateConverter(from: line.inputRate, to: AudioPosition.sampleRate)
    }

    /// The samples that are complete with these bytes.
    mutating func take(_ bytes: [UInt8]) -> [Int16] {
        guard encoding == .pcm16 else { return convert(bytes) }
        let all = half.map { [$0] + bytes } ?? bytes
        half = all.count.isMultiple(of: 2) ? nil : all.last
        return convert(all)
    }

    /// Ends the stream; the next byte begins a new one.
    /// - Returns: the samples that were still owed.
    mutating func end() -> [Int16] {
        half = nil
        return converter?.finish() ?? []
    }

    private func convert(_ bytes: [UInt8]) -> [Int16] { converter?.process(encoding.decode(bytes)) ?? [] }
}

/// The agents' samples on their way to frames of equal length at the client's rate.
struct AgentStream: Sendable {
    private let line: PCMLine
    private let frameLength: Int
    private var segment: SegmentID?
    private var sourceRate = 0
    private var converter: RateConverter?
    /// What fills no frame yet.
    private var rest: [Int16] = []

    init(_ line: PCMLine) {
        self.line = line
        frameLength = PCMLine.frame.samples(at: line.outputRate)
    }

    /// Whether something is held back until more comes.
    var isHolding: Bool { !rest.isEmpty || (converter?.owed ?? 0) > 0 }

    /// The frames that are full with these samples of a segment. The tail of the segment before is not lost.
    mutating func take(_ chunk: AudioChunk, of segment: SegmentID) -> [Frame] {
        if segment != self.segment || chunk.sampleRate != sourceRate {
            rest += converter?.finish() ?? []
            if chunk.sampleRate != sourceRate {
                converter = RateConverter(from: chunk.sampleRate, to: line.outputRate)
            }
            (self.segment, sourceRate) = (segment, chunk.sampleRate)
        }
        rest += converter?.process(chunk.samples) ?? []
        return fullFrames()
    }

    /// Everything that is held back; the last frame is filled up with silence.
    mutating func flush() -> [Frame] {
        rest += converter?.finish() ?? []
        segment = nil
        let missing = (frameLength - rest.count % frameLength) % frameLength
        rest += [Int16](repeating: 0, count: missing)
        return fullFrames()
    }

    /// Forgets what is held back.
    mutating func drop() {
        _ = converter?.finish()
        segment = nil
        rest = []
    }

    private mutating func fullFrames() -> [Frame] {
        let end = rest.count - rest.count % frameLength
        let frames = stride(from: 0, to: end, by: frameLength).map { start in
            Frame.binary(line.encoding.encode(Array(rest[start..<start + frameLength])))
        }
        rest.removeFirst(end)
        return frames
    }
}

/// A resampler in a value that can be copied. Copies share it: only one of them may go on.
final class RateConverter: Sendable {
    private let resampler: Mutex<Resampler>

    /// nil when a rate is one that nobody has.
    init?(from inputRate: Int, to outputRate: Int) {
        guard let resampler = Resampler(from: inputRate, to: outputRate) else { return nil }
        self.resampler = Mutex(resampler)
    }

    /// Samples of output that the input so far is still owed.
    var owed: Int { resampler.withLock { $0.owed } }

    /// Takes the next samples.
    func process(_ samples: [Int16]) -> [Int16] { resampler.withLock { $0.process(samples) } }

    /// Ends the stream and returns its tail; what comes next is a new one.
    func finish() -> [Int16] { resampler.withLock { $0.finish() } }
}
