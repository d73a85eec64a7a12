import AudioCore
import Network
import ProviderKit
import ProviderTransport

/// One answer of a speech-to-speech stand-in, event by event.
struct RealtimeAnswer: Sendable {
    private let conversation: RealtimeConversation
    private let cue: Cue
    private let order: RealtimeOrder
    private let id = realtimeID("resp")
    private let item = realtimeID("item")

    init(_ conversation: RealtimeConversation, cue: Cue, order: RealtimeOrder) {
        self.conversation = conversation
        self.cue = cue
        self.order = order
    }

    private var socket: RealtimeSocket { conversation.socket }
    private var names: RealtimeNames { conversation.names }

    /// Gives the answer. Cancelled, it ends it in good order if the socket is open.
    func give() async {
        send("response.created", ["response": response("in_progress")])
        if let refusal = cue.refusal {
            let (code, message) = RealtimeSocket.problem(refusal.status, socket.wire)
            let error: JSONValue = [
                "type": refusal.status < 500 ? "invalid_request_error" : "server_error", "code": .string(code),
                "message": .string(message),
            ]
            socket.stage.journal.note(socket.wire, .refused, String(refusal.status))
            conversation.endAnswer()
            return send(
                "response.done",
                ["response": response("failed", details: ["type": "failed", "error": error])])
        }
        let previous: JSONValue? =
            order.isKept ? .some(conversation.withMemory { $0.add(.init(id: item, role: .assistant)) }) : .none
        send("response.output_item.added", ["output_index": 0, "item": message("in_progress", content: [])])
        if let previous {
            conversation.send(
                "conversation.item.added",
                ["previous_item_id": previous, "item": message("in_progress", content: [])])
        }
        send("response.content_part.added", place(["part": part("")]))
        let said = order.speaks ? await say() : await write()
        guard let said else { return }
        let status = said.isWhole ? "completed" : "cancelled"
        let itemStatus = said.isWhole ? "completed" : "incomplete"
        let content: [JSONValue] = [
            [
                "type": .string(names.content(isSpoken: order.speaks)),
                (order.speaks ? "transcript" : "text"): .string(said.text),
            ]
        ]
        if order.speaks {
            send("response.output_audio.done", place([:]))
            send("response.output_audio_transcript.done", place(["transcript": .string(said.text)]))
        } else {
            send("response.output_text.done", place(["text": .string(said.text)]))
        }
        send("response.content_part.done", place(["part": part(said.text)]))
        send("response.output_item.done", ["output_index": 0, "item": message(itemStatus, content: content)])
        if let previous {
            conversation.send(
                "conversation.item.done",
                ["previous_item_id": previous, "item": message(itemStatus, content: content)])
        }
        conversation.endAnswer()
        send(
            "response.done",
            [
                "response": response(
                    status, details: said.isWhole ? nil : ["type": "cancelled", "reason": "client_cancelled"],
                    output: [message(itemStatus, content: content)], usage: usage(said.text))
            ])
        conversation.send("rate_limits.updated", ["rate_limits": []])
        socket.stage.journal.note(socket.wire, said.isWhole ? .finished : .cancelled, id)
    }

    // MARK: - Speaking

    private struct Said {
        var text = ""
        /// Whether it was said to its end.
        var isWhole = true
    }

    /// Says the answer; nil when the socket has no use for more events.
    private func say() async -> Said? {
        var said = Said()
        if cue.isSilent { return said }
        let configuration = conversation.configuration
        let voice = VoiceRequest(
            name: configuration.voice, language: configuration.language, speed: configuration.speed)
        let rate = configuration.outputRate
        guard let text = await text(), let speech = try? await socket.stage.speech(text, voice: voice, rate: rate)
        else {
            return socket.connection.isOpen ? Said(isWhole: false) : nil
        }
        let characters = Array(text)
        var written = 0
        let length = rate / 5
        for (index, start) in stride(from: 0, to: max(speech.samples.count, 1), by: length).enumerated() {
            guard await socket.mayGo(index, cue) else {
                guard Task.isCancelled, socket.connection.isOpen else { return nil }
                said.isWhole = false
                return said
            }
            if index == 0 { socket.stage.journal.note(socket.wire, .firstPiece, id) }
            // The words that begin within this piece of audio; with the last piece all that are left.
            let end = start + length
            let isLast = end >= speech.samples.count
            let next = speech.words.first { $0.start >= .samples(end, at: rate) }?.range.lowerBound
            let until = isLast ? characters.count : max(written, next ?? characters.count)
            let words = String(characters[written..<until])
            written = until
            if !words.isEmpty { send("response.output_audio_transcript.delta", place(["delta": .string(words)])) }
            let audio = speech.samples[start..<min(end, speech.samples.count)]
            if !audio.isEmpty { send("response.output_audio.delta", place(["delta": .string(base64(audio))])) }
            said.text += words
            conversation.withMemory { $0.sent(words, .samples(audio.count, at: rate), of: item) }
        }
        return said
    }

