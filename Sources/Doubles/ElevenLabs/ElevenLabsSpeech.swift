import AudioCore
import Foundation
import ProviderKit
import ProviderTransport

/// What a client of ElevenLabs may ask for, whatever the way.
struct ElevenLabsVoice: Sendable {
    /// A refusal in ElevenLabs' own form.
    struct Problem: Error {
        var status: Int
        var code: String
        var message: String
    }

    var voice: String
    var model: String
    var language: String
    /// Of PCM, in hertz.
    var rate: Int

    init(voice: String, model: String?, language: String?, format: String?) throws(Problem) {
        guard voice.wholeMatch(of: /[A-Za-z0-9]{20}/) != nil else {
            throw Problem(status: 404, code: "voice_not_found", message: "A voice with that ID was not found.")
        }
        self.voice = voice
        self.model = model ?? "eleven_multilingual_v2"
        guard self.model.hasPrefix("eleven_") else {
            throw Problem(status: 400, code: "model_not_found", message: "A model with that ID does not exist.")
        }
        if language != nil, !self.model.hasSuffix("_v2_5"), self.model != "eleven_v3" {
            throw Problem(
                status: 400, code: "unsupported_language", message: "This model does not take a language_code.")
        }
        self.language = language ?? "en-US"
        let format = format ?? "mp3_44100_128"
        let rates = [8000, 16000, 22050, 24000, 32000, 44100, 48000]
        guard format.hasPrefix("pcm_"), let rate = Int(format.dropFirst(4)), rates.contains(rate) else {
            throw Problem(
                status: 400, code: "output_format_not_allowed", message: "This stand-in makes pcm_8000…pcm_48000 only.")
        }
        self.rate = rate
    }

    /// A speed outside of what there is, is refused.
    static func speed(_ settings: JSONValue?) throws(Problem) -> Double {
        let speed = settings?["speed"]?.double ?? 1
        guard (0.7...1.2).contains(speed) else {
            throw Problem(
                status: 400, code: "invalid_voice_settings", message: "speed must be between 0.7 and 1.2.")
        }
        return speed
    }
}

/// A text spoken, in pieces as they leave, with the times of its characters.
struct ElevenLabsSpeech: Sendable {
    struct Timed: Sendable {
        var character: String
        var start: Duration
        var end: Duration
    }

    struct Piece: Sendable {
        var samples: [Int16]
        /// From the first sample of the text.
        var characters: [Timed]
        var start: Duration
    }

    var pieces: [Piece]

    /// A quarter of a second.
    private static let piece = Duration.milliseconds(250)

    /// Speaks `text`; a text without anything to say has no pieces.
    static func make(
        _ text: String, _ voice: ElevenLabsVoice, speed: Double, on stage: Stage
    ) async throws -> ElevenLabsSpeech {
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return ElevenLabsSpeech(pieces: []) }
        let request = VoiceRequest(name: voice.voice, language: voice.language, speed: speed)
        let speech = try await stage.speech(text, voice: request, rate: voice.rate)
        let characters = timed(text, speech.words)
        let length = Self.piece.samples(at: voice.rate)
        var rest = characters[...]
        var pieces: [Piece] = []
        for start in stride(from: 0, to: speech.samples.count, by: length) {
            let end = min(speech.samples.count, start + length)
            let isLast = end == speech.samples.count
            let limit = Duration.samples(end, at: voice.rate)
            let own = isLast ? rest : rest.prefix { $0.start < limit }
            rest = rest.dropFirst(own.count)
            pieces.append(
                Piece(
                    samples: Array(speech.samples[start..<end]), characters: Array(own),
                    start: .samples(start, at: voice.rate)))
        }
        return ElevenLabsSpeech(pieces: pieces)
    }

    /// The characters of a word share its time; what is between words has what is between.
    static func timed(_ text: String, _ words: [WordTiming]) -> [Timed] {
        let characters = Array(text)
        var timed: [Timed] = []
        var last = Duration.zero
        func fill(_ range: Range<Int>, _ start: Duration, _ end: Duration) {
            for (index, offset) in range.enumerated() {
                timed.append(
                    Timed(
                        character: String(characters[offset]), start: start + (end - start) * index / range.count,
                        end: start + (end - start) * (index + 1) / range.count))
            }
        }
        for word in words {
            fill(timed.count..<word.range.lowerBound, last, word.start)
            fill(word.range, word.start, word.end)
            last = word.end
        }
        fill(timed.count..<characters.count, last, last)
        return timed
    }

    /// Times in milliseconds from `origin`, as sockets tell them.
    static func socketAlignment(_ characters: [Timed], from origin: Duration) -> JSONValue {
        func milliseconds(_ time: Duration) -> JSONValue { .int(Int(max(0, time.milliseconds).rounded())) }
        return [
            "chars": .array(characters.map { .string($0.character) }),
            "charStartTimesMs": .array(characters.map { milliseconds($0.start - origin) }),
            "charDurationsMs": .array(characters.map { milliseconds($0.end - $0.start) }),
        ]
    }

    /// Times in seconds from the beginning, as HTTP tells them.
    static func streamAlignment(_ characters: [Timed]) -> JSONValue {
        [
            "characters": .array(characters.map { .string($0.character) }),
            "character_start_times_seconds": .array(characters.map { .double($0.start.seconds) }),
            "character_end_times_seconds": .array(characters.map { .double($0.end.seconds) }),
        ]
    }

    /// Base64 of little-endian PCM16.
    static func encoded(_ samples: [Int16]) -> String {
        Data(PCM16.bytes(littleEndian: samples)).base64EncodedString()
    }
}
