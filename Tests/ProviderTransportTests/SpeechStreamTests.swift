import AudioCore
import ProviderKit
import ProviderTransport
import TestSupport
import Testing

/// Speech that was asked for as bare PCM, and what servers send instead.
struct SpeechStreamTests {
    private static let samples = (0..<4000).map { Int16(($0 % 200 - 100) * 80) }
    private static let pcm = PCM16.bytes(littleEndian: samples)

    /// What is heard at 24 kHz of `bytes`, which come in pieces of random sizes.
    private func heard(_ bytes: [UInt8], type: String? = nil, seed: Int = 0) throws -> [Int16] {
        var random = Seeded(seed)
        var speech = try SpeechStream(expecting: 24000, to: 24000, contentType: type, provider: "p")
        var (rest, heard) = (bytes[...], [Int16]())
        while !rest.isEmpty {
            let count = min(rest.count, .random(in: 1...997, using: &random))
            if let chunk = try speech.add(Array(rest.prefix(count))) {
                #expect(chunk.sampleRate == 24000)
                heard += chunk.samples
            }
            rest = rest.dropFirst(count)
        }
        return heard + (try speech.finish()?.samples ?? [])
    }

    private static func wav(_ rate: Int) -> [UInt8] { WAVFile.write(AudioChunk(samples: samples, sampleRate: rate)) }

    /// What a resampler makes of the samples in one piece.
    private static func converted(from rate: Int) -> [Int16] {
        guard var resampler = Resampler(from: rate, to: 24000) else { return [] }
        return resampler.process(samples) + resampler.finish()
    }

    @Test(arguments: 0..<20) func pcmAndWAVAreHeardAlike(seed: Int) throws {
        var endless = Self.wav(24000)
        for index in 40..<44 { endless[index] = 0xFF }
        #expect(try heard(Self.pcm, type: "application/octet-stream", seed: seed) == Self.samples)
        #expect(try heard(Self.pcm, type: "audio/mpeg", seed: seed) == Self.samples, "the bytes say more than the type")
        #expect(try heard(Self.wav(24000), type: "audio/wav", seed: seed) == Self.samples)
        #expect(try heard(Self.wav(24000) + Array("LIST\u{4}\0\0\0abcd".utf8), seed: seed) == Self.samples)
        #expect(try heard(endless, seed: seed) == Self.samples)
    }

    @Test(arguments: [8000, 16000, 22050, 44100, 48000]) func otherRatesAreConverted(rate: Int) throws {
        let expected = Self.converted(from: rate)
        for seed in 0..<4 {
            #expect(try heard(Self.wav(rate), seed: seed) == expected)
            #expect(try heard(Self.pcm, type: "audio/pcm; rate=\(rate); channels=1", seed: seed) == expected)
            #expect(try heard(Self.pcm, type: "audio/L16;rate=\"\(rate)\"", seed: seed) == expected)
        }
        #expect(try heard(Self.wav(rate) + Self.wav(24000), seed: 1) == expected + Self.samples, "one after the other")
    }

    @Test(arguments: ["audio/pcm;rate=x", "audio/pcm;rate=1", "audio/pcm;rate", "audio/pcm;rate=99999999999999999999"])
    func aRateThatIsNoneIsTheExpectedOne(type: String) throws {
        #expect(try heard(Self.pcm, type: type) == Self.samples)
    }

    /// MPEG 1 layer 3 of 128 kbit/s at 44.1 kHz: 417 bytes a frame; MPEG 2 at 24 kHz, 64 kbit/s: 192; AAC in ADTS.
    private static let frames: [(name: String, bytes: [UInt8])] = [
        ("MP3", frame([0xFF, 0xFB, 0x90, 0x64, 0, 0], 417)), ("MP3", frame([0xFF, 0xF3, 0x84, 0xC4, 0, 0], 192)),
        ("AAC", frame([0xFF, 0xF1, 0x50, 0x80, 0x0C, 0x80], 100)),
    ]

    private static func frame(_ head: [UInt8], _ length: Int) -> [UInt8] {
        head + [UInt8](repeating: 0x55, count: length - head.count)
    }

    @Test(arguments: 0..<8) func framesAreKnownByTheSecondHeader(seed: Int) throws {
        for (name, frame) in Self.frames {
            let error = #expect(throws: ProviderError.self) { try heard(frame + frame + frame, seed: seed) }
            #expect(error?.message.hasPrefix("\(name) came") == true)
            #expect(throws: ProviderError.self) { try heard(frame, type: "audio/mpeg", seed: seed) }
            // One quiet sample that looks like a header is none.
            let quiet = Array(frame.prefix(6)) + Self.pcm
            #expect(try heard(quiet, seed: seed) == PCM16.samples(littleEndian: quiet))
            #expect(try heard(Array(frame.prefix(6)), seed: seed).count == 3)
        }
    }

    @Test(arguments: [
        "OggS and so on and on", "fLaC and so on and on", "ID3 and so on and on", "\0\0\0\u{20}ftypM4A and on",
        "<!DOCTYPE html><p>Oh", "<html>", "{\"error\": {\"code\": 1}}", "event: speech.audio.delta",
        "RIFF\0\0\0\0WAVE", "RIFF\0\0\0\0WAVEdata\u{2}\0\0\0ab",
    ]) func whatWouldBeNoiseIsRefused(text: String) {
        let error = #expect(throws: ProviderError.self) { _ = try heard(Array(text.utf8)) }
        #expect(error?.code == .protocolViolation && error?.isRetryable == false)
        #expect(error?.message.contains(" came ") == true)
    }

    @Test(arguments: ["text/html; charset=utf-8", "Application/JSON", "text/plain"]) func textIsNoSpeech(type: String) {
        #expect(throws: ProviderError.self) { _ = try heard(Self.pcm, type: type) }
    }

    @Test(arguments: [0, 2, 4, 10]) func shortSpeechIsSpeech(count: Int) throws {
        let bytes = Array(Self.pcm.prefix(count))
        #expect(try heard(bytes) == PCM16.samples(littleEndian: bytes))
    }

    @Test func halfASampleAtTheEndIsTold() {
        #expect(throws: ProviderError.self) { try heard(Array(Self.pcm.prefix(1001))) }
    }
}
