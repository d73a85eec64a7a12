import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// One turn of recognition: audio in, hypotheses and phrases out.
struct AzureRecognitionTurn: Sendable {
    /// The script let something go wrong: the turn is over, and its client knows.
    private struct Fault: Error {}

    /// Samples of speech from one scripted word to the next.
    private static let wordLength = 4800
    /// The service's ticks of 100 ns in one sample at 16 kHz.
    private static let ticksPerSample = 625

    let id: String
    let manner: AzureRecognitionManner
    let cue: Cue
    let connection: WebSocketConnection
    let stage: Stage
    /// Hypotheses and phrases sent so far.
    private let sent = Counter()

    init(id: String, manner: AzureRecognitionManner, cue: Cue, connection: WebSocketConnection, stage: Stage) {
        self.id = id
        self.manner = manner
        self.cue = cue
        self.connection = connection
        self.stage = stage
    }

    /// Answers for the turn, to its end.
    func run(_ audio: AsyncStream<[UInt8]>) async {
        do {
            if !refused() { try await listen(to: audio) }
        } catch is Fault {
            return
        } catch is AzureEar.Unreadable {
            connection.close(code: 1007, reason: "Unsupported audio format.")
        } catch is CancellationError {
            stage.journal.note(.azureRecognition, .cancelled, id)
        } catch {
            connection.close(code: 1011, reason: "The stand-in's engine failed.")
        }
    }

    /// A turn on an open socket has no status: the service says it in a phrase.
    private func refused() -> Bool {
        guard let refusal = cue.refusal else { return false }
        stage.journal.note(.azureRecognition, .refused, "\(refusal.status)")
        let status =
            switch refusal.status {
            case 429: "TooManyRequests"
            case 401, 403: "Forbidden"
            case 400..<500: "BadRequest"
            default: "Error"
            }
        send("turn.start", ["context": ["serviceTag": .string(id)]])
        send("speech.phrase", ["RecognitionStatus": .string(status), "Offset": 0, "Duration": 0])
        send("turn.end", [:])
        return true
    }

    // MARK: Listening

    private func listen(to audio: AsyncStream<[UInt8]>) async throws {
        send("turn.start", ["context": ["serviceTag": .string(id)]])
        var ear = AzureEar(audio, pauseMs: manner.pauseMs)
        // Sentences that the script has it hear; nil: the engine hears.
        var script = cue.text.map { Self.sentences($0) }
        var stretches = 0
        while true {
            // Up to the beginning of speech nothing is understood.
            guard let began = try await ear.next() else { break }
            guard case .began(let start) = began else { continue }
            if stretches == 0 { send("speech.startDetected", ["Offset": .int(start * Self.ticksPerSample)]) }
            stretches += 1
            let (feed, source) = AsyncStream.makeStream(of: [Int16].self)
            let sentence = script.map { $0.first ?? "" }
            async let understood = understand(feed, sentence, from: start)
            var end: Int?
            while end == nil, let event = try await ear.next() {
                switch event {
                case .speech(let samples): source.yield(samples)
                case .ended(let position): end = position
                case .began: break
                }
            }
            source.finish()
            let text = try await understood
            // At the end of the audio come all the sentences that there was no pause for.
            let isOver = end == nil || manner.isInteractive
            var texts = [text]
            if let sentences = script {
                let count = isOver && !manner.isInteractive ? sentences.count : min(1, sentences.count)
                if count > 0 { texts = Array(sentences[..<count]) }
                script = Array(sentences.dropFirst(count))
            }
            if isOver {
                // Not before: Microsoft's SDK sends no more audio after it.
                send("speech.endDetected", ["Offset": .int((end ?? ear.lastLoud) * Self.ticksPerSample)])
                try await cue.beforeFinal()
            }
            for text in texts {
                try await send(phrase: text, from: start, to: end ?? ear.lastLoud)
            }
            if isOver { break }
        }
        let ticks = JSONValue.int(ear.heard * Self.ticksPerSample)
        if stretches == 0 {
            // Nobody spoke: a fault may still have to come.
            try await cue.beforeFinal()
            try await piece()
            send("speech.phrase", ["RecognitionStatus": "InitialSilenceTimeout", "Offset": ticks, "Duration": 0])
        }
        if !manner.isInteractive {
            // Without it the SDK would send the silence after the last phrase once more, in a turn of its own.
            send("speech.phrase", ["RecognitionStatus": "EndOfDictation", "Offset": ticks, "Duration": 0])
        }
        send("turn.end", [:])
        stage.journal.note(.azureRecognition, .finished, id)
    }