    /// Writes the answer word by word; nil when the socket has no use for more events.
    private func write() async -> Said? {
        var said = Said()
        if cue.isSilent { return said }
        guard let text = await text() else { return socket.connection.isOpen ? Said(isWhole: false) : nil }
        for (index, word) in text.split(separator: " ").enumerated() {
            guard await socket.mayGo(index, cue) else {
                guard Task.isCancelled, socket.connection.isOpen else { return nil }
                said.isWhole = false
                return said
            }
            if index == 0 { socket.stage.journal.note(socket.wire, .firstPiece, id) }
            let words = (index == 0 ? "" : " ") + word
            send("response.output_text.delta", place(["delta": .string(words)]))
            said.text += words
            conversation.withMemory { $0.sent(words, .zero, of: item) }
        }
        return said
    }

    /// What is to be said; nil when nothing can be found.
    private func text() async -> String? {
        if let text = cue.text { return text }
        // The model answers what was said last, so that has to be known first.
        let heard = conversation.withMemory { memory in memory.items.compactMap(\.heard).last }
        _ = await heard?.wait()
        let messages = conversation.withMemory(\.messages)
        return try? await socket.stage.answer(to: [ChatMessage(role: .system, content: order.instructions)] + messages)
    }

    // MARK: - Events

    /// Sends an event of this response.
    private func send(_ type: String, _ members: [String: JSONValue]) {
        var members = members
        if members["response"] == nil { members["response_id"] = .string(id) }
        conversation.send(type, members)
    }

    private func place(_ members: [String: JSONValue]) -> [String: JSONValue] {
        members.merging(["item_id": .string(item), "output_index": 0, "content_index": 0]) { $1 }
    }

    private func part(_ text: String) -> JSONValue {
        order.speaks ? ["type": "audio", "transcript": .string(text)] : ["type": "text", "text": .string(text)]
    }

    private func message(_ status: String, content: [JSONValue]) -> JSONValue {
        [
            "id": .string(item), "object": "realtime.item", "type": "message", "status": .string(status),
            "role": "assistant", "content": .array(content),
        ]
    }

    private func response(
        _ status: String, details: JSONValue? = nil, output: [JSONValue] = [], usage: JSONValue? = nil
    ) -> JSONValue {
        let modalities: JSONValue = !order.speaks ? ["text"] : names == .ga ? ["audio"] : ["text", "audio"]
        return [
            "id": .string(id), "object": "realtime.response", "status": .string(status),
            "status_details": details ?? nil, "output": .array(output),
            "conversation_id": order.isKept ? "conv_1" : nil, "metadata": order.metadata ?? nil,
            (names == .ga ? "output_modalities" : "modalities"): modalities, "usage": usage ?? nil,
        ]
    }

    /// Not what the vendors count, but something of that size: a token for four characters, fifty for a second.
    private func usage(_ text: String) -> JSONValue {
        let (length, heard) = conversation.withMemory { memory in
            (memory.length(of: item) ?? .zero, memory.items.reduce(0) { $0 + $1.text.count } / 4)
        }
        let (words, audio) = (text.count / 4, Int(length.seconds * 50))
        return [
            "total_tokens": .int(heard + words + audio), "input_tokens": .int(heard),
            "output_tokens": .int(words + audio),
            "input_token_details": ["text_tokens": .int(heard), "audio_tokens": 0, "cached_tokens": 0],
            "output_token_details": ["text_tokens": .int(words), "audio_tokens": .int(audio)],
        ]
    }
}
