import JSONText
import Session

/// How answers are told.
extension OpenAIRealtimeDialect {
    /// A response of the conversation begins: the one that the client has ordered, if it has.
    mutating func began(_ id: ResponseID) -> [Frame] {
        if case .open(var answer) = told, answer.response == nil {
            answer.response = id
            told = .open(answer)
            return []
        }
        // One response is open at a time, whatever happens.
        var frames: [Frame] = []
        if case .open(let answer) = told, let old = answer.response {
            frames = end(old, .cancelled(reason: "turn_detected"))
        }
        return frames + open(id)
    }

    /// Opens a response on the wire.
    mutating func open(_ id: ResponseID?, _ order: RealtimeAnswer.Order? = nil) -> [Frame] {
        // What goes on is counted from its beginning, but not after a pause.
        let isPaused = if case .paused = told { true } else { false }
        let before = id != nil && last?.response == id && !isPaused ? last?.length ?? .zero : .zero
        let answer = RealtimeAnswer(
            id: stage.writer.name("resp"), order ?? standingOrder, response: id, behind: before)
        told = .open(answer)
        return [answer.created(&stage)]
    }

    /// What is asked of answers that are not ordered.
    var standingOrder: RealtimeAnswer.Order {
        var order = RealtimeAnswer.Order()
        (order.isSpoken, order.format, order.voice) = (session.isSpoken, session.output, session.voice)
        (order.longest, order.temperature) = (session.longestJSON, session.answers.temperature)
        return order
    }

    /// More words of an agent.
    mutating func say(_ text: String, _ source: Attribution) -> [Frame] {
        change(source.response) { $0.say(text, by: source, &$1) }
    }

    /// Changes the response on the wire that is that response; nothing where there is none.
    mutating func change(
        _ id: ResponseID, _ change: (inout RealtimeAnswer, inout RealtimeStage) -> [Frame]
    ) -> [Frame] {
        guard case .open(var answer) = told, answer.response == id else { return [] }
        let frames = change(&answer, &stage)
        told = .open(answer)
        return frames
    }

    /// Ends the response on the wire that is that response; nothing where there is none.
    mutating func end(_ id: ResponseID, _ ending: RealtimeAnswer.Ending) -> [Frame] {
        guard case .open(var answer) = told, answer.response == id else { return [] }
        let frames = answer.end(ending, &stage)
        (told, last) = (.none, answer)
        return frames
    }

    /// A response of the conversation is over.
    mutating func done(_ id: ResponseID, _ status: ResponseStatus) -> [Frame] {
        switch told {
        case .paused(id), .handedOver(id): told = .none
        case .none, .open, .paused, .handedOver: break
        }
        calls.isOver(id)
        switch status {
        case .completed: return end(id, .completed)
        case .interrupted: return end(id, .cancelled(reason: "turn_detected"))
        case .cancelled: return end(id, .cancelled(reason: "client_cancelled"))
        case .failed: return end(id, .failed)
        }
    }
}
