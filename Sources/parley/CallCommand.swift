import AudioCore
import Foundation
import JSONText
import Network

/// `parley call`
enum CallCommand: Command {
    static let name = "call"
    static let summary = "talk to a server from the terminal, with a WAV file as the microphone"
    static let help = """
        call URL (--wav FILE | --text WORDS) [--out FILE] [--json] [--timeout SECONDS]

          URL                the server, such as ws://127.0.0.1:8000/bridge/PROJECT; ws:// may be left out
          --wav FILE         what the caller says; sent in real time, followed by silence
          --text WORDS       what the caller types
          --out FILE         write the audio of the answer to this WAV file
          --json             print one line of JSON for each event
          --timeout SECONDS  stop if the answer is not finished by then (120)

        Prints every event with the seconds since the call began. Ends when everything was said and answered. Exits
        with 1 if the server refuses or closes the connection, or if the time is over.
        """
    static let syntax = ArgumentSyntax(
        options: ["--wav", "--out", "--text", "--timeout"], flags: ["--json"], operands: 1...1, operandName: "URL")

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments["--wav"] != nil || arguments["--text"] != nil else {
            throw UsageError(message: "--wav FILE is missing")
        }
        if let text = arguments["--text"], text.allSatisfy(\.isWhitespace) {
            throw UsageError(message: "--text must have words")
        }
        if let path = arguments["--out"] { try CallAnswer.checkWritable(path) }
        let speech = try arguments["--wav"].map(WAVReading.samples) ?? []
        let timeout = try arguments.int("--timeout", in: 1...86400) ?? 120
        let socket = try await WebSocketClient().connect(url: webSocketURL(arguments.operands[0]))
        let format: CallEvent.Format = arguments.has("--json") ? .json : .text
        var call = Call(socket: socket, speech: speech, text: arguments["--text"], format: format)
        let outcome = await call.run(timeout: .seconds(timeout))
        if let path = arguments["--out"] { try call.answer.write(to: path) }
        if format == .text { Output.line("\(call.answer.seconds) s of audio in the answer") }
        switch outcome {
        case .answered: return ExitCode.success
        case .timedOut:
            Output.error("parley call: no answer was finished within \(timeout) s")
            return ExitCode.failure
        case .closed:
            Output.error("parley call: the server closed the connection (\(await socket.closed().words))")
            return ExitCode.failure
        }
    }

    /// Completes an address: `127.0.0.1:8000` and `http://127.0.0.1:8000` mean `ws://127.0.0.1:8000`.
    static func webSocketURL(_ address: String) -> String {
        if address.hasPrefix("http://") || address.hasPrefix("https://") { return "ws" + address.dropFirst(4) }
        return address.contains("://") ? address : "ws://" + address
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
    let format: CallEvent.Format
    private(set) var answer = CallAnswer()
    private let start = ContinuousClock.now
    private var answered = false
    private var spoken = false

    init(socket: WebSocketConnection, speech: [Int16], text: String?, format: CallEvent.Format) {
        self.socket = socket
        self.speech = speech
        self.text = text
        self.format = format
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
            answer.sampleRate = session["sample_rate"] as? Int ?? 16000
        }
        switch type {
        case "PING": Self.say(["type": "PONG"], to: socket)
        case "response.audio.delta": play(event)
        default: show(type, event)
        }
        if type == "response.interrupted" { Self.say(["type": "response.cancel"], to: socket) }
        switch type {
        case "response.done": answered = true
        // The caller has spoken again, so another answer will follow.
        case "response.created": answered = false
        case "response.audio_transcript.delta" where event["text"] as? String != "": answered = false
        default: break
        }
    }

    private mutating func play(_ event: [String: Any]) {
        guard let base64 = event["delta"] as? String, let data = Data(base64Encoded: base64) else { return }
        let samples = PCM16.samples(littleEndian: Array(data))
        if answer.samples.isEmpty {
            show("response.audio.delta", ["role": event["role"] ?? ""])
            Self.say(["type": "playback.started"], to: socket)
        }
        answer.samples += samples
    }

    private func show(_ type: String, _ event: [String: Any]) {
        let event = CallEvent(seconds: (ContinuousClock.now - start).seconds, type: type, fields: event)
        Output.line(event.line(format))
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
