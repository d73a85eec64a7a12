/// What audio is written in, told by its first bytes.
enum SoundContainer: Equatable, Sendable {
    /// A WAV; what is in it, its header says.
    case wav
    /// Nothing that is known: bare samples.
    case none
    /// Something that is not read here, by name: `MP3`, `text`.
    case unread(String)

    /// Bytes within which a second frame of MP3 or AAC follows the first: the longest frame and a header.
    private static let longestFrame = 8200

    /// What `bytes`, the beginning of an answer, are written in; nil when more of them are needed.
    /// - Parameters:
    ///   - isWhole: no more bytes will come.
    ///   - contentType: what the server says that it is, in small letters.
    init?(_ bytes: [UInt8], isWhole: Bool, contentType: String) {
        guard bytes.count >= 12 || isWhole else { return nil }
        func begins(_ mark: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: mark.utf8) }
        if begins("RIFF"), begins("WAVE", at: 8) {
            self = .wav
            return
        }
        if let known = Self.marks.first(where: { begins($0.mark, at: $0.offset) }) {
            self = .unread(known.name)
            return
        }
        if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .unread("WebM")
            return
        }
        guard let frame = FrameHeader(bytes[...]) else {
            self = .none
            return
        }
        // Two bytes may be a quiet sample; two headers at the right distance are not, nor is one that was announced.
        if contentType.hasPrefix("audio/mp") || contentType.hasPrefix("audio/aac") {
            self = .unread(frame.name)
        } else if bytes.count >= frame.length + 4 {
            self = FrameHeader(bytes[frame.length...]) == nil ? .none : .unread(frame.name)
        } else if isWhole || frame.length + 4 > Self.longestFrame {
            self = .none
        } else {
            return nil
        }
    }

    private static let marks: [(mark: String, offset: Int, name: String)] = [
        ("OggS", 0, "Ogg"), ("fLaC", 0, "FLAC"), ("ID3", 0, "MP3"), ("ftyp", 4, "MP4"), ("FORM", 0, "AIFF"),
        (".snd", 0, "AU"), ("caff", 0, "CAF"), ("RF64", 0, "RF64"), ("#!AMR", 0, "AMR"), ("<!DOCTYPE", 0, "text"),
        ("<!doctype", 0, "text"), ("<html", 0, "text"), ("<HTML", 0, "text"), ("<?xml", 0, "text"),
        ("{\"", 0, "text"), ("data: ", 0, "text"), ("event: ", 0, "text"),
    ]
}

/// The header of a frame of MPEG audio (layer 1 to 3) or of AAC in ADTS.
private struct FrameHeader {
    let name: String
    /// Bytes from this header to the next; at least 7.
    let length: Int

    /// nil when the first bytes are none.
    init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(6))
        guard head.count == 6, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return nil }
        let (version, layer) = (Int(head[1] >> 3 & 3), Int(head[1] >> 1 & 3))
        if head[1] & 0xF6 == 0xF0 {
            let size = Int(head[3] & 3) << 11 | Int(head[4]) << 3 | Int(head[5] >> 5)
            guard size >= 7, head[2] >> 2 & 15 < 13 else { return nil }
            (name, length) = ("AAC", size)
            return
        }
        let (rate, frequency) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
        guard version != 1, layer != 0, (1...14).contains(rate), frequency < 3 else { return nil }
        let isFirstVersion = version == 3
        let hertz = [44100, 48000, 32000][frequency] / (isFirstVersion ? 1 : version == 2 ? 2 : 4)
        let bits = 1000 * Self.kilobits[isFirstVersion ? 3 - layer : layer == 3 ? 3 : 4][rate - 1]
        let padding = Int(head[2] >> 1 & 1)
        switch layer {
        case 3: length = (12 * bits / hertz + padding) * 4
        case 1 where !isFirstVersion: length = 72 * bits / hertz + padding
        default: length = 144 * bits / hertz + padding
        }
        name = layer == 1 ? "MP3" : "MPEG audio"
    }

    /// ISO 11172-3 and 13818-3: version 1 layers 1, 2, 3; version 2 layer 1; version 2 layers 2 and 3.
    private static let kilobits = [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]
}
