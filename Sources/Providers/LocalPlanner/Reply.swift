import ProviderKit

/// What the orchestrator says in its own name: a sentence or two about what it can and cannot do.
struct Reply {
    /// The whole reply.
    let text: String

    /// Answers `brief.callerWords`.
    init(_ brief: Brief) {
        let subjects = Topic(brief.callerWords).subjects
        let focus = Role(name: "", description: brief.agentDescription).focus.prefix(3)
        let heard = subjects.isEmpty ? "I am listening." : "I heard you ask about \(Words.list(subjects))."
        let offer =
            focus.isEmpty
            ? "Tell me what you want to achieve, and an agent will outline a plan."
            : "Ask for a plan about \(Words.list(Array(focus))), and an agent will outline one."
        text = Sentences.joined([heard, "I run on the offline planner, which outlines plans and does not chat.", offer])
    }
}
