/// How the samples of a WAV are written down: what its `fmt ` chunk says.
struct WAVFormat: Equatable, Sendable {
    private enum Encoding: Equatable, Sendable {
        case unsigned8, signed16, signed24, signed32, float32
        case telephone(G711)

        var width: Int {
            switch self {
            case .unsigned8, .telephone: 1
            case .signed16: 2
            case .signed24: 3
            case .signed32, .float32: 4
            }
        }
    }

    private let encoding: Encoding
    private let channels: Int
    /// Samples per second, in hertz.
    let sampleRate: Int

    /// The bytes of one sample of every channel.
    var frame: Int { channels * encoding.width }

    /// Reads the content of a `fmt ` chunk.
    init(reading chunk: [UInt8]) throws(WAVError) {
        guard chunk.count >= 16 else {
            throw WAVError(.malformed, "The fmt chunk has \(chunk.count) bytes; it needs at least 16.")
        }
        let reader = LittleEndian(bytes: chunk)
        var kind = Int(reader.uint16(0))
        channels = Int(reader.uint16(2))
        sampleRate = Int(reader.uint32(4))
        let blockLength = Int(reader.uint16(12))
        let bits = Int(reader.uint16(14))
        if kind == 0xFFFE {
            // The extensible form says the kind in the first two bytes of a GUID.
            guard chunk.count >= 40 else {
                throw WAVError(.malformed, "The extensible fmt chunk has \(chunk.count) bytes; it needs at least 40.")
            }
            kind = Int(reader.uint16(24))
        }
        switch (kind, bits) {
        case (1, 8): encoding = .unsigned8
        case (1, 16): encoding = .signed16
        case (1, 24): encoding = .signed24
        case (1, 32): encoding = .signed32
        case (3, 32): encoding = .float32
        case (6, 8): encoding = .telephone(.aLaw)
        case (7, 8): encoding = .telephone(.muLaw)
        default:
            throw WAVError(
                .unsupported,
                "WAV format \(kind) with \(bits) bits is not read; use PCM (8, 16, 24 or 32 bits), 32-bit float, "
                    + "µ-law or A-law.")
        }
        guard WAVFile.channelCounts.contains(channels) else {
            throw WAVError(.unsupported, "The file has \(channels) channels; 1 to 8 are read.")
        }
        guard WAVFile.sampleRates.contains(sampleRate) else {
            throw WAVError(.unsupported, "The sample rate is \(sampleRate) Hz; 1000 to 384000 are read.")
        }
        guard blockLength == channels * encoding.width else {
            throw WAVError(
                .malformed,
                "A frame is said to be \(blockLength) bytes, but \(channels) × \(bits) bits are "
                    + "\(channels * encoding.width).")
        }
    }

    /// The samples in `bytes` as mono PCM16, channels mixed (mean), louder than full scale clipped; a last incomplete frame
    /// is left out.
    func samples(of bytes: ArraySlice<UInt8>) -> [Int16] {
        if channels == 1 {
            switch encoding {
            case .signed16: return bytes.withUnsafeBytes { PCM16.samples(littleEndian: $0) }
            case .telephone(let law): return law.decode(Array(bytes))
            default: break
            }
        }
        let reader = LittleEndian(bytes: Array(bytes))
        return (0..<bytes.count / frame).map { index in
            var sum = 0.0
            for channel in 0..<channels { sum += value(reader, index * frame + channel * encoding.width) }
            let mean = (sum / Double(channels)).rounded()
            return Int16(max(-32768, min(32767, mean)))
        }
    }

    /// One sample on the scale of PCM16, not yet clipped; a float that is no number counts as silence.
    private func value(_ reader: LittleEndian, _ offset: Int) -> Double {
        switch encoding {
        case .unsigned8: return Double((Int(reader.bytes[offset]) - 128) * 256)
        case .signed16: return Double(Int16(bitPattern: reader.uint16(offset)))
        case .signed24:
            let low = UInt32(reader.bytes[offset]) << 8
            return Double(Int32(bitPattern: low | UInt32(reader.uint16(offset + 1)) << 16)) / 65536
        case .signed32: return Double(Int32(bitPattern: reader.uint32(offset))) / 65536
        case .float32:
            let value = Float(bitPattern: reader.uint32(offset))
            return value.isNaN ? 0 : Double(value) * 32768
        case .telephone(let law): return Double(law.decode(reader.bytes[offset]))
        }
    }
}
