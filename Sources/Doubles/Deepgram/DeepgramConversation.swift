import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// One listen socket of the stand-in: a reader cuts the stream, a worker hears the segments one after the other.
final class DeepgramConversation: Sendable {
    private let connection: WebSocketConnection
    private let options: DeepgramOptions
    private let silenceLimit: Duration
    private let stage: Stage
    private let id = UUID().uuidString.lowercased()
    /// The last sign of life, and what is being heard.
    private let activity = Mutex((sign: ContinuousClock.now, segment: DeepgramSegment?.none))

    init(_ connection: WebSocketConnection, options: DeepgramOptions, silenceLimit: Duration, stage: Stage) {
        self.connection = connection
        self.options = options
        self.silenceLimit = silenceLimit
        self.stage = stage
    }

    func run() async {
        let (work, source) = AsyncStream.makeStream(of: DeepgramSegmenter.Work.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.answer(work) }
            group.addTask { await self.watch() }
            await read(into: source)
            source.finish()
            // Gone, or at its end: nobody reads what would come.
            let ending = await connection.closed()
            stage.journal.note(.deepgramListen, .closed, "\(ending.code)")
            group.cancelAll()
        }
    }

    // MARK: Reading

    private func read(into source: AsyncStream<DeepgramSegmenter.Work>.Continuation) async {
        guard var resampler = Resampler(from: options.sampleRate, to: 16000) else { return }
        var segmenter = DeepgramSegmenter(endpointing: options.endpointing)
        let cue = { [stage] in
            stage.journal.note(.deepgramListen, .request)
            return stage.cue(for: .deepgramListen)
        }
        for await message in connection.messages {
            activity.withLock { $0.sign = .now }
            switch message {
            case .binary(let bytes) where !bytes.isEmpty:
                let samples = resampler.process(PCM16.samples(littleEndian: bytes))
                for work in segmenter.add(samples, cue: cue) { source.yield(work) }
            // An empty message ends the stream, as it did before there was CloseStream.
            case .binary: for work in segmenter.closeStream(cue: cue) { source.yield(work) }
            case .text(let text):
                switch JSONValue(text.utf8)?["type"]?.string {
                case "KeepAlive": segmenter.keepAlive()
                case "Finalize": for work in segmenter.finalize(cue: cue) { source.yield(work) }
                case "CloseStream": for work in segmenter.closeStream(cue: cue) { source.yield(work) }
                case "Configure": connection.send(#"{"type":"ConfigureSuccess"}"#)
                default:
                    connection.send(
                        JSONValue.object([
                            "type": "Error", "variant": "SchemaError",
                            "description": "Could not deserialize last text message.", "message": .string(text),
                        ]).text)
                }
            case .oversized: break
            }
        }
    }

    /// Hangs up on a client that is silent for too long.
    private func watch() async {
        while !Task.isCancelled {
            let (sign, segment) = activity.withLock { $0 }
            // With a whole segment at hand, the client waits for us.
            let limit = (segment?.ending == nil ? sign : .now) + silenceLimit
            if limit <= .now {
                connection.close(
                    code: 1011,
                    reason: "NET-0001: neither audio nor a text message came within the timeout window.")
                return
            }
            try? await Task.sleep(until: limit, clock: .continuous)
        }
    }

    // MARK: Answering

    private func answer(_ work: AsyncStream<DeepgramSegmenter.Work>) async {
        for await item in work {
            do {
                switch item {
                case .segment(let segment):
                    activity.withLock { $0.segment = segment }
                    defer { activity.withLock { $0 = (.now, nil) } }
                    try await hear(segment)
                case .close(let position):
                    connection.send(metadata(samples: position).text)
                    connection.close(code: 1000)
                }
            } catch {
                // Cancelled, or the script has broken the conversation off.
                return
            }
        }
    }

    private struct BrokenOff: Error {}

    private func hear(_ segment: DeepgramSegment) async throws {
        if let refusal = segment.utterance.cue.refusal {
            stage.journal.note(.deepgramListen, .refused, "\(refusal.status)")
            connection.close(code: 1011, reason: "NET-0000: the script refuses with \(refusal.status).")
            throw BrokenOff()
        }
        let heard = Mutex("")
        let interim: @Sendable (String) async throws -> Void = { [self] text in
            if options.hasInterimResults { try await send(text, segment, isFinal: false) }
        }
        if segment.utterance.cue.text != nil {
            let text = try await recite(segment, interim)
            heard.withLock { $0 = text }
        } else {
            do {
                try await stage.hears(segment.audio, language: options.language) { transcript in
                    heard.withLock { $0 = transcript.text }
                    if !transcript.isFinal { try await interim(transcript.text) }
                }
            } catch is ProviderError {
                // A language that the engine behind does not know: no words.
                for await _ in segment.audio {}
            }
        }
        guard let ending = segment.ending else { throw CancellationError() }
        if ending == .endpoint && segment.count < 1600 { return }
        if ending != .endpoint { try await segment.utterance.cue.beforeFinal() }
        try await send(heard.withLock { $0 }, segment, isFinal: true, ending: ending)
        if ending != .endpoint { stage.journal.note(.deepgramListen, .finished) }
    }

    /// Says the script's text, a word more every 200 ms of speech.
    private func recite(
        _ segment: DeepgramSegment, _ interim: (String) async throws -> Void
    ) async throws -> String {
        var words: ArraySlice<Substring> = []
        var isBegun = false
        var said = ""
        var due = 3200
        var count = 0
        for await samples in segment.audio {
            count += samples.count
            if !isBegun && segment.hasSpeech {
                isBegun = true
                words = segment.utterance.takeText().split(separator: " ")[...]
            }
            while count >= due {
                due += 3200
                guard let word = words.popFirst() else { continue }
                said += said.isEmpty ? String(word) : " " + word
                try await interim(said)
            }
        }
        return ([said] + words.map(String.init)).filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func send(
        _ text: String, _ segment: DeepgramSegment, isFinal: Bool, ending: DeepgramSegment.Ending? = nil
    ) async throws {
        let piece = segment.utterance.nextPiece()
        let turn = try await segment.utterance.cue.before(piece: piece)
        guard await connection.hasRoom() else { throw CancellationError() }
        if turn != .go { stage.journal.note(.deepgramListen, .fault, "\(turn)") }
        switch turn {
        case .go:
            if piece == 0 { stage.journal.note(.deepgramListen, .firstPiece) }
            connection.send(results(text, segment, isFinal: isFinal, ending: ending).text)
        case .cut:
            connection.abort()
            throw BrokenOff()
        case .stall: throw BrokenOff()
        case .malformed:
            connection.send(#"{"type":"Results","channel":{"alternatives":[{"tran"#)
            connection.close(code: 1011, reason: "NET-0000: the script breaks the protocol.")
            throw BrokenOff()
        }
    }

    // MARK: Messages

    private func results(
        _ text: String, _ segment: DeepgramSegment, isFinal: Bool, ending: DeepgramSegment.Ending?
    ) -> JSONValue {
        let length = Duration.samples(segment.count, at: 16000)
        let start = Duration.samples(segment.start, at: 16000)
        let characters = Array(text)
        let words = estimatedWords(of: text, over: length).map { word -> JSONValue in
            let written = String(characters[word.range])
            return [
                "word": .string(written.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "'" }),
                "punctuated_word": .string(written), "confidence": 0.99,
                "start": .double((start + word.start).seconds), "end": .double((start + word.end).seconds),
            ]
        }
        return [
            "type": "Results", "channel_index": [0, 1], "duration": .double(length.seconds),
            "start": .double(start.seconds), "is_final": .bool(isFinal),
            "speech_final": .bool(ending == .endpoint), "from_finalize": .bool(ending == .finalize),
            "channel": [
                "alternatives": [
                    [
                        "transcript": .string(text), "confidence": text.isEmpty ? 0.0 : 0.99, "words": .array(words),
                    ]
                ]
            ],
            "metadata": [
                "request_id": .string(id), "model_uuid": "00000000-0000-4000-8000-000000000000",
                "model_info": ["name": .string(options.model), "version": "stand-in", "arch": .string(options.model)],
            ],
        ]
    }

    private func metadata(samples: Int) -> JSONValue {
        [
            "type": "Metadata", "transaction_key": "deprecated", "request_id": .string(id),
            "sha256": .string(String(repeating: "0", count: 64)),
            "created": .string(ISO8601DateFormatter().string(from: Date())),
            "duration": .double(Duration.samples(samples, at: 16000).seconds), "channels": 1, "models": [],
        ]
    }
}
