import AudioCore
import Foundation
import JSONText
import Network

/// `parley call`
enum CallCommand: Command {
    static let name = "call"
    static let summary = "talk to a server from the terminal, with a WAV file as the microphone"
    static let help = """
        call URL --wav FILE [--out FILE] [--text WORDS] [--timeout SECONDS]

          URL                ws://127.0.0.1:8000, or with /bridge/PROJECT
          --wav FILE         what the caller says; sent in real time, then silence
          --out FILE         where the answer's audio is written (answer.wav)
          --text WORDS       typed instead of spoken; --wav is then not needed
          --timeout SECONDS  give up when no answer is over by then (120)

        Prints every event with the seconds since the call began. Ends when an answer is over and everything was said.
        """
    static let syntax = ArgumentSyntax(
        options: ["--wav", "--out", "--text", "--timeout"], operands: 1...1, operandName: "URL")

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments["--wav"] != nil || arguments["--text"] != nil else {
            throw UsageError(message: "--wav FILE is missing")
        }
        let speech = try arguments["--wav"].map(WAVReading.samples) ?? []
        let timeout = try arguments.int("--timeout", in: 1...86400) ?? 120
        let socket = try await WebSocketClient().connect(url: arguments.operands[0])
        var call = Call(socket: socket, speech: speech, text: arguments["--text"])
        let outcome = await call.run(timeout: .seconds(timeout))
        // Who was turned away has no answer to keep.
        if outcome != .closed || !call.answer.isEmpty { try write(call, to: arguments["--out"] ?? "answer.wav") }
        switch outcome {
        case .answered: return ExitCode.success
        case .timedOut:
            Output.error("parley call: no answer was over within \(timeout) s")
            return ExitCode.failure
        case .closed:
            Output.error("parley call: the server closed the connection (\(await socket.closed().words))")
            return ExitCode.failure
        }
    }

    private static func write(_ call: Call, to path: String) throws {
        let wav = WAVFile.write(AudioChunk(samples: call.answer, sampleRate: call.answerRate))
        guard FileManager.default.createFile(atPath: path, contents: Data(wav)) else {
            throw CommandFailure(description: "\(path): cannot be written")
        }
        let seconds = String(format: "%.1f", Double(call.answer.count) / Double(call.answerRate))
        Output.line("\(seconds) s of answer in \(path)")
    }
}

/// One call: a microphone made of a recording, a loudspeaker made of an array.
struct Call {
    enum Outcome { case answered, timedOut, closed }

    private enum Step {
        case message(WebSocketConnection.Message)
        case spoken
        case timedOut
        case closed
    }

    /// Samples in one message: 30 ms.
    private static let piece = 480

    let socket: WebSocketConnection
    let speech: [Int16]
    let text: String?
    private(set) var answer: [Int16] = []
    private(set) var answerRate = 16000
    private let start = ContinuousClock.now
    private var answered = false
    private var spoken = false
    private var playsUntil: ContinuousClock.Instant?

    init(socket: WebSocketConnection, speech: [Int16], text: String?) {
        self.socket = socket
        self.speech = speech
        self.text = text
    }

    mutating func run(timeout: Duration) async -> Outcome {
        let (steps, continuation) = AsyncStream.makeStream(of: Step.self)
        let (socket, speech, text) = (socket, speech, text)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in socket.messages { continuation.yield(.message(message)) }
                continuation.yield(.closed)
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                continuation.yield(.timedOut)
            }
            group.addTask {
                if let text { Self.say(["type": "input_text", "text": text], to: socket) }
                await Self.speak(speech, to: socket) { continuation.yield(.spoken) }
            }
            let outcome = await follow(steps)
            socket.close(code: 1000, reason: "")
            group.cancelAll()
            return outcome
        }
    }

    private mutating func follow(_ steps: AsyncStream<Step>) async -> Outcome {
        for await step in steps {
            switch step {
            case .message(let message): receive(message)
            case .spoken: spoken = true
            case .timedOut: return .timedOut
            case .closed: return answered && spoken ? .answered : .closed
            }
            if answered && spoken { return .answered }
        }
        return .closed
    }

    /// Sends the recording at the pace of a microphone, then silence, as a microphone does.
    private static func speak(
        _ speech: [Int16], to socket: WebSocketConnection, done: @escaping @Sendable () -> Void
    ) async {
        let start = ContinuousClock.now
        var sent = 0
        while !Task.isCancelled {
            if sent >= speech.count && sent < speech.count + piece { done() }
            let end = min(sent + piece, speech.count)
            var samples = sent < end ? Array(speech[sent..<end]) : []
            samples += Array(repeating: 0, count: piece - samples.count)
            say(["type": "input_audio_buffer.append", "audio": PCM16.bytes(littleEndian: samples).base64], to: socket)
            sent += piece
            try? await Task.sleep(until: start + .samples(sent, at: 16000), clock: .continuous)
        }
    }

    private static func say(_ message: [String: String], to socket: WebSocketConnection) {
        guard let data = try? JSONEncoder().encode(message) else { return }
        socket.send(utf8: Array(data))
    }

    private mutating func receive(_ message: WebSocketConnection.Message) {
        guard case .text(let text) = message,
            let event = try? JSONReader.foundationValue(from: text.utf8) as? [String: Any],
            let type = event["type"] as? String
        else { return }
        if type == "session.created", let session = event["session"] as? [String: Any] {
            answerRate = session["sample_rate"] as? Int ?? 16000
        }
        switch type {
        case "PING": Self.say(["type": "PONG"], to: socket)
        case "response.audio.delta": play(event)
        default: show(type, event)
        }
        if type == "response.interrupted" { Self.say(["type": "response.cancel"], to: socket) }
        switch type {
        case "response.done": answered = true
        // What was said after an answer wants one of its own.
        case "response.created": answered = false
        case "response.audio_transcript.delta" where event["text"] as? String != "": answered = false
        default: break
        }
    }

    private mutating func play(_ event: [String: Any]) {
        guard let base64 = event["delta"] as? String, let data = Data(base64Encoded: base64) else { return }
        let samples = PCM16.samples(littleEndian: Array(data))
        if answer.isEmpty {
            show("response.audio.delta", ["role": event["role"] ?? ""])
            Self.say(["type": "playback.started"], to: socket)
        }
        answer += samples
    }

    private func show(_ type: String, _ event: [String: Any]) {
        let seconds = String(format: "%7.2f", (ContinuousClock.now - start).seconds)
        let details = event.filter { $0.key != "type" && $0.key != "content" }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        Output.line("\(seconds)  \(type)  \(details)")
    }
}

extension [UInt8] {
    fileprivate var base64: String { Data(self).base64EncodedString() }
}

extension WebSocketEnding {
    /// The code, and the reason where there is one: `4404 unknown_project`.
    fileprivate var words: String {
        switch self {
        case .local(let code, let reason): reason.isEmpty ? "\(code)" : "\(code) \(reason)"
        case .peer(_, let reason): reason.isEmpty ? "\(code)" : "\(code) \(reason)"
        case .overflow, .protocolError, .lost: "\(code)"
        }
    }
}
