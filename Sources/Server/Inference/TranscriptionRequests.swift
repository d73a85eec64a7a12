import AudioCore
import Foundation
import JSONText
import Network
import ProjectModel
import ProviderKit
import Session
import Telemetry

/// `POST /v1/audio/transcriptions`: what is said in a recording.
///
/// Source: OpenAI's API reference; what `air.audio` of airefinery-sdk 1.33.2 sends beside it.
extension InferenceRoutes {
    /// The longest recording.
    private static let longestRecording: Duration = .seconds(120)
    /// Audio is given to an engine in pieces of so many samples: 100 ms.
    private static let piece = 1600

    func transcription(_ request: HTTPRequest, _ place: InferenceMeasures.Place) async throws
        -> HTTPResponse
    {
        guard let form = MultipartForm(request.body, contentType: request.headers["content-type"] ?? "")
        else {
            throw Refusal("malformed_form", "the body of the request is multipart/form-data")
        }
        let model = try Self.model(form.text("model"))
        guard let file = form.parts["file"] else {
            throw Refusal("missing_field", "'file' is the recording")
        }
        let audio = try Self.samples(file)
        let language = form.text("language") ?? "en-US"
        guard language.utf8.count <= 35 else {
            throw Refusal("invalid_field", "'language' is such as en-US")
        }
        let format = form.text("response_format") ?? "json"
        guard ["json", "verbose_json", "text"].contains(format) else {
            throw Refusal("invalid_field", "'response_format' is json, verbose_json or text")
        }
        var project = Self.project { $0.audio.recognizer = ModelChain(model) }
        project.audio.language = language
        let chain = catalog.cast(project).engines.recognizer
        if form.text("stream")?.lowercased() == "true" {
            let headers = [
                (name: "Content-Type", value: "text/event-stream"),
                (name: "Cache-Control", value: "no-cache"),
            ]
            return .stream(headers: headers) { [self] writer in
                var known = ""
                do {
                    try await hear(audio, chain, language) { transcript in
                        defer { known = transcript.text }
                        let new = transcript.text.hasPrefix(known) ? transcript.text.dropFirst(known.count) : ""
                        if !transcript.isFinal, new.isEmpty { return true }
                        let event = JSON.object([
                            (
                                "type",
                                .string(transcript.isFinal ? "transcript.text.done" : "transcript.text.delta")
                            ),
                            ("text", .string(transcript.isFinal ? transcript.text : String(new))),
                        ])
                        return await writer.write(Array("data: \(event.text)\n\n".utf8))
                    }
                    await writer.write(Array("data: [DONE]\n\n".utf8))
                } catch {
                    writer.abort()
                }
                withExtendedLifetime(place) {}
            }
        }
        var last = Transcript(text: "", isFinal: true)
        try await hear(audio, chain, language) {
            last = $0
            return true
        }
        let answer =
            format == "verbose_json"
            ? Self.verbose(
                last, language, seconds: Double(audio.count) / Double(AudioPosition.sampleRate))
            : JSON.object([("text", .string(last.text))])
        return .json(Array(answer.text.utf8))
    }

    /// The recording at 16 kHz: a WAV file, or PCM16 at that rate.
    private static func samples(_ file: [UInt8]) throws(Refusal) -> [Int16] {
        var chunk = AudioChunk(samples: [], sampleRate: AudioPosition.sampleRate)
        if file.starts(with: "RIFF".utf8) {
            do throws(WAVError) { chunk = try WAVFile.read(file) } catch {
                throw Refusal("invalid_audio", error.message)
            }
        } else {
            chunk.samples = PCM16.samples(littleEndian: file)
        }
        guard !chunk.samples.isEmpty else { throw Refusal("invalid_audio", "the recording is empty") }
        guard chunk.duration <= longestRecording else {
            throw Refusal(
                "audio_too_long", "a recording lasts \(Int(longestRecording.seconds)) s at most")
        }
        guard var resampler = Resampler(from: chunk.sampleRate, to: AudioPosition.sampleRate) else {
            throw Refusal("invalid_audio", "the rate of the recording is \(Resampler.rates) Hz")
        }
        return resampler.process(chunk.samples) + resampler.finish()
    }

