import ProjectModel

/// The orders to a language model that stands in for a class: what it cannot do, and to say so once.
enum StandInPrompt {
    /// What the file wants of the class, what cannot be done here, and what follows from that.
    static func orders(_ standIn: ClassStandIn, hasAnswered: Bool) -> [String] {
        let confession =
            hasAnswered
            ? "You have said so already: do not say it again, unless you are asked."
            : "Begin your answer by saying so in one short sentence, in the language of your answer."
        return standIn.prompts.filter { !$0.isEmpty } + [
            "You cannot \(standIn.lack) here. \(confession)",
            "Then help as far as you can with what you know and with what was said. "
                + "Never claim to have done it, and invent no results, sources or figures.",
        ]
    }
}
