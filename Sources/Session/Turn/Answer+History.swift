import Agents
import ProviderKit
import TurnTaking

/// What is kept of an answer.
extension Answer {
    /// How it ended when all was said.
    var status: ResponseStatus {
        if case .line = occasion { return .completed }
        if sequel != .open || reply?.hasWorked == false { return .completed }
        return reply?.answers.isEmpty == false ? .completed : .failed
    }

    /// The entries of the history when all was said.
    func completed(now: Duration) -> [ConversationHistory.Entry] {
        if case .line(let line) = occasion {
            return line.kind.isRemembered ? [.init(.agent(line.notice.agent), line.notice.shown)] : []
        }
        if sequel == .endAfterSentence { return interrupted(now: now) ?? [] }
        var cut: Set<String> = []
        return said + (reply?.calls ?? [])
            + (reply?.answers ?? []).compactMap { answer in
                let wasSkipped = skipped.contains(answer.agent)
                if wasSkipped, !cut.insert(answer.agent).inserted { return nil }
                let text = wasSkipped ? playout.text(of: answer.agent) : answer.text
                return .init(.named(answer.agent), text, wasInterrupted: wasSkipped)
            }
    }

    private var said: [ConversationHistory.Entry] { occasion.words.map { [.init(.caller, $0)] } ?? [] }

    /// The entries of the history when it was cut at `now`; nil when nothing was heard and nothing was called, so that the
    /// caller's words are still unanswered.
    func interrupted(now: Duration) -> [ConversationHistory.Entry]? {
        let (words, speaker) = playout.heard(now: now)
        let (shown, calls) = (reply?.shownAnswers ?? [], reply?.calls ?? [])
        if words.isEmpty, shown.isEmpty, calls.isEmpty { return nil }
        return said + calls
            + words.map { heard in
                let wasCut = heard.speaker == speaker && !(heard.isComplete && saidEverything)
                return .init(.named(heard.speaker), heard.text, wasInterrupted: wasCut)
            } + shown.map { .init(.named($0.agent), $0.text) }
    }
}
