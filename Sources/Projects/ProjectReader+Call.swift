import ProjectModel

/// The keys about a whole call: its first words, long silences, its end.
extension ProjectReader {
    /// The keys as they stand in the file.
    struct CallBlock {
        var rules = CallRules()
        /// The lines that may hold placeholders.
        var lines: [Located<String>] = []
    }

    /// `greeting`, `goodbye`, `idle` and `max_call_seconds` of the root.
    func call(_ root: inout NodeReader) -> CallBlock {
        var block = CallBlock()
        let greeting = callLine("greeting", &root, "a greeting", example: "Hello, how can I help?")
        let goodbye = callLine("goodbye", &root, "a goodbye", example: "Thank you for calling. Goodbye.")
        var prompt: Located<String>?
        block.rules.idle = root.block("idle") { idle in
            let after = idle.number("after_seconds", in: 1...3600, default: 10).value
            prompt = self.callLine("prompt", required: true, &idle, "a prompt", example: "Are you still there?")
            let count = idle.int("hang_up_after", in: 0...10, default: 2).value
            return CallRules.Idle(after: .seconds(after), prompt: prompt?.value ?? "", hangUpAfter: count)
        }
        block.rules.greeting = greeting?.value
        block.rules.goodbye = goodbye?.value
        block.rules.longest = root.number("max_call_seconds", in: 1...86_400).map { .seconds($0.value) }
        block.lines = [greeting, goodbye, prompt].compactMap(\.self)
        return block
    }

    private func callLine(
        _ key: String, required: Bool = false, _ block: inout NodeReader, _ kind: String, example: String
    ) -> Located<String>? {
        spokenLine(key, atMost: 500, required: required, &block, kind, example: example)
    }

    /// Warns of placeholders for which the project has no value: a client may give one, but it need not.
    func checkPlaceholders(of block: CallBlock, variables: [PromptMemory.Variable]) {
        let known = variables.map(\.name)
        for line in block.lines {
            for name in Placeholders.names(in: line.value) where !known.contains(name) {
                context.report(
                    .warning, at: line.mark, path: line.path,
                    "nothing in memory_config is named '\(name)': where the client gives no value, {\(name)} is left out",
                    hint: didYouMean(name, known)
                        ?? "declare it as a variable of a VariableMemoryModule; \"\" is a value, too")
            }
        }
    }
}
