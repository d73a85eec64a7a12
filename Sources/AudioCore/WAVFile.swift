/// Reading and writing WAV files, on bytes in memory.
///
/// What a stream needs in order to write one piece by piece are ``header(sampleRate:dataLength:)`` and the samples.
public enum WAVFile {
    /// Sample rates that are read, in hertz.
    public static let sampleRates = 1_000...384_000
    /// Counts of channels that are read; they are mixed down to one.
    public static let channelCounts = 1...8

    /// Reads PCM of 8, 16, 24 or 32 bits, 32-bit floats, µ-law and A-law, and mixes the channels (mean) down to mono PCM16.
    ///
    /// Louder than full scale is clipped. A `data` chunk that promises more than the file holds, as recorders that
    /// were cut off or that write to a pipe leave behind, is read as far as it goes; a last incomplete frame is dropped.
    public static func read(_ bytes: [UInt8]) throws(WAVError) -> AudioChunk {
        let reader = LittleEndian(bytes: bytes)
        guard bytes.count >= 12, reader.tag(0) == "RIFF", reader.tag(8) == "WAVE" else {
            throw WAVError(.notWAV, "Not a WAV file: it does not start with RIFF…WAVE.")
        }
        var format: WAVFormat?
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
                format = try WAVFormat(reading: Array(bytes[content..<content + length]))
            } else if tag == "data" {
                guard let format else { throw WAVError(.malformed, "The data chunk comes before any fmt chunk.") }
                let end = min(bytes.count, content + length)
                return AudioChunk(samples: format.samples(of: bytes[content..<end]), sampleRate: format.sampleRate)
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
}

/// Little-endian numbers out of bytes; the caller has checked the bounds.
struct LittleEndian {
    let bytes: [UInt8]

    func uint16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }
    func uint32(_ offset: Int) -> UInt32 { UInt32(uint16(offset)) | UInt32(uint16(offset + 2)) << 16 }
    func tag(_ offset: Int) -> String { String(decoding: bytes[offset..<offset + 4], as: UTF8.self) }
}
