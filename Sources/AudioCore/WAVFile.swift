/// Reading and writing WAV files, on bytes in memory.
///
/// What a stream needs in order to write one piece by piece are ``header(sampleRate:dataLength:)`` and the samples.
public enum WAVFile {
    /// Sample rates that are read, in hertz.
    public static let sampleRates = 1_000...384_000
    /// Counts of channels that are read; they are mixed down to one.
    public static let channelCounts = 1...8

    /// How the samples of a file are written down.
    private enum Encoding {
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

    private struct Format {
        var encoding: Encoding
        var channels: Int
        var sampleRate: Int
    }

    /// Reads PCM of 8, 16, 24 or 32 bits, 32-bit floats, µ-law and A-law, and mixes the channels (mean) down to mono PCM16.
    ///
    /// Louder than full scale is clipped. A `data` chunk that promises more than the file holds, as recorders that
    /// were cut off or that write to a pipe leave behind, is read as far as it goes; a last incomplete frame is dropped.
    public static func read(_ bytes: [UInt8]) throws(WAVError) -> AudioChunk {
        let reader = LittleEndian(bytes: bytes)
        guard bytes.count >= 12, reader.tag(0) == "RIFF", reader.tag(8) == "WAVE" else {
            throw WAVError(.notWAV, "Not a WAV file: it does not start with RIFF…WAVE.")
        }
        var format: Format?
        var offset = 12
        while offset + 8 <= bytes.count {
            let tag = reader.tag(offset)
            let length = Int(reader.uint32(offset + 4))
            let content = offset + 8
            if tag == "fmt " {
                guard format == nil else { throw WAVError(.malformed, "The file has two fmt chunks.") }
                guard content + length <= bytes.count else {
                    throw WAVError(.truncated, "The fmt chunk runs past the end of the file.")
                }
                format = try readFormat(reader, content, length)
            } else if tag == "data" {
                guard let format else { throw WAVError(.malformed, "The data chunk comes before any fmt chunk.") }
                let end = min(bytes.count, content + length)
                return AudioChunk(
                    samples: mix(bytes, content..<end, format), sampleRate: format.sampleRate)
            }
            offset = content + length + length % 2
        }
        let missing = format == nil ? "neither a fmt nor a data chunk" : "no data chunk"
        throw WAVError(.truncated, "The WAV file has \(missing).")
    }

    /// Writes mono PCM16.
    public static func write(_ chunk: AudioChunk) -> [UInt8] {
        let data = PCM16.bytes(littleEndian: chunk.samples)
        return header(sampleRate: chunk.sampleRate, dataLength: data.count) + data
    }

    /// The bytes of ``header(sampleRate:dataLength:)``.
    public static let headerLength = 44

    /// What stands before the samples of a mono PCM16 file.
    /// - Parameters:
    ///   - sampleRate: samples per second, in hertz.
    ///   - dataLength: bytes of samples that follow.
    public static func header(sampleRate: Int, dataLength: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerLength)
        func tag(_ text: String) { bytes += Array(text.utf8) }
        func uint16(_ value: Int) { bytes += [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
        // Sizes beyond 32 bits are written as "as much as there is".
        func uint32(_ value: Int) {
            let value = min(value, Int(UInt32.max))
            uint16(value & 0xFFFF)
            uint16(value >> 16)
        }
        tag("RIFF")
        uint32(headerLength - 8 + dataLength)
        tag("WAVE")
        tag("fmt ")
        uint32(16)
        uint16(1)  // PCM
        uint16(1)  // channel
        uint32(sampleRate)
        uint32(2 * sampleRate)
        uint16(2)
        uint16(16)
        tag("data")
        uint32(dataLength)
        return bytes
    }

    private static func readFormat(
        _ reader: LittleEndian, _ offset: Int, _ length: Int
    ) throws(WAVError) -> Format {
        guard length >= 16 else {
            throw WAVError(.malformed, "The fmt chunk has \(length) bytes; it needs at least 16.")
        }
        var kind = Int(reader.uint16(offset))
        let channels = Int(reader.uint16(offset + 2))
        let sampleRate = Int(reader.uint32(offset + 4))
        let blockLength = Int(reader.uint16(offset + 12))
        let bits = Int(reader.uint16(offset + 14))
        if kind == 0xFFFE {
            // The extensible form says the kind in the first two bytes of a GUID.
            guard length >= 40 else {
                throw WAVError(.malformed, "The extensible fmt chunk has \(length) bytes; it needs at least 40.")
            }
            kind = Int(reader.uint16(offset + 24))
        }
        let encoding: Encoding
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
        guard channelCounts.contains(channels) else {
            throw WAVError(.unsupported, "The file has \(channels) channels; 1 to 8 are read.")
        }
        guard sampleRates.contains(sampleRate) else {
            throw WAVError(.unsupported, "The sample rate is \(sampleRate) Hz; 1000 to 384000 are read.")
        }
        guard blockLength == channels * encoding.width else {
            throw WAVError(
                .malformed,
                "A frame is said to be \(blockLength) bytes, but \(channels) × \(bits) bits are "
                    + "\(channels * encoding.width).")
        }
        return Format(encoding: encoding, channels: channels, sampleRate: sampleRate)
    }

    private static func mix(_ bytes: [UInt8], _ range: Range<Int>, _ format: Format) -> [Int16] {
        bytes.withUnsafeBytes { file in
            let data = UnsafeRawBufferPointer(rebasing: file[range])
            if format.channels == 1 {
                switch format.encoding {
                case .signed16: return PCM16.samples(littleEndian: data)
                case .telephone(let law): return law.decode(Array(data))
                default: break
                }
            }
            let frame = format.channels * format.encoding.width
            let reader = LittleEndian(bytes: bytes)
            return (0..<range.count / frame).map { index in
                var sum = 0.0
                for channel in 0..<format.channels {
                    let offset = range.lowerBound + index * frame + channel * format.encoding.width
                    sum += value(reader, offset, format.encoding)
                }
                let mean = (sum / Double(format.channels)).rounded()
                return Int16(max(-32768, min(32767, mean)))
            }
        }
    }

    /// One sample on the scale of PCM16, not yet clipped; a float that is no number counts as silence.
    private static func value(_ reader: LittleEndian, _ offset: Int, _ encoding: Encoding) -> Double {
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

/// Little-endian numbers out of bytes; the caller has checked the bounds.
private struct LittleEndian {
    let bytes: [UInt8]

    func uint16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }
    func uint32(_ offset: Int) -> UInt32 { UInt32(uint16(offset)) | UInt32(uint16(offset + 2)) << 16 }
    func tag(_ offset: Int) -> String { String(decoding: bytes[offset..<offset + 4], as: UTF8.self) }
}
