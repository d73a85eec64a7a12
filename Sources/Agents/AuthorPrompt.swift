import ProjectModel

/// The orders to an `AuthorAgent`: a document that answers questions from what is known.
enum AuthorPrompt {
    /// A line for the work, one for each question, and what to do with what is not known.
    static func orders(_ work: Authorship, hasAnswered: Bool) -> [String] {
        var lines = ["Write \(document(work))." + (hasAnswered ? " " + again(work) : "")]
        if !work.questions.isEmpty {
            lines.append("It answers these questions, in this order:")
            lines += work.questions.enumerated().map { number, question in
                let parts = [question.question, question.prompt].map(Prompt.oneLine).filter { !$0.isEmpty }
                return "\(number + 1). \(parts.joined(separator: ": "))"
            }
        }
        lines.append(
            "Take what you write from the conversation and from the answers of other agents. "
                + "Say what is not known yet instead of inventing it.")
        return lines
    }

    private static func document(_ work: Authorship) -> String {
        work.title.isEmpty ? "the document that the caller wants" : "the document \"\(Prompt.oneLine(work.title))\""
    }

    /// What it wrote before is an answer of its own, further up in the conversation.
    private static func again(_ work: Authorship) -> String {
        let name = work.memoryName.isEmpty ? "" : ", called \"\(Prompt.oneLine(work.memoryName))\","
        return "Your last version of it\(name) stands in the conversation: keep of it what still holds."
    }
}
