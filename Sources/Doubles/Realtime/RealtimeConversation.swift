import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// One conversation with a speech-to-speech stand-in: the caller's side of the protocol. Answers are in
/// `RealtimeAnswer`.
final class RealtimeConversation: Sendable {
    private struct State {
        var configuration: RealtimeConfiguration
        /// The caller's audio that is not committed, PCM16 at the configured rate.
        var audio: [Int16] = []
        var memory = RealtimeMemory()
        /// Whether an answer has been asked for whose end was not told yet.
        var isAnswering = false
    }

    /// The caller's audio is kept up to this long.
    private static let longestInput: Duration = .seconds(600)

    let socket: RealtimeSocket
    let names: RealtimeNames
    private let jobs = RealtimeJobs()
    /// Recognitions, which run beside the answers.
    private let hearing = RealtimeJobs()
    private let state: Mutex<State>

    init(_ socket: RealtimeSocket) {
        self.socket = socket
        names = RealtimeNames(socket.wire)
        state = Mutex(
            State(configuration: RealtimeConfiguration(names, model: socket.model, id: realtimeID("sess"))))
    }

    func run() async {
        send("session.created", ["session": .object(configuration.json)])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [hearing] in await hearing.run() }
            await socket.serve(jobs: jobs) { type, event in receive(type, event) }
            hearing.finish()
            group.cancelAll()
        }
    }

    var configuration: RealtimeConfiguration { state.withLock { $0.configuration } }

    /// Changes or reads what is remembered.
    func withMemory<Value: Sendable>(_ body: (inout RealtimeMemory) -> Value) -> Value {
        state.withLock { body(&$0.memory) }
    }

    /// Sends an event under the name that it has in this dialect, if it has one.
    func send(_ type: String, _ members: [String: JSONValue] = [:]) {
        if let type = names.event(type) { socket.send(type, members) }
    }

    private func receive(_ type: String, _ event: JSONValue) -> Bool {
        switch type {
        case "session.update": update(event)
        case "input_audio_buffer.append": append(event)
        case "input_audio_buffer.commit": commit(event)
        case "input_audio_buffer.clear":
            state.withLock { $0.audio = [] }
            send("input_audio_buffer.cleared")
        case "conversation.item.create": create(event)
        case "conversation.item.truncate" where names == .ga: truncate(event)
        case "response.create": respond(event)
        case "response.cancel":
            if state.withLock(\.isAnswering) {
                jobs.callOff()
            } else {
                socket.refuse(
                    event, code: "response_cancel_not_active", message: "Cancellation failed: no active response found")
            }
        case "session.finish" where names == .beta:
            let socket = socket
            jobs.add {
                socket.send("session.finished")
                socket.connection.close()
            }
        default:
            socket.refuse(event, code: "invalid_value", message: "Invalid value: the event's type.", param: "type")
        }
        return true
    }

    private func update(_ event: JSONValue) {
        let problem = state.withLock { state in
            state.configuration.update(event["session"]?.object ?? [:], hasSpoken: state.memory.hasSpoken)
        }
        if let problem {
            socket.refuse(event, code: problem.code, message: problem.message, param: problem.param)
        } else {
            send("session.updated", ["session": .object(configuration.json)])
        }
    }

    // MARK: - What the caller says

    private func append(_ event: JSONValue) {
        guard let text = event["audio"]?.string, let bytes = Data(base64Encoded: text), bytes.count % 2 == 0 else {
            socket.refuse(
                event, code: "invalid_value", message: "Invalid 'audio': base64-encoded PCM16 is expected.",
                param: "audio")
            return
        }
        state.withLock { state in
            state.audio += PCM16.samples(littleEndian: [UInt8](bytes))
            let limit = Self.longestInput.samples(at: state.configuration.inputRate)
            if state.audio.count > limit { state.audio.removeFirst(state.audio.count - limit) }
        }
    }

    private func commit(_ event: JSONValue) {
        let (audio, configuration) = state.withLock { state in
            defer { state.audio = [] }
            return (state.audio, state.configuration)
        }
        guard audio.count >= configuration.inputRate / 10 else {
            socket.refuse(
                event, code: "input_audio_buffer_commit_empty",
                message: "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.")
            return
        }
        let item = RealtimeMemory.Item(id: realtimeID("item"), role: .user, heard: Heard())
        let previous = withMemory { $0.add(item) }
        send("input_audio_buffer.committed", ["item_id": .string(item.id), "previous_item_id": previous])
        announce(item, content: ["type": "input_audio", "transcript": nil], after: previous)
        hearing.add { [self] in await hear(audio, item, configuration) }
    }

    /// Finds out what was said, for the model and for the client.
    private func hear(_ audio: [Int16], _ item: RealtimeMemory.Item, _ configuration: RealtimeConfiguration) async {
        var heard = audio
        if var resampler = Resampler(from: configuration.inputRate, to: 16000) {
            heard = resampler.process(audio)
            heard += resampler.finish()
        }
        let text = await socket.stage.hears(heard, language: configuration.language)
        if Task.isCancelled { return }
        withMemory { $0.set(text, of: item.id) }
        item.heard?.tell(text)
        guard configuration.transcribes else { return }
        let seconds = Double(audio.count) / Double(configuration.inputRate)
        send(
            "conversation.item.input_audio_transcription.completed",
            [
                "item_id": .string(item.id), "content_index": 0, "transcript": .string(text),
                "usage": ["type": "duration", "seconds": .double(seconds)],
            ])
    }

    private func create(_ event: JSONValue) {
        let fields = event["item"]
        guard fields?["type"] == "message", let role = fields?["role"]?.string.flatMap(ChatMessage.Role.init),
            let content = fields?["content"]?.array, !content.isEmpty
        else {
            socket.refuse(event, code: "invalid_value", message: "Invalid value: the item.", param: "item")
            return
        }
        let texts = content.compactMap { $0["text"]?.string }
        let item = RealtimeMemory.Item(
            id: fields?["id"]?.string ?? realtimeID("item"), role: role, text: texts.joined(separator: " "))
        let wanted = event["previous_item_id"]?.string
        guard let previous = withMemory({ $0.add(item, behind: wanted) }) else {
            socket.refuse(
                event, code: "item_not_found", message: "There is no such item in the conversation.",
                param: "previous_item_id")
            return
        }
        announce(item, content: content[0], after: previous)
    }

    /// Tells of an item that is complete.
    private func announce(_ item: RealtimeMemory.Item, content: JSONValue, after previous: JSONValue) {
        let members: [String: JSONValue] = [
            "previous_item_id": previous,
            "item": [
                "id": .string(item.id), "object": "realtime.item", "type": "message", "status": "completed",
                "role": .string(item.role.rawValue), "content": [content],
            ],
        ]
        send("conversation.item.added", members)
        send("conversation.item.done", members)
    }

    private func truncate(_ event: JSONValue) {
        guard let id = event["item_id"]?.string, let end = event["audio_end_ms"]?.int, end >= 0,
            let length = withMemory({ $0.length(of: id) })
        else {
            socket.refuse(
                event, code: "invalid_value", message: "There is no such assistant's item.", param: "item_id")
            return
        }
        guard Duration.milliseconds(end) <= length else {
            socket.refuse(
                event, code: "invalid_value", message: "Audio content is already shorter than that.",
                param: "audio_end_ms")
            return
        }
        socket.stage.journal.note(socket.wire, .request, "truncate \(end)")
        withMemory { $0.truncate(id, at: .milliseconds(end)) }
        send("conversation.item.truncated", ["item_id": .string(id), "content_index": 0, "audio_end_ms": .int(end)])
    }

    // MARK: - Answers

    private func respond(_ event: JSONValue) {
        let isBusy = state.withLock { state in
            defer { state.isAnswering = true }
            return state.isAnswering
        }
        if isBusy {
            socket.refuse(
                event, code: "conversation_already_has_active_response",
                message: "Conversation already has an active response in progress.")
            return
        }
        let order = RealtimeOrder(event["response"], configuration)
        socket.stage.journal.note(socket.wire, .request, "response")
        let answer = RealtimeAnswer(
            self, cue: socket.stage.cue(for: socket.wire), order: order)
        jobs.add { await answer.give() }
    }

    /// Allows for the next answer. Before the end of this one is told, since a client may ask for it at once.
    func endAnswer() { state.withLock { $0.isAnswering = false } }
}

/// What was said in one item, once it is known.
final class Heard: Sendable {
    private let text = Mutex("")
    private let isKnown = AsyncStream.makeStream(of: Void.self)

    /// Makes it known.
    func tell(_ text: String) {
        self.text.withLock { $0 = text }
        isKnown.continuation.finish()
    }

    /// Waits until it is known. For one caller at a time.
    func wait() async -> String {
        for await _ in isKnown.stream {}
        return text.withLock { $0 }
    }
}
