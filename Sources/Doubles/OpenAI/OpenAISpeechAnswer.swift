import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport

/// One request for speech, checked.
struct OpenAISpeechAnswer {
    /// The service's rate for PCM, in hertz.
    private static let rate = 24000
    /// Odd, so that samples are cut in two now and then, as networks do; a tenth of a second.
    private static let pieceLength = 4801
    private static let voices: Set = [
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
        "verse",
    ]

    private let input: String
    private let voice: String
    private let speed: Double
    private let isWAV: Bool
    private let asEvents: Bool

    init(_ request: HTTPRequest, _ route: OpenAIStandIn.Route) throws(OpenAIRefusal) {
        guard let body = JSONValue(request.body), body.object != nil else {
            throw OpenAIRefusal(400, "We could not parse the JSON body of your request.", code: nil)
        }
        let model = try OpenAIRefusal.check(model: route.deployment ?? body["model"]?.string)
        guard let input = body["input"]?.string else { throw .missing("input") }
        guard (1...4096).contains(input.count) else {
            throw .invalid("input", "string must have from 1 to 4096 characters.", code: "string_too_long")
        }
        self.input = input
        guard let voice = body["voice"]?.string ?? body["voice"]?["id"]?.string else { throw .missing("voice") }
        // The names of custom voices are their owners' business.
        guard Self.voices.contains(voice) || body["voice"]?["id"] != nil else {
            throw .invalid("voice", "supported values are: \(Self.voices.sorted().joined(separator: ", ")).")
        }
        self.voice = voice
        speed = body["speed"]?.double ?? 1
        guard (0.25...4).contains(speed) else { throw .invalid("speed", "expected a number between 0.25 and 4.") }
        let format = body["response_format"]?.string ?? "mp3"
        guard ["mp3", "opus", "aac", "flac", "wav", "pcm"].contains(format) else {
            throw .invalid("response_format", "expected one of mp3, opus, aac, flac, wav, pcm.")
        }
        guard format == "pcm" || format == "wav" else {
            throw .invalid("response_format", "this stand-in makes pcm and wav only.")
        }
        isWAV = format == "wav"
        let streamFormat = body["stream_format"]?.string ?? "audio"
        asEvents = streamFormat == "sse"
        guard asEvents || streamFormat == "audio", !(asEvents && model.hasPrefix("tts-1")) else {
            throw .invalid("stream_format", "expected audio, or sse with a model that has it.")
        }
    }

    func response(_ cue: Cue, on stage: Stage) async throws(OpenAIRefusal) -> HTTPResponse {
        var bytes: [UInt8] = []
        if !cue.isSilent {
            let request = VoiceRequest(name: voice, speed: speed)
            guard let speech = try? await stage.speech(input, voice: request, rate: Self.rate) else {
                throw OpenAIRefusal(500, "The stand-in's engine failed.", code: nil, type: "server_error")
            }
            bytes =
                isWAV
                ? WAVFile.write(AudioChunk(samples: speech.samples, sampleRate: Self.rate))
                : PCM16.bytes(littleEndian: speech.samples)
        }
        let parts = stride(from: 0, to: bytes.count, by: Self.pieceLength).map {
            Array(bytes[$0..<min(bytes.count, $0 + Self.pieceLength)])
        }
        if asEvents { return stage.stream(.openAISpeech, cue, headers: Self.type("text/event-stream"), events(parts)) }
        // There is nothing in PCM that could be malformed but its end: half a sample, and no more.
        return stage.stream(
            .openAISpeech, cue, headers: Self.type(isWAV ? "audio/wav" : "audio/pcm"),
            Stage.Pieces(timed: parts, broken: [0]))
    }

    private func events(_ parts: [[UInt8]]) -> Stage.Pieces {
        func event(_ value: JSONValue) -> [UInt8] { Array("data: ".utf8) + value.bytes + Array("\n\n".utf8) }
        let tokens = ScriptedAnswer.tokenCount(input)
        return Stage.Pieces(
            timed: parts.map { part in
                event(["type": "speech.audio.delta", "audio": .string(Data(part).base64EncodedString())])
            },
            tail: event([
                "type": "speech.audio.done",
                "usage": [
                    "input_tokens": .int(tokens), "output_tokens": .int(parts.count),
                    "total_tokens": .int(tokens + parts.count),
                ],
            ]), broken: Array("data: {\"type\":\"speech.audio.del\n\n".utf8))
    }

    private static func type(_ value: String) -> [(name: String, value: String)] {
        [(name: "Content-Type", value: value), (name: "x-request-id", value: "req_speech")]
    }
}
