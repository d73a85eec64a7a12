import CLame

/// Writes mono PCM16 as MP3, piece by piece. For one task at a time.
public final class MP3Encoder {
    /// Rates that MP3 has, in hertz.
    public static let rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]

    /// In kilobits a second: speech is clear at it, also at 48 kHz.
    private static let bitRate: Int32 = 64
    /// So many samples go to the library at once.
    private static let most = 1 << 16
    /// What the library may hold back, in bytes, as its header says.
    private static let held = 7200

    private let encoder: lame_t

    /// An encoder at the start of a file; nil when MP3 has no such rate, or memory is short.
    public init?(sampleRate: Int) {
        guard Self.rates.contains(sampleRate), let encoder = lame_init() else { return nil }
        self.encoder = encoder
        lame_set_num_channels(encoder, 1)
        lame_set_mode(encoder, MONO)
        lame_set_in_samplerate(encoder, Int32(sampleRate))
        lame_set_out_samplerate(encoder, Int32(sampleRate))
        lame_set_brate(encoder, Self.bitRate)
        lame_set_quality(encoder, 5)
        // A tag in front would have to be written again at the end, which a stream cannot.
        lame_set_bWriteVbrTag(encoder, 0)
        if lame_init_params(encoder) < 0 { return nil }
    }

    deinit { lame_close(encoder) }

    /// Takes the next samples and returns the frames that are complete with them; may be empty.
    public func encode(_ samples: [Int16]) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: samples.count, by: Self.most) {
            let piece = Array(samples[start..<min(start + Self.most, samples.count)])
            bytes += Self.output(room: piece.count * 5 / 4 + Self.held) { buffer, room in
                lame_encode_buffer(encoder, piece, piece, Int32(piece.count), buffer, room)
            }
        }
        return bytes
    }

    /// Ends the file.
    /// - Returns: its last frames.
    public func finish() -> [UInt8] {
        Self.output(room: Self.held) { buffer, room in lame_encode_flush(encoder, buffer, room) }
    }

    private static func output(
        room: Int, _ write: (UnsafeMutablePointer<UInt8>?, Int32) -> Int32
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = max(0, Int(write(buffer.baseAddress, Int32(room))))
        }
    }
}
