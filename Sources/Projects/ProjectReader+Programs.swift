import ProjectModel

/// What the `config` of an agent says to its class.
extension ProjectReader {
    /// The most guidelines or questions of one agent.
    private static let longestList = 100
    /// The most characters of one prompt that a stand-in takes over.
    private static let longestPrompt = 4000
    /// Keys under which classes have prompts of the file's own.
    private static let promptKeys = [
        "goal", "magic_prompt", "system_prompt", "prompt", "instructions", "steps", "requirements",
    ]

    func program(_ config: inout NodeReader, of known: AgentClass) -> AgentProgram {
        switch known.work {
        // What an executor or a researcher calls is known when all tools are.
        case .planning, .toolUse, .analytics, .flow, .steps, .evaluation, .executor, .research: return .planning
        case .pictures: return .pictures
        case .utility, .mcpClient:
            return config.text("magic_prompt").map { .utility(prompt: $0.value) } ?? .planning
        case .author: return .author(authorship(&config))
        case .critic:
            let hint = "write thinking_guidelines: [\"…\"]"
            let guidelines = config.texts("thinking_guidelines", atMost: Self.longestList, hint: hint) ?? []
            return .critic(guidelines: guidelines.map(\.value))
        case .human: return .human(inquiry(&config))
        case .standIn(let lack):
            let prompts = Self.promptKeys.flatMap { config.node(at: $0)?.texts ?? [] }
            return .standIn(
                ClassStandIn(
                    agentClass: known.name, lack: lack,
                    prompts: prompts.prefix(Self.longestList).map { String($0.prefix(Self.longestPrompt)) }))
        }
    }

    private func authorship(_ config: inout NodeReader) -> Authorship {
        let title = config.text("title")?.value ?? ""
        let memoryName = config.text("memory_attribute_key")?.value ?? ""
        let hint = "write - question: \"…\", with prompt below it"
        let questions = config.blocks("leading_questions", hint: hint) { block -> Authorship.Question in
            let question = block.text("question", required: true)?.value ?? ""
            return Authorship.Question(question: question, prompt: block.text("prompt")?.value ?? "")
        }
        return Authorship(title: title, memoryName: memoryName, questions: questions ?? [])
    }
}

extension YAMLNode {
    /// The text that it is, or those in its list.
    fileprivate var texts: [String] {
        switch content {
        case .scalar: text.map { [$0] } ?? []
        case .sequence(let items): items.compactMap(\.text)
        case .mapping: []
        }
    }
}
