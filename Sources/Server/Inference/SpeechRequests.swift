import AudioCore
import Foundation
import JSONText
import MP3
import Network
import ProjectModel
import ProviderKit
import Session
import SpeechText
import Telemetry

/// `POST /v1/audio/speech`: text read aloud, whole or while it is made, with the times of its words where they are known.
///
/// Source: OpenAI's API reference; what `air.audio` of airefinery-sdk 1.33.2 sends beside it.
extension InferenceRoutes {
    /// What is asked for.
    private struct Order: Sendable {
        var text: String
        var voice: VoiceRequest
        var format: SpeechFormat
        var sampleRate: Int
        var wantsWords: Bool
        var isStreamed: Bool
    }

    /// The longest text, in Unicode scalars.
    private static let longestText = 4096
    private static let usualRate = 24000

    func speech(_ request: HTTPRequest, _ place: InferenceMeasures.Place) async throws -> HTTPResponse {
        let body = try Self.body(request)
        let model = try Self.model(body["model"]?.string)
        let order = try Self.order(body)
        let cast = catalog.cast(Self.project { $0.audio.synthesizer = ModelChain(model) })
        let chain = cast.engines.synthesizer(cast.project.audio.synthesizer)
        guard order.isStreamed else {
            guard let encoder = SpeechEncoder(order.format, sampleRate: order.sampleRate) else {
                throw Self.noSuchRate(order.format)
            }
            var (audio, words): ([UInt8], [SpokenWordMark]) = ([], [])
            try await speak(order, chain) { piece in
                switch piece {
                case .audio(let samples): audio += encoder.encode(samples)
                case .word(let word): words.append(word)
                }
                return true
            }
            audio = encoder.head(dataLength: audio.count) + audio + encoder.finish()
            guard order.wantsWords else {
                return HTTPResponse(
                    status: 200, headers: [(name: "Content-Type", value: order.format.mediaType)], body: audio
                )
            }
            return .json(
                Array(
                    JSON.object([
                        ("audio", .plain(Data(audio).base64EncodedString())),
                        ("word_boundaries", .array(words.map { .object($0.members) })),
                    ]).text.utf8))
        }
        guard SpeechEncoder(order.format, sampleRate: order.sampleRate) != nil else {
            throw Self.noSuchRate(order.format)
        }
        let type = order.wantsWords ? "application/x-ndjson" : order.format.mediaType
        return .stream(headers: [(name: "Content-Type", value: type)]) { [self] writer in
            guard let encoder = SpeechEncoder(order.format, sampleRate: order.sampleRate) else { return }
            func write(_ audio: [UInt8]) async -> Bool {
                if audio.isEmpty { return true }
                guard order.wantsWords else { return await writer.write(audio) }
                let line = JSON.object([
                    ("type", .string("audio")), ("data", .plain(Data(audio).base64EncodedString())),
                ])
                return await writer.write(Array((line.text + "\n").utf8))
            }
            _ = await write(encoder.head(dataLength: Int(UInt32.max)))
            do {
                try await speak(order, chain) { piece in
                    switch piece {
                    case .audio(let samples): return await write(encoder.encode(samples))
                    case .word(let word):
                        guard order.wantsWords else { return true }
                        let line = JSON.object([("type", .string("word_boundary"))] + word.members)
                        return await writer.write(Array((line.text + "\n").utf8))
                    }
                }
                _ = await write(encoder.finish())
            } catch {
                // The status is out: the client learns of it from the body, which does not end.
                writer.abort()
            }
            withExtendedLifetime(place) {}
        }
    }

    private static func noSuchRate(_ format: SpeechFormat) -> Refusal {
        Refusal("invalid_field", "'\(format.rawValue)' has no such 'sample_rate'")
    }

    private static func order(_ body: JSON) throws(Refusal) -> Order {
        guard let text = body["input"]?.string, text.contains(where: { $0.isLetter || $0.isNumber })
        else {
            throw Refusal("missing_field", "'input' is the text that is to be spoken")
        }
        guard text.unicodeScalars.count <= longestText else {
            throw Refusal("text_too_long", "'input' may have \(longestText) characters")
        }
        let named = body["response_format"]?.string ?? SpeechFormat.mp3.rawValue
        guard let format = SpeechFormat(rawValue: named) else {
            let names = SpeechFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal("invalid_field", "'response_format' is one of \(names)")
        }
        let speed = body["speed"]?.number ?? 1
        guard (0.25...4).contains(speed) else { throw Refusal("invalid_field", "'speed' is 0.25…4") }
        let extra = body["extra_body"] ?? .null
        let rate = (extra["sample_rate"] ?? body["sample_rate"])?.number ?? Double(usualRate)
        guard (8000...48000).contains(rate), rate == rate.rounded() else {
            throw Refusal("invalid_field", "'sample_rate' is 8000…48000")
        }
        let voice = body["voice"]?.string
        let language =
            extra["speech_synthesis_language"]?.string ?? voice.flatMap(Self.language) ?? "en-US"
        return Order(
            text: text, voice: VoiceRequest(name: voice, language: language, speed: speed),
            format: format,
            sampleRate: Int(rate), wantsWords: extra["enable_word_boundary"] == .bool(true),
            isStreamed: body["stream"] == .bool(true))
    }

