/// Reads a WAV that arrives in pieces, cut anywhere, and whose sizes may be wrong, as programs and servers write it that do
/// not know the length yet.
///
/// What its `fmt ` chunk may say is what ``WAVFile/read(_:)`` reads. A `data` chunk without a length, or with an impossible
/// one, lasts to the end. Behind a `data` chunk another WAV may follow, or chunks about the sound; everything else that
/// follows is sound, since then the length was wrong.
public struct WAVReader: Sendable {
    private enum State: Equatable, Sendable {
        /// Before `RIFF…WAVE`. Exits: chunks.
        case beginning
        /// Before the sound, between chunks. Exits: skipping, sound.
        case chunks
        /// Before the sound, in a chunk of which so many bytes are still to come. Exits: chunks.
        case skipping(Int)
        /// In the sound: so many bytes of it are still to come, nil for as many as there are. Exits: behind, trailing.
        case sound(Int?, isPadded: Bool)
        /// Behind the sound, between chunks. Exits: trailing, beginning, sound.
        case behind
        /// Behind the sound, in a chunk of which so many bytes are still to come. Exits: behind.
        case trailing(Int)
    }

    /// What stands before the sound is not longer, nor is a chunk behind it, in bytes.
    public static let longestHeader = 1 << 20
    /// A `fmt ` chunk is not longer, in bytes.
    private static let longestFormat = 4096
    /// From here on a length means that the writer did not know it: what programs write is 2³¹ or 2³² less a header or a
    /// block.
    private static let impossibleLength = 0x7FF0_0000

    private var state = State.beginning
    /// What came and is not understood yet: less than a frame, or the head of a chunk.
    private var held: [UInt8] = []
    private var format: WAVFormat?
    private var headerLength = 0

    /// Samples per second, in hertz; nil before it is known. A WAV that follows another may change it.
    public var sampleRate: Int? { format?.sampleRate }

    /// A reader at the beginning of a WAV.
    public init() {}

    /// Takes the next bytes; returns the samples that are complete, as mono PCM16.
    /// - Throws: `WAVError` when this is no WAV, or none that is read.
    public mutating func add(_ bytes: [UInt8]) throws(WAVError) -> [Int16] { try runs(bytes).flatMap(\.samples) }

    /// The same in runs of one rate: a WAV that follows another may have its own.
    /// - Throws: as `add`.
    public mutating func runs(_ bytes: [UInt8]) throws(WAVError) -> [AudioChunk] {
        var runs: [AudioChunk] = []
        held += bytes
        while let more = try step() {
            guard !more.isEmpty, let sampleRate else { continue }
            if let last = runs.indices.last, runs[last].sampleRate == sampleRate {
                runs[last].samples += more
            } else {
                runs.append(AudioChunk(samples: more, sampleRate: sampleRate))
            }
        }
        return runs
    }

    /// The bytes are over.
    /// - Throws: `WAVError` when they end before the sound begins.
    public func finish() throws(WAVError) {
        switch state {
        case .sound, .behind, .trailing: return
        case .beginning, .chunks, .skipping: throw WAVError(.truncated, "The WAV ends before its sound begins.")
        }
    }

    /// Understands the next part of what is held; nil when more bytes are needed for that.
    private mutating func step() throws(WAVError) -> [Int16]? {
        let reader = LittleEndian(bytes: held)
        switch state {
        case .beginning:
            guard held.count >= 12 else { return nil }
            guard reader.tag(0) == "RIFF", reader.tag(8) == "WAVE" else {
                throw WAVError(.notWAV, "Not a WAV file: it does not start with RIFF…WAVE.")
            }
            format = nil
            return try pass(12, to: .chunks)
        case .chunks:
            guard held.count >= 8 else { return nil }
            let (tag, length) = (reader.tag(0), Int(reader.uint32(4)))
            if tag == "data" {
                guard format != nil else { throw WAVError(.malformed, "The data chunk comes before any fmt chunk.") }
                held.removeFirst(8)
                let isKnown = length > 0 && length < Self.impossibleLength
                state = .sound(isKnown ? length : nil, isPadded: length % 2 == 1)
                return []
            }
            guard tag == "fmt " else { return try pass(8, to: .skipping(length + length % 2)) }
            guard length <= Self.longestFormat else { throw WAVError(.malformed, "The fmt chunk has \(length) bytes.") }
            guard held.count >= 8 + length else { return nil }
            guard format == nil else { throw WAVError(.malformed, "The file has two fmt chunks.") }
            format = try WAVFormat(reading: Array(held[8..<8 + length]))
            return try pass(8 + length, to: length % 2 == 0 ? .chunks : .skipping(1))
        case .skipping(let left):
            guard !held.isEmpty || left == 0 else { return nil }
            let count = min(left, held.count)
            return try pass(count, to: count == left ? .chunks : .skipping(left - count))
        case .sound(let left, let isPadded): return sound(left, isPadded: isPadded)
        case .behind: return lookBehind(reader)
        case .trailing(let left):
            guard !held.isEmpty || left == 0 else { return nil }
            let count = min(left, held.count)
            held.removeFirst(count)
            state = count == left ? .behind : .trailing(left - count)
            return []
        }
    }

    private mutating func sound(_ left: Int?, isPadded: Bool) -> [Int16]? {
        guard let format else { return nil }
        let there = min(left ?? .max, held.count)
        let (isLast, whole) = (there == left, there / format.frame * format.frame)
        guard isLast || whole > 0 else { return nil }
        let samples = format.samples(of: held[..<whole])
        // A torn last frame is no sound.
        held.removeFirst(isLast ? there : whole)
        state = isLast ? (isPadded ? .trailing(1) : .behind) : .sound(left.map { $0 - whole }, isPadded: isPadded)
        return samples
    }

    private mutating func lookBehind(_ reader: LittleEndian) -> [Int16]? {
        guard held.count >= 8 else { return nil }
        let length = Int(reader.uint32(4))
        if reader.tag(0) == "RIFF" {
            (state, headerLength) = (.beginning, 0)
        } else if held.prefix(4).allSatisfy({ (0x20...0x7E).contains($0) }), length <= Self.longestHeader {
            held.removeFirst(8)
            state = .trailing(length + length % 2)
        } else {
            state = .sound(nil, isPadded: false)
        }
        return []
    }

    /// Goes over `count` bytes of a header.
    private mutating func pass(_ count: Int, to next: State) throws(WAVError) -> [Int16] {
        held.removeFirst(count)
        state = next
        headerLength += count
        guard headerLength <= Self.longestHeader else {
            throw WAVError(.malformed, "The WAV has more than \(Self.longestHeader) bytes before its sound.")
        }
        return []
    }
}
