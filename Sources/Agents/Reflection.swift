import ProjectModel
import ProviderKit
import SpeechText

/// How an answer is settled before anybody hears it: draft, critique, new draft, and a choice at the end. Pure.
///
/// A draft always stands where what should improve it fails: a critique that cannot be read, a later draft without words, a
/// choice of none.
public struct Reflection: Equatable, Sendable {
    /// What is to be mended in a draft.
    public struct Revision: Equatable, Sendable {
        /// The draft.
        public var draft: String
        /// What its critique says; may be empty.
        public var flaws: [String]

        /// What is to be mended in a draft.
        public init(draft: String, flaws: [String]) {
            self.draft = draft
            self.flaws = flaws
        }
    }

    /// What follows from what a model has written.
    public enum Next: Equatable, Sendable {
        /// The model is asked to criticize the last draft, to choose a draft, or to merge all of them.
        case ask(Brief.Task)
        /// The model writes another draft.
        case redraft(Revision)
        /// The answer is this.
        case settled(String)
    }

    private enum Stage: Equatable {
        /// A draft is written; the first without a revision. Exits: `asking`, `settled`.
        case drafting(Revision?)
        /// The model looks at what it has written. Exits: `drafting`, `asking`, `settled`.
        case asking(Brief.Task)
        /// The answer is known.
        case settled
    }

    /// The project's wishes.
    public let rules: SelfReflection
    /// What has been written so far, the first draft first.
    public private(set) var drafts: [String] = []
    private var stage = Stage.drafting(nil)

    /// Before the first draft.
    public init(_ rules: SelfReflection) { self.rules = rules }

    /// Whether a draft is being written.
    public var isDrafting: Bool { if case .drafting = stage { true } else { false } }
    /// What the draft that is being written has to mend; nil for the first.
    public var revision: Revision? { if case .drafting(let revision) = stage { revision } else { nil } }

    /// A draft is complete.
    /// - Parameter text: something that can be said.
    public mutating func drafted(_ text: String) -> Next {
        guard isDrafting else { return .settled(drafts.last ?? text) }
        // Whoever writes the same again will not do better.
        if drafts.last == text { return settle(text) }
        drafts.append(text)
        let isLast = drafts.count >= rules.maximumAttempts
        if isLast, rules.selection != .auto || drafts.count == 1 { return conclude() }
        return ask(.critique(draft: text))
    }

    /// A draft could not be written.
    /// - Returns: nil when it was the first: there is no answer.
    public mutating func failedToDraft() -> Next? {
        guard isDrafting, let last = drafts.last else { return nil }
        return settle(last)
    }

    /// What the model was asked about its drafts is answered.
    /// - Parameter text: all of it, as the model wrote it.
    /// - Returns: what follows, and the critique if it was one that can be read.
    public mutating func answered(_ text: String, by agent: String) -> (next: Next, critique: Critique?)? {
        guard case .asking(let task) = stage, let last = drafts.last else { return nil }
        switch task {
        case .critique:
            let critique = Critique.read(text)
            return (judged(critique, last), critique)
        case .choose:
            let numbers = drafts.indices.map { String($0 + 1) }
            let chosen = Choice.read(text, among: numbers).flatMap { numbers.firstIndex(of: $0) }
            return (settle(chosen.map { drafts[$0] } ?? last), nil)
        case .merge:
            let merged = AnswerFilter.answer(in: text, speaker: agent)
            return (settle(isSayable(merged) ? merged : last), nil)
        default: return (settle(last), nil)
        }
    }

    /// What the model was asked about its drafts could not be answered: the last draft stands.
    public mutating func failedToAnswer() -> Next? {
        guard case .asking = stage, let last = drafts.last else { return nil }
        return settle(last)
    }

    private mutating func judged(_ critique: Critique?, _ last: String) -> Next {
        switch critique {
        case nil: return settle(last)
        case .good: return rules.selection == .auto ? settle(last) : conclude()
        case .flawed(let flaws):
            if drafts.count >= rules.maximumAttempts { return conclude() }
            let revision = Revision(draft: last, flaws: flaws)
            stage = .drafting(revision)
            return .redraft(revision)
        }
    }

    /// No more drafts are written.
    private mutating func conclude() -> Next {
        guard drafts.count > 1 else { return settle(drafts.last ?? "") }
        return ask(rules.selection == .aggregate ? .merge(drafts: drafts) : .choose(drafts: drafts))
    }

    private mutating func ask(_ task: Brief.Task) -> Next {
        stage = .asking(task)
        return .ask(task)
    }

    private mutating func settle(_ text: String) -> Next {
        stage = .settled
        return .settled(text)
    }
}