    /// `en-AU` of `en-AU-WilliamNeural`.
    private static func language(of voice: String) -> String? {
        let parts = voice.split(separator: "-")
        guard parts.count >= 3, (2...3).contains(parts[0].count) else { return nil }
        return "\(parts[0])-\(parts[1])"
    }

    // MARK: - Speaking

    private enum Spoken {
        case audio([Int16])
        case word(SpokenWordMark)
    }

    /// Speaks sentence by sentence.
    /// - Parameter take: takes what comes; false: nobody wants more.
    private func speak(
        _ order: Order, _ chain: SynthesisChain, take: (Spoken) async -> Bool
    ) async throws {
        var aggregator = SentenceAggregator(language: order.voice.language)
        let sentences = aggregator.push(order.text) + (aggregator.finish().map { [$0] } ?? [])
        var (samples, place) = (0, order.text.startIndex)
        for sentence in sentences {
            let words = sentence.trimmingCharacters(in: .whitespacesAndNewlines)
            let found = order.text.range(of: words, range: place..<order.text.endIndex)
            let offset = found.map {
                order.text.unicodeScalars.distance(from: order.text.startIndex, to: $0.lowerBound)
            }
            place = found?.upperBound ?? place
            let start = Duration.samples(samples, at: order.sampleRate)
            let pieces = AsyncStream.makeStream(of: SynthesisPiece.self)
            // The engine's side must be sendable; what takes the audio need not be.
            let isWanted = try await withThrowingTaskGroup(of: Void.self, returning: Bool.self) { group in
                defer { group.cancelAll() }
                group.addTask { [log] in
                    defer { pieces.continuation.finish() }
                    let request = SynthesisRequest(
                        text: words, voice: order.voice, sampleRate: order.sampleRate)
                    try await chain.synthesize(
                        request,
                        report: { report in
                            guard case .failed(let code) = report.outcome else { return }
                            log.warning(
                                "a provider failed",
                                ["provider": .name(report.provider), "code": .name(code.description)])
                        },
                        emit: { piece in _ = pieces.continuation.yield(piece) })
                }
                for await piece in pieces.stream {
                    switch piece {
                    case .audio(let chunk):
                        samples += chunk.samples.count
                        guard await take(.audio(chunk.samples)) else { return false }
                    case .words(let timings):
                        for timing in timings {
                            guard let mark = SpokenWordMark(timing, of: words, at: offset ?? 0, from: start)
                            else {
                                continue
                            }
                            guard await take(.word(mark)) else { return false }
                        }
                    }
                }
                try await group.waitForAll()
                return true
            }
            if !isWanted { return }
        }
    }
}

/// When a word is spoken, as programs read it.
struct SpokenWordMark: Equatable {
    let members: [(String, JSON)]

    /// nil when the timing is of no word.
    init?(_ timing: WordTiming, of sentence: String, at offset: Int, from start: Duration) {
        guard timing.range.lowerBound >= 0, timing.range.upperBound <= sentence.count else {
            return nil
        }
        let word = String(sentence.dropFirst(timing.range.lowerBound).prefix(timing.range.count))
        let before = sentence.prefix(timing.range.lowerBound).unicodeScalars.count
        func milliseconds(_ duration: Duration) -> JSON {
            .double((duration.milliseconds * 10).rounded() / 10)
        }
        members = [
            ("text", .string(word)), ("audio_offset_ms", milliseconds(start + timing.start)),
            ("duration_ms", milliseconds(timing.end - timing.start)),
            ("text_offset", .int(offset + before)),
            ("word_length", .int(word.unicodeScalars.count)), ("boundary_type", .string("word")),
        ]
    }

    static func == (a: SpokenWordMark, b: SpokenWordMark) -> Bool {
        JSON.object(a.members) == JSON.object(b.members)
    }
}

/// How speech is written down.
enum SpeechFormat: String, CaseIterable, Sendable {
    case mp3, wav, pcm

    /// As HTTP names it.
    var mediaType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .wav: "audio/wav"
        case .pcm: "audio/pcm"
        }
    }
}

/// Writes mono PCM16 down in one of these forms.
struct SpeechEncoder {
    private let format: SpeechFormat
    private let sampleRate: Int
    private let mp3: MP3Encoder?

    /// nil when the form has no such rate.
    init?(_ format: SpeechFormat, sampleRate: Int) {
        self.format = format
        self.sampleRate = sampleRate
        mp3 = format == .mp3 ? MP3Encoder(sampleRate: sampleRate) : nil
        if format == .mp3, mp3 == nil { return nil }
    }

    /// What stands before the samples.
    /// - Parameter dataLength: bytes of samples that follow, as far as that is known.
    func head(dataLength: Int) -> [UInt8] {
        format == .wav ? WAVFile.header(sampleRate: sampleRate, dataLength: dataLength) : []
    }

    /// Takes the next samples.
    func encode(_ samples: [Int16]) -> [UInt8] {
        mp3?.encode(samples) ?? PCM16.bytes(littleEndian: samples)
    }

    /// What stands behind the last sample.
    func finish() -> [UInt8] { mp3?.finish() ?? [] }
}
