import AudioCore
import Evaluation
import Foundation
import JSONText
import Network
import ProviderKit

/// A conversation with a running server, in real time: a microphone that is always on, and a loudspeaker that counts.
struct LiveCall: ScenarioCall {
    /// Between two pieces of the microphone.
    private static let interval: Duration = .milliseconds(30)
    /// Hertz, of the microphone.
    private static let rate = 16000

    private enum Step: Sendable {
        case message(WebSocketConnection.Message)
        case beat
        case closed
    }

    private(set) var trace = CallTrace()
    /// A hosted model may think for some seconds before anything is told of its answer.
    let rest: Duration = .seconds(4)
    private let socket: WebSocketConnection
    private let voice: any SpeechSynthesizer
    private let start = ContinuousClock.now
    private var steps: AsyncStream<Step>.Iterator
    private var microphone = Microphone()
    private var loudspeaker = Loudspeaker()

    /// What is to be said, and what was sent.
    private struct Microphone {
        var waiting: ArraySlice<Int16> = []
        var sent = 0
        /// Whether a button is held while the caller speaks.
        var pushesToTalk = false
        /// Whether that button is held.
        var isHeld = false
    }

    /// What is played.
    private struct Loudspeaker {
        var sampleRate = LiveCall.rate
        var playedOut: Duration = .zero
        var isPlaying = false
    }

    private init(_ socket: WebSocketConnection, _ voice: any SpeechSynthesizer, _ steps: AsyncStream<Step>) {
        self.socket = socket
        self.voice = voice
        self.steps = steps.makeAsyncIterator()
    }

    /// Calls a server for as long as `body` runs.
    /// - Parameter voice: the caller's.
    /// - Throws: `NetworkError`, and what `body` throws.
    static func calling<Result>(
        _ url: String, voice: any SpeechSynthesizer, _ body: (LiveCall) async throws -> Result
    ) async throws -> Result {
        let socket = try await WebSocketClient().connect(url: url)
        let (steps, continuation) = AsyncStream.makeStream(of: Step.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in socket.messages { continuation.yield(.message(message)) }
                continuation.yield(.closed)
            }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: interval)
                    continuation.yield(.beat)
                }
            }
            defer {
                socket.close(code: 1000, reason: "")
                group.cancelAll()
            }
            return try await body(LiveCall(socket, voice, steps))
        }
    }

    var now: Duration { ContinuousClock.now - start }

    // MARK: - The caller

    mutating func type(_ words: String) {
        trace.append(.line(until: now), at: now)
        say(["type": "input_text", "text": words])
    }

    mutating func speak(_ words: String) async throws {
        let speech = Speech()
        try await voice.synthesize(
            SynthesisRequest(text: words, voice: VoiceRequest(), sampleRate: Self.rate)
        ) { piece in
            if case .audio(let chunk) = piece { await speech.append(chunk.samples) }
        }
        let samples = await speech.samples
        microphone.waiting += samples
        if microphone.pushesToTalk, !microphone.isHeld {
            microphone.isHeld = true
            say(["command": "start_recording"])
        }
        trace.append(.line(until: now + .samples(microphone.waiting.count, at: Self.rate)), at: now)
    }

    mutating func proceed(
        within patience: Duration, until condition: (CallTrace, Duration) -> Bool
    ) async throws -> Bool {
        let limit = now + patience
        while !condition(trace, now) {
            if now >= limit { return false }
            try Task.checkCancellation()
            switch await steps.next(isolation: #isolation) {
            case .message(.text(let text)): receive(text)
            case .message: break
            case .beat: beat()
            case .closed, nil:
                if !trace.hasEnded { trace.append(.ended, at: now) }
                return condition(trace, now)
            }
        }
        return true
    }

    /// Sends what the microphone has heard by now, and silence where nothing is said.
    private mutating func beat() {
        if loudspeaker.isPlaying, loudspeaker.playedOut <= now { stopPlaying() }
        let due = now.samples(at: Self.rate) - microphone.sent
        microphone.sent += due
        guard !microphone.pushesToTalk || microphone.isHeld, due > 0 else { return }
        var samples = Array(microphone.waiting.prefix(due))
        microphone.waiting = microphone.waiting.dropFirst(due)
        samples += Array(repeating: 0, count: due - samples.count)
        let bytes = Data(PCM16.bytes(littleEndian: samples))
        say(["type": "input_audio_buffer.append", "audio": bytes.base64EncodedString()])
        if microphone.isHeld, microphone.waiting.isEmpty {
            microphone.isHeld = false
            say(["command": "stop_recording"])
        }
    }

    private func say(_ message: [String: String]) {
        guard let data = try? JSONEncoder().encode(message) else { return }
        socket.send(utf8: Array(data))
    }

    // MARK: - The server

    private mutating func receive(_ text: String) {
        guard let event = try? JSONReader.foundationValue(from: text.utf8) as? [String: Any],
            let type = event["type"] as? String
        else { return }
        func field(_ name: String) -> String { event[name] as? String ?? "" }
        switch type {
        case "PING": say(["type": "PONG"])
        case "session.created": begin(event)
        case "response.created": trace.append(.responseStarted(field("response_id")), at: now)
        case "response.text.delta":
            trace.append(
                .said(
                    item: field("item_id"), agent: field("role"), field("text"),
                    isFiller: event["filler"] as? Bool ?? false), at: now)
        case "response.audio.delta": play(field("delta"), of: field("item_id"))
        case "response.paused": silence()
        case "response.interrupted":
            silence()
            trace.append(.interrupted(agent: event["role"] as? String, heard: field("heard")), at: now)
            say(["type": "response.cancel", "response_id": field("response_id")])
        case "tool.called":
            // A client is told the arguments of its own tools only.
            let arguments = event["arguments"] as? String ?? "{}"
            trace.append(.toolCalled(key: field("call_id"), tool: field("name"), arguments: arguments), at: now)
        case "tool.finished": trace.append(.toolFinished(key: field("call_id")), at: now)
        case "response.done": trace.append(.responseDone(field("response_id")), at: now)
        default: break
        }
    }

    private mutating func begin(_ event: [String: Any]) {
        let session = event["session"] as? [String: Any] ?? [:]
        loudspeaker.sampleRate = session["sample_rate"] as? Int ?? Self.rate
        microphone.pushesToTalk = (event["capabilities"] as? [String: Any])?["vad_enabled"] as? Bool == false
        socket.send(#"{"type": "session.update", "pauses": true}"#)
    }

    private mutating func play(_ base64: String, of item: String) {
        guard let data = Data(base64Encoded: base64) else { return }
        let length = Duration.samples(data.count / 2, at: loudspeaker.sampleRate)
        if !loudspeaker.isPlaying { say(["type": "playback.started"]) }
        loudspeaker.isPlaying = true
        loudspeaker.playedOut = max(loudspeaker.playedOut, now) + length
        trace.append(.played(item: item, length), at: now)
    }

    private mutating func silence() {
        trace.append(.silenced, at: now)
        if loudspeaker.isPlaying { stopPlaying() }
    }

    private mutating func stopPlaying() {
        (loudspeaker.isPlaying, loudspeaker.playedOut) = (false, now)
        say(["type": "playback.stopped"])
    }
}

/// What a voice says, as it comes.
private actor Speech {
    private(set) var samples: [Int16] = []

    func append(_ more: [Int16]) { samples += more }
}
