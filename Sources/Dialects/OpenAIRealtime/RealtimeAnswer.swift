import AudioCore
import JSONText
import Session

/// What all that is told a client goes through: its names, its items and its audio.
struct RealtimeStage: Sendable {
    var writer: RealtimeWriter
    var conversation = RealtimeConversation()
    var loudspeaker = RealtimeLoudspeaker()
}

/// One response on the wire: its items, and what of them is open. A response of the conversation may become several: one
/// ends with the calls that the client carries out, and with an interruption that turned out to be none.
struct RealtimeAnswer: Sendable {
    /// What the client asks of it.
    struct Order: Sendable {
        var isSpoken = true
        /// Whether it is a part of the conversation.
        var isKept = true
        var format = RealtimeFormat.pcm
        var metadata: JSON = .null
        var longest: JSON = .string("inf")
        var voice: String?
        var temperature: Double?
    }

    /// How it ends.
    enum Ending: Sendable {
        case completed
        /// The caller has spoken over it, or the client has stopped it.
        case cancelled(reason: String)
        case failed
        fileprivate var status: String {
            switch self {
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .failed: "failed"
            }
        }

        fileprivate var details: JSON {
            let type: (String, JSON) = ("type", .string(status))
            switch self {
            case .completed: return .object([type])
            case .cancelled(let reason): return .object([type, ("reason", .string(reason))])
            case .failed:
                let error: [(String, JSON)] = [
                    ("type", .string("server_error")), ("code", .string("no_answer")),
                    ("message", .string("no agent could answer")),
                ]
                return .object([type, ("error", .object(error))])
            }
        }
    }

    let id: String
    let order: Order
    /// The response of the conversation that it is; nil while that has not begun.
    var response: ResponseID?
    /// Its items.
    private(set) var output: [RealtimeItem] = []
    /// The message that is being said, and whose part of the response it is.
    private var open: (source: ItemID, index: Int)?
    /// How much audio of the same response of the conversation came before it.
    private let before: Duration
    /// How much audio each item has.
    private(set) var lengths: [String: Duration] = [:]

    /// - Parameters:
    ///   - response: the response of the conversation, if it has begun.
    ///   - before: how much audio of that came before.
    init(id: String, _ order: Order, response: ResponseID? = nil, behind before: Duration = .zero) {
        (self.id, self.order, self.response, self.before) = (id, order, response, before)
    }

    /// How much audio of the response of the conversation there is with it.
    var length: Duration { before + lengths.values.reduce(.zero, +) }

    /// How much of the response of the conversation was played, when so much of that item was.
    /// - Returns: nil when the item is none of its; what is too much is thrown.
    func played(_ id: String, upTo end: Duration) throws(BadInput) -> Duration? {
        guard let index = output.firstIndex(where: { $0.id == id }) else { return nil }
        let length = lengths[id] ?? .zero
        guard end <= length else {
            throw BadInput.field("audio_end_ms", "is more than the item has: \(Int(length.milliseconds))")
        }
        return before + output[..<index].reduce(.zero) { $0 + (lengths[$1.id] ?? .zero) } + end
    }

    /// What was heard of what was said last.
    mutating func heard(_ text: String, _ stage: inout RealtimeStage) {
        guard let index = output.lastIndex(where: { $0.isMessage }) else { return }
        let id = output[index].id
        stage.conversation.change(id) { item in
            guard case .assistant(_, let isSpoken, _) = item.content else { return }
            item.content = .assistant(text, isSpoken: isSpoken, isEmpty: text.isEmpty)
        }
    }

    // MARK: - Events

    /// It begins.
    func created(_ stage: inout RealtimeStage) -> Frame {
        let json = json("in_progress", details: .null, output: [], &stage)
        return stage.writer.event("response.created", [("response", json)])
    }

    /// More words of an agent.
    mutating func say(
        _ text: String, by source: Attribution, _ stage: inout RealtimeStage
    ) -> [Frame] {
        var frames = begin(source, &stage)
        guard let index = open?.index, case .assistant(let before, let isSpoken, _) = output[index].content
        else { return frames }
        // Sentences come without what stood between them.
        let isApart = before.isEmpty || before.last?.isWhitespace == true || text.first?.isWhitespace == true
        let delta = isSpoken && !isApart ? " " + text : text
        output[index].content = .assistant(before + delta, isSpoken: isSpoken, isEmpty: false)
        frames.append(
            stage.writer.event(
                stage.writer.era.name(isSpoken ? .transcriptDelta : .textDelta),
                place(index) + [("content_index", .int(0)), ("delta", .string(delta))]))
        return frames
    }

    /// More of an agent's voice.
    mutating func sound(
        _ chunk: AudioChunk, by source: Attribution, _ stage: inout RealtimeStage
    ) -> [Frame] {
        let frames = begin(source, &stage)
        return frames + delta(stage.loudspeaker.take(chunk, as: order.format), &stage)
    }

    private mutating func delta(_ samples: [Int16], _ stage: inout RealtimeStage) -> [Frame] {
        guard !samples.isEmpty, let index = open?.index else { return [] }
        lengths[output[index].id, default: .zero] += .samples(samples.count, at: order.format.rate)
        return [
            stage.writer.event(
                stage.writer.era.name(.audioDelta),
                place(index) + [("content_index", .int(0)), ("delta", .plain(order.format.base64(samples)))])
        ]
    }

