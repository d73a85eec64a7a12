import ProjectModel

/// What the class of an agent adds to its prompt: orders to the model, and the form of the request.
enum ProgramPrompt {
    /// The orders, a line each.
    /// - Parameters:
    ///   - hasAnswered: whether the agent has spoken in this conversation before.
    ///   - hasPicture: whether the caller has shown a picture.
    static func orders(of program: AgentProgram, hasAnswered: Bool, hasPicture: Bool = false) -> [String] {
        switch program {
        case .planning, .utility, .human, .executor, .research: []
        case .author(let work): AuthorPrompt.orders(work, hasAnswered: hasAnswered)
        case .critic(let guidelines): CriticPrompt.orders(guidelines)
        case .pictures: PicturePrompt.orders(hasPicture: hasPicture)
        case .standIn(let standIn): StandInPrompt.orders(standIn, hasAnswered: hasAnswered)
        }
    }

    /// The last message: what the caller says, in the form that the class wants.
    static func request(to program: AgentProgram, _ words: String) -> String {
        guard case .utility(let prompt) = program else { return words }
        return UtilityPrompt.filled(prompt, with: words)
    }
}
