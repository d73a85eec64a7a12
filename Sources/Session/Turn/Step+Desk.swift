import Agents
import ProviderKit
import TurnTaking

/// What a client puts in and orders, in the course of a conversation.
extension Step {
    /// Takes what the client puts in.
    /// - Returns: what is wrong with it; nil when nothing is.
    mutating func take(_ remark: Remark) -> BadInput? {
        desk.use()
        if remark.speaker == .orders { return desk.note(remark) ? nil : .ordersTooLong }
        if remark.place != .end {
            if desk.insert(remark) { return nil }
            let behind: String? = if case .behind(let said) = remark.place { said.name } else { nil }
            var isThere = false
            past.change { isThere = $0.insert(.init(remark), behind: behind) }
            if isThere { return nil }
        }
        if remark.speaker == .caller { return desk.leave(remark) ? nil : .turnTooLong }
        keep(desk.takeUnanswered().map(ConversationHistory.Entry.init) + [.init(remark)])
        return nil
    }

    /// Forgets something that was said.
    mutating func forget(_ said: Said) {
        if desk.forget(said.name) { return }
        past.change { _ = $0.remove(said.name) }
    }

    /// The client tells afterwards how much it has played of an answer that was cut: what was heard is corrected.
    mutating func correct(_ signal: ClientSignal) {
        guard case .playbackProgress(let played) = signal, let cut = desk.cut, desk.isUsed else { return }
        var playout = cut.playout
        playout.pause(now: now)
        playout.progress(played, now: now)
        let entries = playout.heard(now: now).words.map { said in
            var entry = ConversationHistory.Entry(.named(said.speaker), said.text, wasInterrupted: true)
            entry.name = Said.answer(cut.id, agent: said.speaker).name
            return entry
        }
        let prefix = Said.answer(cut.id, agent: "").name
        past.change { $0.replace({ $0.name?.hasPrefix(prefix) == true }, with: entries) }
    }

    /// What is to be answered, with what the caller has just said.
    func wordsToAnswer(behind words: String) -> String {
        if let input = desk.pending?.input { return input.callersLast }
        return [desk.unansweredWords, words].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// What the caller has said stays without an answer. Where there is no room for it, what was said before is history.
    mutating func leaveUnanswered(_ remarks: [Remark]) {
        for remark in remarks where !desk.leave(remark) {
            keep(desk.takeUnanswered().map(ConversationHistory.Entry.init))
            _ = desk.leave(remark)
        }
    }

    /// Keeps what was said and heard of that answer, if it is a part of the conversation.
    /// - Parameter playout: how it was played, if it was cut.
    mutating func keep(
        _ entries: [ConversationHistory.Entry], of response: ResponseID, cut playout: Playout? = nil
    ) {
        guard desk.order(of: response)?.isKept != false else { return }
        guard desk.isUsed else { return keep(entries) }
        desk.cut = playout.map { (response, $0) }
        let asked = desk.asked.map(\.text).joined(separator: " ")
        keep(
            entries.flatMap { entry -> [ConversationHistory.Entry] in
                if entry.speaker == .caller, entry.text == asked {
                    return desk.asked.map(ConversationHistory.Entry.init)
                }
                guard case .agent(let agent) = entry.speaker else { return [entry] }
                var named = entry
                named.name = Said.answer(response, agent: agent ?? Cast.orchestrator).name
                return [named]
            })
    }

    /// What of the caller's words is still unanswered, when nothing of that answer was heard.
    func unheardWords(of answer: Answer) -> String {
        desk.order(of: answer.id)?.takesConversation == false ? "" : answer.callerWords
    }

    /// Keeps what was heard of an answer that the client has stopped. Of one that it had ordered and that was not heard,
    /// the caller's words stand as if it had not been ordered; otherwise what is cancelled is not asked for again.
    mutating func keepStopped(_ answer: Answer) {
        if let entries = answer.interrupted(now: now) { return keep(entries, of: answer.id, cut: answer.playout) }
        if desk.order(of: answer.id)?.takesConversation == true { leaveUnanswered(desk.asked) }
    }

    /// What the models of that answer are told of what was said.
    func history(for response: ResponseID) -> ConversationHistory {
        guard let input = desk.order(of: response)?.input else { return history }
        var own = ConversationHistory(history.limits)
        for remark in input.dropLast(input.reversed().prefix { $0.speaker == .caller }.count)
        where remark.speaker != .orders {
            own.append(.init(remark))
        }
        return own
    }
}

extension [Remark] {
    /// What the caller says at its end.
    fileprivate var callersLast: String {
        reversed().prefix { $0.speaker == .caller }.reversed().map(\.text).joined(separator: " ")
    }
}

extension BadInput {
    /// Too many orders among what is said.
    static let ordersTooLong = BadInput(
        code: "orders_too_long",
        message: "system messages may have \(ClientDesk.longestOrders) characters in all; this one was not taken")
}

extension ConversationHistory.Entry {
    /// What a client has put in, or the caller has said.
    fileprivate init(_ remark: Remark) {
        self.init(remark.speaker == .caller ? .caller : .agent(nil), remark.text)
        name = remark.said
    }
}
