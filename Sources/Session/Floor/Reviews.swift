import Agents
import ProjectModel

/// What language models say of one member's answer: which conditions hold for it, what is to be mended in its drafts, and
/// what has to be looked up for it. Pure.
struct Reviews: Sendable {
    /// What is said of each condition.
    private(set) var judgements: [BoundedText] = []
    /// How the answer is settled; nil: the first draft is the answer.
    private(set) var reflection: Reflection?
    /// How far its research in several stages is; nil: it does none, or writes already.
    var study: DeepResearch?
    /// What the member has said of its drafts, or of its research, to the question that is open.
    private var said = BoundedText(limit: ReplyMember.longestAnswer)
    /// By what those are tried whom the member judges.
    var inventions = Inventions()

    init(_ rules: SelfReflection? = nil) { reflection = rules.map { Reflection($0) } }

    // MARK: - Conditions

    /// Conditions are going to be judged.
    mutating func beginJudging(_ count: Int) {
        judgements = Array(repeating: BoundedText(limit: ReplyMember.longestSummary), count: count)
    }

    /// More of a judgement.
    mutating func judge(_ raw: String, on index: Int) {
        if judgements.indices.contains(index) { _ = judgements[index].append(raw) }
    }

    /// A condition could not be judged: it does not hold.
    mutating func failJudgement(_ index: Int) {
        guard judgements.indices.contains(index) else { return }
        judgements[index] = BoundedText(limit: ReplyMember.longestSummary)
    }

    // MARK: - Research

    /// More of what the member wants looked up.
    mutating func note(_ raw: String) { if study != nil { _ = said.append(raw) } }

    /// The member has said all of it, or could not.
    mutating func studied(hasFailed: Bool) -> DeepResearch.Next? {
        let text = said.text
        said = BoundedText(limit: ReplyMember.longestAnswer)
        return hasFailed ? study?.failed() : study?.answered(text)
    }

    // MARK: - Drafts

    /// A draft is complete.
    mutating func drafted(_ text: String) -> Reflection.Next? { ask { $0.drafted(text) } }

    /// A draft could not be written.
    /// - Returns: nil when there is no earlier one.
    mutating func failedToDraft() -> Reflection.Next? { ask { $0.failedToDraft() } }

    /// More of what the member says of its drafts.
    mutating func reflect(_ raw: String) {
        if reflection?.isDrafting == false { _ = said.append(raw) }
    }

    /// The member has said all of it.
    mutating func reflected(by agent: String) -> (next: Reflection.Next, critique: Critique?)? {
        let text = said.text
        said = BoundedText(limit: ReplyMember.longestAnswer)
        return reflection?.answered(text, by: agent)
    }

    /// The member could not say it.
    mutating func failedToReflect() -> Reflection.Next? { ask { $0.failedToAnswer() } }

    /// Whatever is asked next, nothing of its answer is there yet.
    private mutating func ask(_ change: (inout Reflection) -> Reflection.Next?) -> Reflection.Next? {
        said = BoundedText(limit: ReplyMember.longestAnswer)
        guard var reflection else { return nil }
        defer { self.reflection = reflection }
        return change(&reflection)
    }
}