    /// A call that the client is to carry out.
    mutating func call(
        _ name: String, arguments: String, callID: String, _ stage: inout RealtimeStage
    ) -> [Frame] {
        var frames = close(.completed, &stage)
        var item = RealtimeItem(
            id: stage.writer.name("item"), content: .call(name: name, arguments: "", callID: callID))
        item.status = .inProgress
        let index = output.count
        frames += add(item, &stage)
        item.content = .call(name: name, arguments: arguments, callID: callID)
        item.status = .completed
        let call = place(index) + [("call_id", .string(callID))]
        frames.append(
            stage.writer.event("response.function_call_arguments.delta", call + [("delta", .string(arguments))]))
        let named: [(String, JSON)] = stage.writer.era == .beta ? [] : [("name", .string(name))]
        frames.append(
            stage.writer.event(
                "response.function_call_arguments.done", call + [("arguments", .string(arguments))] + named))
        output[index] = item
        return frames + finish(item, at: index, &stage)
    }

    /// It is over.
    mutating func end(
        _ ending: Ending, _ stage: inout RealtimeStage
    ) -> [Frame] {
        let isWhole = if case .completed = ending { true } else { false }
        var frames = close(isWhole ? .completed : .incomplete, &stage)
        let json = json(ending.status, details: ending.details, output: output, &stage)
        frames.append(stage.writer.event("response.done", [("response", json)]))
        frames.append(stage.writer.event("rate_limits.updated", [("rate_limits", .array([]))]))
        return frames
    }

    // MARK: - Items

    private mutating func begin(
        _ source: Attribution, _ stage: inout RealtimeStage
    ) -> [Frame] {
        if open?.source == source.item { return [] }
        var frames = close(.completed, &stage)
        var item = RealtimeItem(
            id: stage.writer.name("item"), content: .assistant("", isSpoken: order.isSpoken, isEmpty: true))
        item.status = .inProgress
        item.said = .answer(source.response, agent: source.agent)
        let index = output.count
        open = (source.item, index)
        frames += add(item, &stage)
        output[index].content = .assistant("", isSpoken: order.isSpoken, isEmpty: false)
        frames.append(
            stage.writer.event(
                "response.content_part.added", place(index) + [("content_index", .int(0)), ("part", part(""))]))
        return frames
    }

    private mutating func close(
        _ status: RealtimeItem.Status, _ stage: inout RealtimeStage
    ) -> [Frame] {
        guard let index = open?.index,
            case .assistant(let text, let isSpoken, _) = output[index].content
        else { return [] }
        let rest = stage.loudspeaker.finish()
        var frames = status == .completed && isSpoken ? delta(rest, &stage) : []
        open = nil
        let content = place(index) + [("content_index", .int(0))]
        if isSpoken { frames.append(stage.writer.event(stage.writer.era.name(.audioDone), content)) }
        frames.append(
            stage.writer.event(
                stage.writer.era.name(isSpoken ? .transcriptDone : .textDone),
                content + [(isSpoken ? "transcript" : "text", .string(text))]))
        frames.append(stage.writer.event("response.content_part.done", content + [("part", part(text))]))
        output[index].status = status
        return frames + finish(output[index], at: index, &stage)
    }

    private mutating func add(
        _ item: RealtimeItem, _ stage: inout RealtimeStage
    ) -> [Frame] {
        let index = output.count
        output.append(item)
        let added = stage.writer.event(
            "response.output_item.added",
            [("response_id", .string(id)), ("output_index", .int(index)), ("item", item.json(stage.writer.era))])
        guard order.isKept else { return [added] }
        let previous = stage.conversation.last
        stage.conversation.append(item)
        return [added] + stage.writer.added(item, behind: previous, isWhole: false)
    }

    private func finish(
        _ item: RealtimeItem, at index: Int, _ stage: inout RealtimeStage
    ) -> [Frame] {
        let done = stage.writer.event(
            "response.output_item.done",
            [("response_id", .string(id)), ("output_index", .int(index)), ("item", item.json(stage.writer.era))])
        guard order.isKept else { return [done] }
        stage.conversation.change(item.id) { $0 = item }
        return [done] + stage.writer.done(item, behind: stage.conversation.previous(of: item.id))
    }

    // MARK: - Parts

    private func place(_ index: Int) -> [(String, JSON)] {
        [("response_id", .string(id)), ("item_id", .string(output[index].id)), ("output_index", .int(index))]
    }

    private func part(_ text: String) -> JSON {
        .object([
            ("type", .string(order.isSpoken ? "audio" : "text")),
            (order.isSpoken ? "transcript" : "text", .string(text)),
        ])
    }

    private func json(_ status: String, details: JSON, output: [RealtimeItem], _ stage: inout RealtimeStage) -> JSON {
        let head: [(String, JSON)] = [
            ("object", .string("realtime.response")), ("id", .string(id)), ("status", .string(status)),
            ("status_details", details), ("output", .array(output.map { $0.json(stage.writer.era) })),
            ("conversation_id", order.isKept ? .string(stage.writer.conversation) : .null),
            ("metadata", order.metadata),
            ("usage", .null),
        ]
        let voice = order.voice.map(JSON.string) ?? .null
        if stage.writer.era == .beta {
            return .object(
                head + [
                    ("modalities", .array((order.isSpoken ? ["text", "audio"] : ["text"]).map(JSON.string))),
                    ("output_audio_format", .string(order.format.betaName)), ("voice", voice),
                    ("temperature", order.temperature.map(JSON.double) ?? .null), ("max_output_tokens", order.longest),
                ])
        }
        let output: [(String, JSON)] = [("format", order.format.json), ("voice", voice)]
        return .object(
            head + [
                ("output_modalities", .array([.string(order.isSpoken ? "audio" : "text")])),
                ("audio", .object([("output", .object(output))])), ("max_output_tokens", order.longest),
            ])
    }
}
