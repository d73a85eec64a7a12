/// The orders to a `CriticalThinker`: an analysis by guidelines.
enum CriticPrompt {
    /// One line for the work, and one for each guideline.
    static func orders(_ guidelines: [String]) -> [String] {
        let work = "Analyse critically what was said: question it, and do not just repeat it."
        let lines = guidelines.map(Prompt.oneLine).filter { !$0.allSatisfy(\.isWhitespace) }.map { "* " + $0 }
        return lines.isEmpty ? [work] : [work, "Follow these guidelines:"] + lines
    }
}
