import ProjectModel

/// What a client asks of whoever answers.
extension Cast {
    /// The same, as the client orders it.
    func following(_ orders: AnswerOrders) -> Cast {
        var cast = self
        for node in speakers.keys { cast.speakers[node]?.follow(orders) }
        return cast
    }
}

extension Speaker {
    fileprivate mutating func follow(_ orders: AnswerOrders) {
        if let longest = orders.maximumTokens {
            writer.sampling.maxTokens = min(writer.sampling.maxTokens ?? longest, longest)
        }
        writer.sampling.temperature = orders.temperature ?? writer.sampling.temperature
        if case .spoken(var voice) = delivery {
            voice.speed = min(max(voice.speed * orders.speed, 0.25), 4)
            delivery = .spoken(voice)
        }
        if orders.isSpoken { return }
        let isSettledAsWritten =
            speechToSpeech == nil && (speaksAsItWrites || voice == nil) && writer.reflection == nil
        delivery = isSettledAsWritten ? .shownAsWritten : .shown
        (filler, speaksSummary) = (nil, false)
        writer.progress = [:]
    }
}