    /// The words of one stretch of speech, with hypotheses on the way: the script's, a word at a time, or the engine's.
    private func understand(_ speech: AsyncStream<[Int16]>, _ script: String?, from start: Int) async throws -> String {
        let position = Counter(start)
        guard let script else {
            let heard = Mutex("")
            try await stage.hears(counted(speech, position), language: manner.language) { transcript in
                heard.withLock { $0 = transcript.text }
                if !transcript.isFinal, !transcript.text.isEmpty {
                    try await hypothesis(transcript.text, from: start, to: position.value)
                }
            }
            return Self.display(heard.withLock { $0 })
        }
        let words = Self.lexical(script).split(separator: " ")
        var known = 0
        for await samples in speech {
            position.add(samples.count)
            let due = min(words.count, (position.value - start) / Self.wordLength)
            while known < due {
                known += 1
                try await hypothesis(words[..<known].joined(separator: " "), from: start, to: position.value)
            }
        }
        return script
    }

    /// `speech` as it is, and how much of it there was.
    private func counted(_ speech: AsyncStream<[Int16]>, _ position: Counter) -> AsyncStream<[Int16]> {
        AsyncStream {
            for await samples in speech {
                position.add(samples.count)
                return samples
            }
            return nil
        }
    }

    // MARK: Sending

    private func hypothesis(_ text: String, from start: Int, to end: Int) async throws {
        try await piece()
        send(
            "speech.hypothesis",
            ["Text": .string(text), "Offset": .int(start * Self.ticksPerSample), "Duration": duration(start, end)])
    }

    private func send(phrase text: String, from start: Int, to end: Int) async throws {
        try await piece()
        let offset: JSONValue = .int(start * Self.ticksPerSample)
        var body: [String: JSONValue] = ["Offset": offset, "Duration": duration(start, end), "Channel": 0]
        if text.isEmpty && !cue.isSilent {
            body["RecognitionStatus"] = "NoMatch"
        } else {
            body["RecognitionStatus"] = "Success"
            body["DisplayText"] = .string(text)
        }
        if manner.isDetailed, body["DisplayText"] != nil {
            let lexical = JSONValue.string(Self.lexical(text))
            var best: [String: JSONValue] = [
                "Confidence": 0.9, "Lexical": lexical, "ITN": lexical, "MaskedITN": lexical, "Display": .string(text),
            ]
            if manner.hasWordTimes { best["Words"] = words(text, from: start, to: end) }
            body["NBest"] = [.object(best)]
        }
        send("speech.phrase", .object(body))
    }

    private func words(_ text: String, from start: Int, to end: Int) -> JSONValue {
        let words = Self.lexical(text).split(separator: " ").map(String.init)
        let span = max(0, end - start) / max(1, words.count)
        return .array(
            words.enumerated().map { index, word in
                [
                    "Word": .string(word), "Offset": .int((start + index * span) * Self.ticksPerSample),
                    "Duration": .int(span * Self.ticksPerSample), "Confidence": 0.9,
                ]
            })
    }

    private func duration(_ start: Int, _ end: Int) -> JSONValue { .int(max(0, end - start) * Self.ticksPerSample) }

    /// Waits for the time of the next hypothesis or phrase, and lets the script's fault happen in its place.
    private func piece() async throws {
        let index = sent.add(1) - 1
        let turn = try await cue.before(piece: index)
        guard turn != .go else {
            if index == 0 { stage.journal.note(.azureRecognition, .firstPiece, id) }
            return
        }
        stage.journal.note(.azureRecognition, .fault, "\(turn) after \(index)")
        switch turn {
        case .go: break
        case .cut: await cut(connection)
        case .stall: _ = await connection.closed()
        case .malformed:
            send("speech.phrase", text: "{\"RecognitionStatus\":")
            connection.close(code: 1011)
        }
        throw Fault()
    }

    private func send(_ path: String, _ body: JSONValue) { send(path, text: body.text) }

    private func send(_ path: String, text: String) {
        USPMessage(path: path, requestID: id, contentType: "application/json; charset=utf-8", body: .text(text))
            .send(on: connection)
    }

    // MARK: Words

    /// The sentences of a text: a phrase each.
    static func sentences(_ text: String) -> [String] {
        var sentences: [String] = []
        var sentence = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            sentence += sentence.isEmpty ? word : " " + word
            if let last = word.last, ".!?".contains(last) {
                sentences.append(sentence)
                sentence = ""
            }
        }
        return sentence.isEmpty ? sentences : sentences + [sentence]
    }

    /// As the service writes what it has heard: small letters, no marks.
    static func lexical(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace)
            .map { $0.filter { $0.isLetter || $0.isNumber || $0 == "'" } }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// As the service shows it: a capital and a full stop.
    static func display(_ text: String) -> String {
        guard let first = text.first, let last = text.last else { return "" }
        return first.uppercased() + text.dropFirst() + (last.isLetter || last.isNumber ? "." : "")
    }
}

/// A number that tasks share.
final class Counter: Sendable {
    private let number: Mutex<Int>

    init(_ value: Int = 0) { number = Mutex(value) }

    var value: Int { number.withLock { $0 } }

    /// Adds, and returns the sum.
    @discardableResult
    func add(_ more: Int) -> Int {
        number.withLock { number in
            number += more
            return number
        }
    }
}
