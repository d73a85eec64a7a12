import AudioCore
import ProviderKit
import ProviderTransport
import TestSupport
import Testing

/// Speech that was asked for as bare PCM, and what servers send instead.
struct RawSpeechTests {
    private static let samples = (0..<500).map { Int16(truncatingIfNeeded: $0 &* 37) }
    private static let pcm = PCM16.bytes(littleEndian: samples)

    /// The sound in `bytes`, which come in pieces of random sizes.
    private func sound(_ bytes: [UInt8], type: String? = nil, seed: Int = 0) throws -> [UInt8] {
        var random = Seeded(seed)
        var speech = try RawSpeech(rate: 24000, contentType: type, provider: "p")
        var (rest, sound) = (bytes[...], [UInt8]())
        while !rest.isEmpty {
            let count = min(rest.count, .random(in: 1...40, using: &random))
            sound += try speech.add(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return sound + (try speech.finish())
    }

    @Test(arguments: 0..<50) func aHeaderIsTakenOff(seed: Int) throws {
        let wav = WAVFile.write(AudioChunk(samples: Self.samples, sampleRate: 24000))
        var endless = wav
        for index in 40..<44 { endless[index] = 0xFF }
        let plain = try sound(Self.pcm, type: "application/octet-stream", seed: seed)
        let wrapped = try sound(wav, type: "audio/wav", seed: seed)
        let tagged = try sound(wav + Array("LIST\u{4}\0\0\0abcd".utf8), seed: seed)
        let streamed = try sound(endless, seed: seed)
        #expect([plain, wrapped, tagged, streamed].allSatisfy { $0 == Self.pcm })
    }

    @Test(arguments: [
        WAVFile.write(AudioChunk(samples: [1, 2, 3], sampleRate: 16000)), Array("RIFF\0\0\0\0WAVE".utf8),
        Array("RIFF\0\0\0\0WAVEdata\u{2}\0\0\0ab".utf8), Array("OggS and so on and on".utf8),
        Array("fLaC and so on and on".utf8), Array("ID3 and so on and on".utf8), Array("<!DOCTYPE html><p>Oh".utf8),
        Array("<html>".utf8), Array("{\"error\": {\"code\": 1}}".utf8),
    ]) func whatWouldBeNoiseIsRefused(bytes: [UInt8]) {
        let error = #expect(throws: ProviderError.self) { _ = try sound(bytes) }
        #expect(error?.code == .protocolViolation && error?.message.hasSuffix("came instead of PCM") == true)
    }

    @Test func aHeaderWithoutEndIsRefused() {
        let junk = Array("RIFF\0\0\0\0WAVEJUNK".utf8) + [0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: ProviderError.self) { _ = try sound(junk + [UInt8](repeating: 0, count: 9000)) }
    }

    @Test(arguments: ["text/html; charset=utf-8", "Application/JSON", "text/plain"]) func textIsNoSpeech(type: String) {
        #expect(throws: ProviderError.self) { _ = try sound(Self.pcm, type: type) }
    }

    @Test(arguments: [0, 1, 2, 11]) func shortSpeechIsSpeech(count: Int) throws {
        let bytes = Array(Self.pcm.prefix(count))
        let heard = try sound(bytes)
        #expect(heard == bytes)
    }
}
