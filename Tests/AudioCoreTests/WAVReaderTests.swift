import AudioCore
import TestSupport
import Testing

/// A WAV in pieces: what a reader of streams hears is what a reader of files hears, however the bytes are cut and whatever
/// the sizes say.
struct WAVReaderTests {
    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func chunk(_ tag: String, _ content: [UInt8], promised: Int? = nil) -> [UInt8] {
        let pad: [UInt8] = content.count % 2 == 1 && promised == nil ? [0] : []
        return Array(tag.utf8) + number(promised ?? content.count, 4) + content + pad
    }

    /// A whole file; `promised` is what its data chunk says of its length.
    private static func file(
        kind: Int = 1, channels: Int = 1, rate: Int = 22050, bits: Int = 16, _ data: [UInt8], promised: Int? = nil,
        before: [UInt8] = [], riff: Int = 0
    ) -> [UInt8] {
        let block = channels * bits / 8
        let format =
            number(kind, 2) + number(channels, 2) + number(rate, 4) + number(rate * block, 4) + number(block, 2)
            + number(bits, 2)
        return Array("RIFF".utf8) + number(riff, 4) + Array("WAVE".utf8) + chunk("fmt ", format) + before
            + chunk("data", data, promised: promised)
    }

    /// What is heard of `bytes`, which come in pieces of random sizes.
    private func heard(_ bytes: [UInt8], seed: Int) throws -> (samples: [Int16], rate: Int?) {
        var random = Seeded(seed)
        var (reader, rest, samples) = (WAVReader(), bytes[...], [Int16]())
        while !rest.isEmpty {
            let count = min(rest.count, .random(in: 1...(seed % 3 == 0 ? 3 : 200), using: &random))
            samples += try reader.add(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        try reader.finish()
        return (samples, reader.sampleRate)
    }

    private static let sound = PCM16.bytes(littleEndian: (0..<300).map { Int16(truncatingIfNeeded: $0 &* 7919) })

    @Test(arguments: 0..<60) func streamsAreHeardAsFilesAre(seed: Int) throws {
        var random = Seeded(seed)
        let (kind, bits) = [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (6, 8), (7, 8)].randomElement(using: &random)!
        let channels = Int.random(in: 1...3, using: &random)
        let data = (0..<Int.random(in: 0..<600, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let before = Self.chunk("LIST", Array(repeating: 7, count: .random(in: 0..<9, using: &random)))
        let bytes = Self.file(kind: kind, channels: channels, bits: bits, data, before: before)
        let (samples, rate) = try heard(bytes, seed: seed)
        if data.isEmpty {
            #expect(samples.isEmpty)
        } else {
            #expect(samples == (try WAVFile.read(bytes).samples))
        }
        #expect(rate == 22050)
    }

    @Test(arguments: [0, 0x7FFF_F000, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFDB, 40], 0..<6)
    func wrongLengthsLoseNothing(promised: Int, seed: Int) throws {
        let bytes = Self.file(Self.sound, promised: promised, riff: promised)
        #expect(try heard(bytes, seed: seed).samples == PCM16.samples(littleEndian: Self.sound))
    }

    @Test(arguments: 0..<12) func whatStandsBehindTheSoundIsNotHeard(seed: Int) throws {
        let tail = Self.chunk("LIST", [1, 2, 3]) + Self.chunk("id3 ", Array(repeating: 200, count: 40))
        let odd = Self.file(bits: 8, Array(repeating: 0x90, count: 7)) + tail
        #expect(try heard(odd, seed: seed).samples.count == 7)
        #expect(try heard(Self.file(Self.sound) + tail, seed: seed).samples.count == Self.sound.count / 2)
    }

    @Test(arguments: 0..<12) func oneWAVMayFollowAnother(seed: Int) throws {
        let (first, second) = (Self.file(Self.sound), Self.file(rate: 16000, Self.sound))
        let (samples, rate) = try heard(first + second, seed: seed)
        #expect(samples == PCM16.samples(littleEndian: Self.sound + Self.sound))
        #expect(rate == 16000)
    }

    @Test(arguments: [
        (Array("RIFX\0\0\0\0WAVEfmt ".utf8), WAVError.Code.notWAV),
        (Array("RIFF\0\0\0\0WAVE".utf8), .truncated), (Array("RIFF\0\0\0\0WA".utf8), .truncated),
        (Array("RIFF\0\0\0\0WAVE".utf8) + chunk("data", [1, 2]), .malformed),
        (file(kind: 85, sound), .unsupported), (file(kind: 2, bits: 4, sound), .unsupported),
        (Array("RIFF\0\0\0\0WAVE".utf8) + chunk("fmt ", [], promised: 5000), .malformed),
    ]) func whatIsNoneSaysWhy(bytes: [UInt8], code: WAVError.Code) {
        #expect(throws: WAVError.self) { try heard(bytes, seed: 1) }
        do { _ = try heard(bytes, seed: 2) } catch { #expect((error as? WAVError)?.code == code) }
    }

    /// The bound: a header that never ends is not waited for, and not kept.
    @Test func aHeaderWithoutEndIsRefused() throws {
        var reader = WAVReader()
        let endless = Array("RIFF\0\0\0\0WAVE".utf8) + Self.chunk("JUNK", [], promised: 0x7000_0000)
        _ = try reader.add(endless)
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var taken = 0
        #expect(throws: WAVError.self) {
            while taken < 2 * WAVReader.longestHeader {
                _ = try reader.add(block)
                taken += block.count
            }
        }
        #expect(taken <= WAVReader.longestHeader)
    }
}
