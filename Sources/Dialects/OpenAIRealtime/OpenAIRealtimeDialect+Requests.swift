import AudioCore
import JSONText
import ProviderKit
import Session

/// What follows from what a client asks for.
extension OpenAIRealtimeDialect {
    typealias Handled = (inputs: [ClientInput], replies: [Frame])

    /// - Throws: why it cannot be done.
    mutating func handle(_ request: RealtimeRequest) throws(BadInput) -> Handled {
        switch request {
        case .append(let samples): return try append(samples)
        case .commit: return try commit()
        case .clear:
            _ = microphone.take()
            utterances.isClearing = true
            return (session.isManual ? [] : [.signal(.clearAudio)], [stage.writer.event("input_audio_buffer.cleared")])
        case .update(let fields): return try update(fields)
        case .create(let fields, let previous): return try create(fields, behind: previous)
        case .retrieve(let id):
            let item = try item(id)
            return ([], [stage.writer.event("conversation.item.retrieved", [("item", item.json(era))])])
        case .delete(let id): return try delete(id)
        case .truncate(let id, let end): return try truncate(id, end)
        case .respond(let fields): return try respond(fields)
        case .cancel(let id): return try cancel(id)
        case .clearOutput:
            throw BadInput.field(
                "type", "is for WebRTC: here the client drops what it has, and sends response.cancel",
                code: "unsupported_value")
        }
    }

    // MARK: - Audio

    private mutating func append(_ samples: [Int16]) throws(BadInput) -> Handled {
        let samples = microphone.convert(samples)
        guard session.isManual else { return ([.audio(samples)], []) }
        guard microphone.keep(samples) else {
            throw BadInput.field(
                "audio",
                "is too long: a turn that is committed has at most \(Int(RealtimeMicrophone.longestTurn.seconds)) s",
                code: "input_audio_buffer_full")
        }
        return ([], [])
    }

    private mutating func commit() throws(BadInput) -> Handled {
        let nothing = BadInput(
            code: "input_audio_buffer_commit_empty", message: "there is no audio to commit: it needs 100 ms at least")
        guard session.isManual else {
            // What is being said is over; its item comes with that.
            guard utterances.isSpeaking else { throw nothing }
            return ([.signal(.stopRecording)], [])
        }
        let samples = microphone.take()
        guard samples.count >= AudioPosition.sampleRate / 10 else { throw nothing }
        let id = stage.writer.name("item")
        utterances.committed.append(id)
        microphone.commit(samples)
        return (committedTurns(), commit(id))
    }

    /// The turns that the client has committed. They wait for the end of an answer, which they are not to interrupt.
    mutating func committedTurns() -> [ClientInput] {
        if case .open = told { return [] }
        return microphone.takeCommitted().flatMap { samples -> [ClientInput] in
            [.signal(.startRecording), .recording(samples), .signal(.stopRecording)]
        }
    }

    // MARK: - The session

    private mutating func update(_ fields: RealtimeFields) throws(BadInput) -> Handled {
        let old = session
        session = try session.updated(with: fields, era)
        microphone.change(to: session.input)
        if session.isManual != old.isManual { _ = microphone.take() }
        var update = SessionUpdate()
        update.orders = session.orders
        if session.turns != old.turns { update.turns = session.rules }
        return (
            [.signal(.update(update))],
            [stage.writer.event("session.updated", [("session", session.json(era, id: stage.writer.session))])]
        )
    }

    // MARK: - Items

    private func item(_ id: String) throws(BadInput) -> RealtimeItem {
        guard let item = stage.conversation[id] else {
            throw BadInput.field("item_id", "names no item of this conversation", code: "item_not_found")
        }
        return item
    }

