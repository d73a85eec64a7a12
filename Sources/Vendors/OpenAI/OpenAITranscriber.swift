import AudioCore
import Foundation
import JSONText
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Transcription of whole utterances by OpenAI and what is compatible with it. The words come when the caller pauses or has
/// ended: in pieces from models that stream, at once from those of the Whisper kind.
///
/// At a pause the utterance so far is sent. Its transcript stands if the caller says no more; otherwise the request is
/// cancelled, and a later one has the whole utterance.
public struct OpenAITranscriber: SpeechRecognizer {
    /// Ten minutes: more the service does not take, in samples.
    private static let longest = 16000 * 600
    /// Less than a tenth of a second the service refuses, and nobody can say a word in it.
    private static let shortest = 1600
    /// Silence behind the last word, 0.3 s: at a pause there is little of it, and models that hear none cut words.
    private static let quiet = [Int16](repeating: 0, count: 4800)

    /// `OpenAI/gpt-4o-mini-transcribe`
    public let name: String
    private let model: String
    private let endpoint: OpenAIEndpoint
    private let client: HTTPClient

    /// The model `model` at `endpoint`.
    public init(model: String, endpoint: OpenAIEndpoint, client: HTTPClient, provider: String = "OpenAI") {
        name = "\(provider)/\(model)"
        self.model = model
        self.endpoint = endpoint
        self.client = client
    }

    /// Opens a connection ahead of the first request.
    public func prepare() async { await client.warm(endpoint.url("audio/transcriptions", model: model)) }

