import ProviderKit

/// What an agent is told about drafts of its own answer, behind the chat in which it answers.
extension [ChatMessage] {
    /// Adds the drafts that `task` is about and what is asked of them; nothing for other tasks.
    public mutating func reflect(for task: Brief.Task) {
        switch task {
        case .critique(let draft):
            say(.assistant, Mark.escaped(draft))
            say(.user, Self.critique)
        case .choose(let drafts): say(.user, Self.material(drafts) + Self.choice)
        case .merge(let drafts): say(.user, Self.material(drafts) + Self.merging)
        default: break
        }
    }

    /// Adds a draft and asks for another one.
    public mutating func revise(_ revision: Reflection.Revision) {
        say(.assistant, Mark.escaped(revision.draft))
        let flaws = revision.flaws.map { "* " + Mark.escaped(Prompt.oneLine($0)) }
        let found = flaws.isEmpty ? ["It is not good enough yet."] : ["This is to be mended in it:"] + flaws
        say(.user, ([Self.notHeard] + found + [Self.again]).joined(separator: "\n"))
    }

    private static var notHeard: String { "Your last message is only a draft: the caller has not heard it." }

    private static var again: String {
        """
        Now write the whole answer anew, in the form that was ordered. Speak to the caller and say nothing of drafts. \
        What was called above is done: use its results, and do not call the same again.
        """
    }

    private static var critique: String {
        notHeard + "\n" + """
            Check your draft strictly. Does it answer all that the caller asked? Does it keep to every order above? \
            Does it say only what is known or was found out? Call nothing. Reply with JSON only: \
            {"good": true, "flaws": []} if it can stand as it is, else {"good": false, "flaws": ["what to mend"]}, \
            with \(Critique.mostFlaws) flaws at most, a sentence each.
            """
    }

    private static var choice: String {
        """
        Between <draft> and </draft> are drafts of your answer, which the caller has not heard. \
        Choose the best draft: the one that answers the caller best and keeps to every order above. Call nothing. \
        Reply with its number only. Where JSON is asked for, the number stands under "draft".
        """
    }

    private static var merging: String {
        """
        Between <draft> and </draft> are drafts of your answer, which the caller has not heard. \
        Write one answer that joins the best of all drafts, in the form that was ordered. \
        Speak to the caller and say nothing of drafts. Call nothing.
        """
    }

    /// The drafts with their numbers, within the budget for answers.
    private static func material(_ drafts: [String]) -> String {
        let numbered = drafts.enumerated().map { Brief.Answer(agent: String($0 + 1), text: $1) }
        return AnswerBudget.fitting(numbered).map { draft in
            let text = Mark.escaped(draft.text) + (draft.isCut ? " " + Mark.cut : "")
            return Mark.tagged("draft", " number=\"\(draft.agent)\"", text) + "\n\n"
        }
        .joined()
    }
}