    private mutating func create(_ fields: RealtimeFields, behind previous: String?) throws(BadInput) -> Handled {
        var picture: Picture?
        var item = try RealtimeItem(fields, id: stage.writer.name("item"), picture: &picture)
        guard stage.conversation[item.id] == nil else { throw fields.wrong("id", "is taken", code: "item_id_taken") }
        if case .output(let call, let result) = item.content {
            guard calls.answer(call, result) else {
                throw fields.wrong("call_id", "names no call whose result is awaited", code: "invalid_tool_call_id")
            }
        } else if case .user = item.content {
            calls.hasNewWords = true
        }
        let index = try index(behind: previous)
        let remark = item.remark(at: stage.conversation.place(at: index))
        item.said = remark.map { .remark($0.name) }
        stage.conversation.insert(item, at: index)
        let inputs: [ClientSignal] = (picture.map { [.picture($0)] } ?? []) + (remark.map { [.remark($0)] } ?? [])
        let before = stage.conversation.previous(of: item.id)
        return (inputs.map { .signal($0) }, stage.writer.added(item, behind: before))
    }

    /// Where an item is put that is to stand behind that one.
    private func index(behind previous: String?) throws(BadInput) -> Int {
        guard let previous else { return stage.conversation.items.count }
        if previous == "root" { return 0 }
        guard let index = stage.conversation.index(behind: previous) else {
            throw BadInput.field(
                "previous_item_id", "names no item of this conversation", code: "item_not_found")
        }
        return index
    }

    private mutating func delete(_ id: String) throws(BadInput) -> Handled {
        let item = try item(id)
        guard item.status != .inProgress else {
            throw BadInput.field("item_id", "is being said: send response.cancel first")
        }
        _ = stage.conversation.remove(id)
        let deleted = stage.writer.event("conversation.item.deleted", [("item_id", .string(id))])
        return (item.said.map { [.signal(.forget($0))] } ?? [], [deleted])
    }

    private mutating func truncate(_ id: String, _ end: Duration) throws(BadInput) -> Handled {
        guard case .assistant(_, isSpoken: true, _) = try item(id).content else {
            throw BadInput.field("item_id", "names no spoken answer")
        }
        let answer = if case .open(let answer) = told { answer } else { last }
        guard let played = try answer?.played(id, upTo: end) else {
            throw BadInput.field("item_id", "is over: only the last answer can be truncated")
        }
        let members: [(String, JSON)] = [
            ("item_id", .string(id)), ("content_index", .int(0)), ("audio_end_ms", .int(Int(end.milliseconds))),
        ]
        return ([.signal(.playbackProgress(played))], [stage.writer.event("conversation.item.truncated", members)])
    }

    /// Results that came for answers that did not wait for them any more.
    mutating func overdueResults() -> [ClientInput] { calls.takeResults(of: nil) }

    // MARK: - Responses

    private mutating func respond(_ fields: RealtimeFields?) throws(BadInput) -> Handled {
        let (order, wire) = try order(fields)
        var frames: [Frame] = []
        var stop: [ClientInput] = []
        switch told {
        case .none: break
        case .open(let answer):
            guard let id = answer.response, goesOn(id, order) else {
                throw BadInput(
                    code: "conversation_already_has_active_response",
                    message: "a response is open: wait for its response.done, or send response.cancel")
            }
            frames = end(id, .completed)
            return (calls.takeResults(of: id), frames + open(id, wire))
        case .handedOver(let id):
            if goesOn(id, order) { return (calls.takeResults(of: id), open(id, wire)) }
            stop = [.signal(.stopResponse)] + calls.takeResults(of: id)
        // What only pauses is over for the client.
        case .paused: stop = [.signal(.stopResponse)]
        }
        return (stop + [.signal(.respond(order))], open(nil, wire))
    }

    /// Whether an answer that waits for the client goes on with that order.
    private func goesOn(_ id: ResponseID, _ order: ResponseOrder) -> Bool {
        calls.areAnswered(of: id) && !calls.hasNewWords && order.isKept && order.input == nil
    }

    private mutating func cancel(_ id: String?) throws(BadInput) -> Handled {
        guard case .open(var answer) = told, id == nil || id == answer.id else {
            throw BadInput(code: "response_cancel_not_active", message: "no such response is open")
        }
        guard answer.response == nil else { return ([.signal(.stopResponse)], []) }
        // It has not begun: the conversation tells nothing of it.
        told = .none
        return ([.signal(.stopResponse)], answer.end(.cancelled(reason: "client_cancelled"), &stage))
    }
}