    /// - Parameter take: takes each transcript; false: nobody wants more.
    private func hear(
        _ samples: [Int16], _ chain: RecognitionChain, _ language: String,
        take: (Transcript) async -> Bool
    ) async throws {
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        for start in stride(from: 0, to: samples.count, by: Self.piece) {
            source.yield(.audio(Array(samples[start..<min(start + Self.piece, samples.count)])))
        }
        source.finish()
        let transcripts = AsyncStream.makeStream(of: Transcript.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [log] in
                defer { transcripts.continuation.finish() }
                try await chain.recognize(
                    utterance, language: language,
                    report: { report in
                        guard case .failed(let code) = report.outcome else { return }
                        log.warning(
                            "a provider failed", ["provider": .name(report.provider), "code": .name(code.description)])
                    },
                    emit: { transcript in _ = transcripts.continuation.yield(transcript) })
            }
            defer { group.cancelAll() }
            for await transcript in transcripts.stream {
                guard await take(transcript) else { return }
            }
            try await group.waitForAll()
        }
    }

    /// One segment: engines tell no times of words.
    private static func verbose(_ heard: Transcript, _ language: String, seconds: Double) -> JSON {
        let probability = heard.confidence.map { min(max($0, 0.001), 1) } ?? 1
        let segment = JSON.object([
            ("id", .int(0)), ("seek", .double(0)), ("start", .double(0)), ("end", .double(seconds)),
            ("text", .string(heard.text)), ("avg_logprob", .double(Foundation.log(probability))),
            ("compression_ratio", .double(1)), ("speaker_id", .string("Unknown")),
        ])
        return .object([
            ("task", .string("transcribe")), ("language", .string(language)),
            ("duration", .double(seconds)),
            ("text", .string(heard.text)), ("segments", .array(heard.text.isEmpty ? [] : [segment])),
        ])
    }
}

/// The parts of a `multipart/form-data` body.
struct MultipartForm: Sendable {
    /// So many parts are read.
    private static let most = 64

    /// By name; of a repeated name the first.
    private(set) var parts: [String: [UInt8]] = [:]

    /// nil when it is none.
    init?(_ body: [UInt8], contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let mark = contentType.range(of: "boundary=", options: .caseInsensitive)
        else { return nil }
        let rest = contentType[mark.upperBound...].prefix { $0 != ";" }
        let boundary = rest.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        let data = Data(body)
        let delimiter = Data("--\(boundary)".utf8)
        guard var place = data.range(of: delimiter)?.upperBound else { return nil }
        let blank = Data("\r\n\r\n".utf8)
        for _ in 0..<Self.most {
            if data[place...].starts(with: "--".utf8) { return }
            guard let head = data.range(of: blank, in: place..<data.endIndex),
                let end = data.range(of: Data("\r\n".utf8) + delimiter, in: head.lowerBound..<data.endIndex)
            else { return nil }
            let text = String(decoding: data[place..<head.lowerBound], as: UTF8.self)
            if let name = Self.name(text), parts[name] == nil, head.upperBound <= end.lowerBound {
                parts[name] = Array(data[head.upperBound..<end.lowerBound])
            }
            place = end.upperBound
        }
        return nil
    }

    /// A part as text; nil when there is none, or it is empty.
    func text(_ name: String) -> String? {
        guard let bytes = parts[name], let text = String(validating: bytes, as: UTF8.self),
            !text.isEmpty
        else {
            return nil
        }
        return text
    }

    /// What stands in `Content-Disposition: form-data; name="…"`.
    private static func name(_ head: String) -> String? {
        guard
            let line = head.split(whereSeparator: \.isNewline).first(where: {
                $0.lowercased().hasPrefix("content-disposition:")
            }), let start = line.range(of: " name=\"")
        else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
