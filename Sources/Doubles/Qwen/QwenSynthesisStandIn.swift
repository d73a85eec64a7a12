import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// The stand-in for Qwen's text-to-speech: `WS /api-ws/v1/realtime?model=qwen3-tts-…`. It speaks PCM only.
///
/// A request of the script is one response; a refusal that is due when a socket is opened refuses the socket.
public struct QwenSynthesisStandIn: StandIn {
    /// The stand-in.
    public init() {}

    /// Sockets for models with `-tts-` in their names.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        guard request.path == "/api-ws/v1/realtime", request.query["model"]?.contains("-tts-") == true else {
            return nil
        }
        return RealtimeSocket.upgrade(request, wire: .qwenSynthesis, on: stage) { socket in
            await QwenSynthesisSession(socket).run()
        }
    }
}

/// One session on one socket.
final class QwenSynthesisSession: Sendable {
    private struct State {
        var configuration = QwenConfiguration()
        var text = ""
        /// No update of the configuration is taken any more.
        var hasBegun = false
    }

    private let socket: RealtimeSocket
    private let id = realtimeID("sess")
    private let jobs = RealtimeJobs()
    private let state = Mutex(State())

    init(_ socket: RealtimeSocket) { self.socket = socket }

    func run() async {
        sendSession("session.created")
        await socket.serve(jobs: jobs) { type, event in await receive(type, event) }
    }

    private func receive(_ type: String, _ event: JSONValue) async -> Bool {
        switch type {
        case "session.update": update(event)
        case "input_text_buffer.append": append(event)
        case "input_text_buffer.commit":
            let text = take { _ in true }
            guard !text.isEmpty else {
                socket.refuse(event, code: "invalid_value", message: "The text buffer is empty.")
                return true
            }
            socket.send("input_text_buffer.committed", ["item_id": .string(realtimeID("item"))])
            speak(text)
        case "input_text_buffer.clear":
            state.withLock { $0.text = "" }
            socket.send("input_text_buffer.cleared")
        case "response.cancel": jobs.callOff()
        case "session.finish":
            let text = take { _ in true }
            if !text.isEmpty { speak(text) }
            let socket = socket
            jobs.add {
                socket.send("session.finished", ["session": ["id": .string(self.id)]])
                socket.connection.close()
            }
        default: socket.refuse(event, code: "invalid_value", message: "Unknown event type.", param: "type")
        }
        return true
    }

    private func sendSession(_ type: String) {
        let configuration = state.withLock { $0.configuration }
        var session: [String: JSONValue] = configuration.json
        session["object"] = "realtime.session"
        session["id"] = .string(id)
        session["model"] = .string(socket.model)
        socket.send(type, ["session": .object(session)])
    }

    private func update(_ event: JSONValue) {
        let problem = state.withLock { state -> QwenConfiguration.Problem? in
            if state.hasBegun {
                return .init(
                    message: "Session update error: session already started or finished or failed.", param: nil)
            }
            return state.configuration.update(event["session"]?.object ?? [:])
        }
        if let problem {
            socket.refuse(event, code: "invalid_value", message: problem.message, param: problem.param)
        } else {
            sendSession("session.updated")
        }
    }

    private func append(_ event: JSONValue) {
        guard let text = event["text"]?.string else {
            socket.refuse(event, code: "invalid_value", message: "text must be a string.", param: "text")
            return
        }
        let isServerCommit = state.withLock { state in
            state.hasBegun = true
            // More than any reader sends in one session.
            state.text = String((state.text + text).prefix(100_000))
            return state.configuration.mode == "server_commit"
        }
        guard isServerCommit else { return }
        // The server begins with what is certainly a sentence.
        for piece in speechPieces(of: take { $0.map { ".!?。！？…".contains($0) } ?? false }, limit: 300) {
            speak(String(piece))
        }
    }

    /// Takes text out of the buffer, up to the last place behind which `isCut` allows a cut.
    private func take(_ isCut: (Character?) -> Bool) -> String {
        state.withLock { state in
            if isCut(nil) {
                defer { state.text = "" }
                return state.text
            }
            guard let end = state.text.lastIndex(where: { isCut($0) }) else { return "" }
            let cut = state.text.index(after: end)
            defer { state.text = String(state.text[cut...]) }
            return String(state.text[..<cut])
        }
    }

    // MARK: - Answers

    private func speak(_ text: String) {
        let cue = socket.stage.cue(for: .qwenSynthesis)
        let configuration = state.withLock { state in
            state.hasBegun = true
            return state.configuration
        }
        socket.stage.journal.note(.qwenSynthesis, .request, configuration.mode)
        let socket = socket
        jobs.add { await Self.answer(text, configuration, cue, socket) }
    }

    private static func answer(
        _ text: String, _ configuration: QwenConfiguration, _ cue: Cue, _ socket: RealtimeSocket
    ) async {
        if let refusal = cue.refusal {
            let (code, message) = RealtimeSocket.problem(refusal.status, .qwenSynthesis)
            socket.refuse(
                nil, code: code, message: message, type: refusal.status < 500 ? "invalid_request_error" : "server_error"
            )
            return
        }
        let voice = VoiceRequest(
            name: configuration.voice, language: configuration.language, speed: configuration.speechRate)
        var samples: [Int16] = []
        if !cue.isSilent {
            guard let speech = try? await socket.stage.speech(text, voice: voice, rate: configuration.sampleRate) else {
                if Task.isCancelled { return }
                socket.refuse(nil, code: "InternalError", message: "Nothing could be spoken.", type: "server_error")
                return
            }
            samples = speech.samples
        }
        let response = realtimeID("resp")
        let item = realtimeID("item")
        let place: [String: JSONValue] = [
            "response_id": .string(response), "item_id": .string(item), "output_index": 0, "content_index": 0,
        ]
        func describe(_ status: String) -> JSONValue {
            [
                "id": .string(response), "object": "realtime.response", "status": .string(status), "output": [],
                "voice": .string(configuration.voice), "modalities": ["text", "audio"],
                "usage": ["characters": .int(text.count)],
            ]
        }
        func message(_ status: String) -> [String: JSONValue] {
            [
                "response_id": .string(response), "output_index": 0,
                "item": [
                    "id": .string(item), "object": "realtime.item", "type": "message", "status": .string(status),
                    "role": "assistant", "content": [],
                ],
            ]
        }
        let part: JSONValue = ["type": "audio", "text": ""]
        socket.send("response.created", ["response": describe("in_progress")])
        socket.send("response.output_item.added", message("in_progress"))
        socket.send("response.content_part.added", place.merging(["part": part]) { $1 })
        let length = configuration.sampleRate / 10
        var status = "completed"
        for (index, start) in stride(from: 0, to: samples.count, by: length).enumerated() {
            guard await socket.mayGo(index, cue) else {
                guard Task.isCancelled, socket.connection.isOpen else { return }
                socket.stage.journal.note(.qwenSynthesis, .cancelled, response)
                status = "cancelled"
                break
            }
            if index == 0 { socket.stage.journal.note(.qwenSynthesis, .firstPiece, response) }
            let delta = base64(samples[start..<min(start + length, samples.count)])
            socket.send("response.audio.delta", place.merging(["delta": .string(delta)]) { $1 })
        }
        socket.send("response.audio.done", place)
        socket.send("response.content_part.done", place.merging(["part": part]) { $1 })
        socket.send("response.output_item.done", message(status == "completed" ? "completed" : "incomplete"))
        socket.send("response.done", ["response": describe(status)])
        if status == "completed" { socket.stage.journal.note(.qwenSynthesis, .finished, response) }
    }
}