    /// Gathers the utterance, and has it transcribed at pauses and at its end; see `SpeechRecognizer`. More than ten minutes
    /// are rejected.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        var samples: [Int16] = []
        while let pause = try await gather(utterance, into: &samples) {
            if let text = try await transcribe(utterance, at: pause, &samples, language, emit: emit) {
                return try await emit(Transcript(text: text, isFinal: true))
            }
        }
        // A cancelled stream ends like one that is complete.
        try Task.checkCancellation()
        try await emit(Transcript(text: try await words(of: samples, language, emit: emit), isFinal: true))
    }

    /// Gathers audio up to a pause.
    /// - Returns: the pause; nil at the end of the utterance.
    private func gather(_ utterance: AsyncStream<UtteranceInput>, into samples: inout [Int16]) async throws -> Int? {
        for await input in utterance {
            switch input {
            case .audio(let chunk): try add(chunk, to: &samples)
            case .pause(let number): return number
            case .resumed: break
            }
        }
        return nil
    }

    private func add(_ chunk: [Int16], to samples: inout [Int16]) throws {
        guard samples.count + chunk.count <= Self.longest else {
            throw ProviderError(.rejected, provider: name, message: "the utterance is longer than ten minutes")
        }
        samples += chunk
    }

    /// Has what was said before a pause transcribed while the pause goes on.
    /// - Returns: all words, when the utterance ends with the pause; nil when the caller goes on.
    private func transcribe(
        _ utterance: AsyncStream<UtteranceInput>, at pause: Int, _ samples: inout [Int16], _ language: String,
        emit: @Sendable (Transcript) async throws -> Void
    ) async throws -> String? {
        try await withoutActuallyEscaping(emit) { emit in
            try await withThrowingTaskGroup(of: String.self) { group in
                let said = samples.count < Self.shortest ? samples : samples + Self.quiet
                group.addTask {
                    let text = try await words(of: said, language, emit: emit)
                    try await emit(Transcript(text: text, isFinal: false, mark: .pause(pause)))
                    return text
                }
                defer { group.cancelAll() }
                for await input in utterance {
                    switch input {
                    case .audio(let chunk): try add(chunk, to: &samples)
                    case .pause: break
                    case .resumed: return nil
                    }
                }
                try Task.checkCancellation()
                return try await group.next()
            }
        }
    }

    /// What is said in `samples`.
    private func words(
        of samples: [Int16], _ language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws -> String {
        guard samples.count >= Self.shortest else { return "" }
        return try await attempt(of: name) { try await transcribe(samples, language, emit: emit) }
    }

    private func transcribe(
        _ samples: [Int16], _ language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws -> String {
        let answer = try await client.open(
            call(samples, language), for: name, key: endpoint.key, vendorCode: OpenAIEndpoint.vendorCode)
        guard answer.headers["content-type"]?.lowercased().hasPrefix("text/event-stream") == true else {
            let body = JSONValue(try await answer.bytes(limit: 1 << 20))
            guard let text = body?["text"]?.string else { throw unreadable }
            return trimmed(text)
        }
        var transcription = TranscriptionStream()
        for try await event in ServerSentEvents(answer) {
            if let text = try transcription.take(event.data, provider: name, key: endpoint.key) {
                try await emit(Transcript(text: text, isFinal: false))
            }
        }
        guard let text = transcription.final else {
            throw ProviderError(.unavailable, provider: name, message: "the transcript ended early")
        }
        return text
    }

    private var unreadable: ProviderError {
        ProviderError(.protocolViolation, provider: name, message: "the transcript cannot be read")
    }

    private func call(_ samples: [Int16], _ language: String) -> HTTPCall {
        var form = MultipartForm()
        form.add("model", model)
        // The service takes the language alone, without its region.
        if let language = language.split(whereSeparator: { $0 == "-" || $0 == "_" }).first {
            form.add("language", language.lowercased())
        }
        form.add("response_format", "json")
        if !model.lowercased().contains("whisper") { form.add("stream", "true") }
        form.add(
            "file", fileName: "utterance.wav", type: "audio/wav",
            WAVFile.write(AudioChunk(samples: samples, sampleRate: 16000)))
        return HTTPCall(
            url: endpoint.url("audio/transcriptions", model: model),
            headers: endpoint.authorization + [
                (name: "Content-Type", value: form.contentType),
                (name: "Accept", value: "text/event-stream, application/json"),
            ], body: form.finished, answerTimeout: .seconds(60))
    }
}

/// Reads the events of one streamed transcription.
struct TranscriptionStream {
    private var heard = ""
    private var shown = ""
    private var done: String?
    private var hasEnded = false

    /// The whole text; nil when the stream has not come to its end.
    var final: String? { done.map(trimmed) ?? (hasEnded ? trimmed(heard) : nil) }

    private struct Event: Decodable {
        struct Choice: Decodable {
            struct Delta: Decodable { var content: String? }
            var delta: Delta?
            var finish_reason: String?
        }

        var type: String?
        var delta: String?
        var text: String?
        /// vLLM's form, made like chunks of a chat.
        var choices: [Choice]?
        var error: JSONValue?
    }

    /// Takes the data of one event; returns the text so far when there is more of it.
    /// - Throws: `ProviderError`.
    mutating func take(_ data: String, provider: String, key: Secret?) throws -> String? {
        if data.hasPrefix("[DONE]") {
            hasEnded = true
            return nil
        }
        let event: Event
        do {
            event = try JSONReader.decode(Event.self, from: data.utf8)
        } catch {
            throw ProviderError(.protocolViolation, provider: provider, message: "the transcript cannot be read")
        }
        if let error = event.error {
            throw ProviderError(
                .unavailable, provider: provider, vendorCode: OpenAIEndpoint.vendorCode(["error": error]), hiding: key,
                message: "the server failed in the transcript")
        }
        switch event.type {
        case "transcript.text.delta": heard += event.delta ?? ""
        case "transcript.text.done": done = event.text ?? heard
        default:
            heard += event.choices?.first?.delta?.content ?? ""
            if event.choices?.first?.finish_reason != nil { hasEnded = true }
        }
        let text = trimmed(heard)
        guard text != shown else { return nil }
        shown = text
        return text
    }
}

/// `text` without white space at its ends.
private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
