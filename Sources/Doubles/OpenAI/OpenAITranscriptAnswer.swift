import AudioCore
import Network
import ProviderTransport

/// One request for a transcription, checked.
struct OpenAITranscriptAnswer {
    private enum Format: String { case json, text, srt, vtt, verbose = "verbose_json" }
    private static let extensions: Set = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"]

    /// PCM16 mono at 16 kHz.
    private let samples: [Int16]
    private let seconds: Double
    private let language: String?
    private let format: Format
    private let streams: Bool
    private let isWhisper: Bool

    init(_ request: HTTPRequest, _ route: OpenAIStandIn.Route) throws(OpenAIRefusal) {
        guard let form = MultipartReader.parts(of: request) else {
            throw OpenAIRefusal(400, "Could not parse multipart form.", code: nil)
        }
        func field(_ name: String) -> String? {
            form.first { $0.name == name && $0.fileName == nil }.map { String(decoding: $0.content, as: UTF8.self) }
        }
        let model = try OpenAIRefusal.check(model: route.deployment ?? field("model"))
        isWhisper = model.hasPrefix("whisper")
        guard let file = form.first(where: { $0.name == "file" }), let name = file.fileName else {
            throw .missing("file")
        }
        let suffix = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard Self.extensions.contains(suffix) else {
            throw OpenAIRefusal(
                400, "Unrecognized file format. Supported formats: \(Self.extensions.sorted().joined(separator: ", "))",
                code: "unsupported_format", param: "file")
        }
        guard let recording = try? WAVFile.read(file.content) else {
            throw OpenAIRefusal(
                400, "The audio file could not be decoded; this stand-in reads WAV.", code: "invalid_value",
                param: "file")
        }
        seconds = Double(recording.samples.count) / Double(recording.sampleRate)
        guard seconds >= 0.1 else {
            throw OpenAIRefusal(
                400, "Audio file is too short. Minimum audio length is 0.1 seconds.", code: "audio_too_short",
                param: "file")
        }
        guard var resampler = Resampler(from: recording.sampleRate, to: 16000) else {
            throw .invalid("file", "the sample rate is out of range.")
        }
        samples = resampler.process(recording.samples) + resampler.finish()
        language = field("language")
        if let language, language.utf8.count > 3 {
            throw .invalid("language", "expected an ISO-639-1 code.", code: "invalid_language_format")
        }
        let wanted = field("response_format") ?? "json"
        guard let format = Format(rawValue: wanted), isWhisper || format == .json || format == .text else {
            throw .invalid("response_format", "'\(wanted.prefix(20))' is not compatible with this model.")
        }
        self.format = format
        // Ignored by the older model.
        streams = field("stream")?.lowercased() == "true" && !isWhisper
    }

    func response(_ cue: Cue, on stage: Stage) async throws(OpenAIRefusal) -> HTTPResponse {
        let heard: String
        if let text = cue.text { heard = text } else { heard = await stage.hears(samples, language: language ?? "en") }
        if streams {
            return stage.stream(.openAITranscriptions, cue, headers: type("text/event-stream"), events(heard))
        }
        let body: [UInt8] =
            switch format {
            case .json: JSONValue.object(["text": .string(heard), "usage": usage(heard)]).bytes
            case .verbose:
                JSONValue.object([
                    "task": "transcribe", "language": .string(language ?? "english"), "duration": .double(seconds),
                    "text": .string(heard), "usage": usage(heard),
                    "segments": [
                        [
                            "id": 0, "seek": 0, "start": 0.0, "end": .double(seconds), "text": .string(heard),
                            "tokens": [],
                            "temperature": 0.0, "avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.0,
                        ]
                    ],
                ]).bytes
            case .text: Array("\(heard)\n".utf8)
            case .srt: Array("1\n00:00:00,000 --> \(time(","))\n\(heard)\n\n".utf8)
            case .vtt: Array("WEBVTT\n\n00:00:00.000 --> \(time("."))\n\(heard)\n\n".utf8)
            }
        let isJSON = format == .json || format == .verbose
        return stage.stream(
            .openAITranscriptions, cue, headers: type(isJSON ? "application/json" : "text/plain; charset=utf-8"),
            Stage.Pieces(timed: [body], broken: Array("{\"text\":".utf8), waitsForFinal: true))
    }

    private func events(_ heard: String) -> Stage.Pieces {
        func event(_ value: JSONValue) -> [UInt8] { Array("data: ".utf8) + value.bytes + Array("\n\n".utf8) }
        return Stage.Pieces(
            timed: ScriptedAnswer(text: heard).tokens.map {
                event(["type": "transcript.text.delta", "delta": .string($0)])
            },
            tail: event(["type": "transcript.text.done", "text": .string(heard), "usage": usage(heard)]),
            broken: Array("data: {\"type\":\"transcript.te\n\n".utf8), waitsForFinal: true)
    }

    private func usage(_ heard: String) -> JSONValue {
        if isWhisper { return ["type": "duration", "seconds": .int(Int(seconds.rounded(.up)))] }
        let (input, output) = (Int(seconds * 10), ScriptedAnswer.tokenCount(heard))
        return [
            "type": "tokens", "input_tokens": .int(input), "output_tokens": .int(output),
            "total_tokens": .int(input + output),
            "input_token_details": ["audio_tokens": .int(input), "text_tokens": 0],
        ]
    }

    private func time(_ point: String) -> String {
        let milliseconds = Int(seconds * 1000)
        func padded(_ value: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - "\(value)".count)) + "\(value)"
        }
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        return
            "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2)):\(padded(rest / 1000, 2))\(point)\(padded(rest % 1000, 3))"
    }

    private func type(_ value: String) -> [(name: String, value: String)] {
        [(name: "Content-Type", value: value), (name: "x-request-id", value: "req_transcript")]
    }
}
