import JSONText

/// Reads the keys of a scenario from its node tree.
struct ScenarioReader {
    let context: LoadContext

    private static let actions = ["say_text", "speak", "interrupt", "wait_ms", "expect"]

    func scenario(_ root: YAMLNode, name: String) -> Scenario? {
        let whole = Located(value: root, mark: root.mark, path: "")
        return NodeReader.open(whole, pattern: "", in: context, hint: "a scenario has steps:") { reader in
            let given = reader.text("name")?.value
            let project = reader.text("project")?.value
            let replies = reader.blocks("model", hint: "write - say: \"…\"") { self.reply(&$0) } ?? []
            let hint = "write - say_text: \"…\", and - expect: below it"
            let steps = reader.blocks("steps", required: true, hint: hint) { self.step(&$0) } ?? []
            let finally = reader.block("finally") { self.expectation(&$0) }
            checkInterruptions(steps.compactMap(\.self))
            return Scenario(
                name: given ?? name, project: project, replies: replies, steps: steps.compactMap(\.self),
                finally: finally)
        }
    }

    // MARK: - The model

    private func reply(_ reader: inout NodeReader) -> ScriptedReply {
        let text = reader.text("say")?.value ?? ""
        let calls = reader.blocks("call", hint: "write - name: …, with arguments: below it") { self.call(&$0) } ?? []
        let fails = reader.bool("fails", default: false).value
        if text.isEmpty && calls.isEmpty && !fails && !reader.has("say") && !reader.has("call") {
            context.report(
                .error, at: reader.mark, path: reader.path, "the reply says nothing and calls nothing",
                hint: "give it say:, call: or fails: true")
        }
        return ScriptedReply(
            text, calls: calls, when: pattern("when", &reader), agent: reader.text("agent")?.value,
            delay: .milliseconds(reader.int("delay_ms", in: 0...60_000, default: 200).value), fails: fails)
    }

    private func call(_ reader: inout NodeReader) -> ScriptedReply.Call {
        ScriptedReply.Call(
            name: reader.text("name", required: true)?.value ?? "", arguments: object("arguments", &reader))
    }

    // MARK: - Steps

    private func step(_ reader: inout NodeReader) -> Scenario.Step? {
        let named = Self.actions.filter { reader.has($0) }
        if named.count > 1 {
            context.report(
                .error, at: reader.keyMark(named[1]), path: reader.path(of: named[1]),
                "a step does one thing, and this one has '\(named[0])' as well", hint: "begin a new step with -")
        }
        let place = Scenario.Place(line: reader.mark.line, column: reader.mark.column)
        // All are asked for, so that a misspelt one gets its hint.
        let typed = words("say_text", &reader).map(Scenario.Action.type)
        let spoken = words("speak", &reader).map(Scenario.Action.speak)
        let interruption = reader.block("interrupt") { self.interruption(&$0) } ?? nil
        let wait = reader.int("wait_ms", in: 1...600_000).map { Scenario.Action.wait(.milliseconds($0.value)) }
        let expected = reader.block("expect") { self.expectation(&$0) }.map(Scenario.Action.expect)
        if named.isEmpty {
            context.report(
                .error, at: reader.mark, path: reader.path, "the step does nothing",
                hint: "a step has one of \(Self.actions.joined(separator: ", "))")
        }
        return (typed ?? spoken ?? interruption ?? wait ?? expected).map { Scenario.Step($0, at: place) }
    }

    private func interruption(_ reader: inout NodeReader) -> Scenario.Action? {
        let words = words("speak", &reader, required: true)
        let played = reader.int("after_ms", in: 0...600_000)
        let tool = reader.text("at_tool")
        if let played, tool != nil {
            context.report(
                .error, at: played.mark, path: played.path, "'after_ms' and 'at_tool' exclude each other",
                hint: "remove one of them")
        }
        let moment = tool.map { Scenario.Moment.toolCalled($0.value) } ?? .played(.milliseconds(played?.value ?? 500))
        return words.map { .interrupt($0, moment) }
    }

    /// An interruption needs a line whose answer it can interrupt.
    private func checkInterruptions(_ steps: [Scenario.Step]) {
        var isUnderWay = false
        for step in steps {
            switch step.action {
            case .type, .speak: isUnderWay = true
            case .interrupt:
                if !isUnderWay {
                    context.report(
                        .error, at: Mark(line: step.place.line, column: step.place.column),
                        "there is no answer to interrupt", hint: "put a say_text: or speak: right before it")
                }
            case .wait: break
            // It awaits the end of the answer.
            case .expect: isUnderWay = false
            }
        }
    }

    // MARK: - Expectations

    private func expectation(_ reader: inout NodeReader) -> Expectation {
        var expectation = Expectation()
        expectation.said = text("said", &reader)
        expectation.heard = text("heard", &reader)
        expectation.tools = reader.blocks("tools", hint: "write - name: …") { self.tool(&$0) } ?? []
        expectation.data = (reader.blocks("data", hint: "write - url: …") { self.data(&$0) } ?? []).compactMap(\.self)
        expectation.within = reader.int("within_ms", in: 1...600_000).map { .milliseconds($0.value) }
        expectation.ended = reader.bool("ended")?.value
        expectation.interrupted = reader.bool("interrupted")?.value
        if expectation == Expectation() && !context.hasErrors {
            context.report(
                .warning, at: reader.mark, path: reader.path, "nothing is expected here",
                hint: "give it said:, heard:, tools:, data:, within_ms:, interrupted: or ended:")
        }
        return expectation
    }

    /// `said: words`, `said: [words, words]`, or a block with `contains` and `absent`.
    private func text(_ key: String, _ reader: inout NodeReader) -> TextExpectation {
        if case .mapping? = reader.node(at: key)?.content {
            return reader.block(key) { block in
                TextExpectation(contains: patterns("contains", &block), absent: patterns("absent", &block))
            } ?? TextExpectation()
        }
        return TextExpectation(contains: patterns(key, &reader))
    }

    private func tool(_ reader: inout NodeReader) -> ToolExpectation {
        let name = reader.text("name", required: true)?.value ?? ""
        let arguments = object("arguments", &reader)
        let count = reader.int("count", in: 0...1000)
        let absent = reader.bool("absent", default: false)
        if absent.value, let count {
            context.report(
                .error, at: count.mark, path: count.path, "'count' and 'absent' exclude each other",
                hint: "remove one of them")
        }
        return ToolExpectation(name: name, arguments: arguments, count: absent.value ? 0 : count?.value)
    }

    private func data(_ reader: inout NodeReader) -> DataExpectation? {
        let url = reader.text("url", required: true)
        let path = reader.text("path")?.value.split(separator: ".").map(String.init) ?? []
        let values: [DataExpectation.Value] = [
            reader.json("equals").map(DataExpectation.Value.equals),
            reader.json("contains").map(DataExpectation.Value.contains),
            reader.int("count", in: 0...1_000_000).map { .count($0.value) },
        ].compactMap(\.self)
        if let url, !["http://", "https://", "ENV:"].contains(where: url.value.hasPrefix) {
            context.report(
                .error, at: url.mark, path: url.path, "must begin with http://, https:// or ENV:NAME")
        }
        if values.count != 1 {
            context.report(
                .error, at: reader.mark, path: reader.path, "needs exactly one of equals, contains and count")
        }
        guard let url, let value = values.first else { return nil }
        return DataExpectation(url: url.value, path: path, value)
    }

    // MARK: - Parts

    private func words(_ key: String, _ reader: inout NodeReader, required: Bool = false) -> String? {
        guard let text = reader.text(key, required: required) else { return nil }
        if text.value.allSatisfy(\.isWhitespace) {
            context.report(.error, at: text.mark, path: text.path, "must have words")
            return nil
        }
        return text.value
    }

    private func pattern(_ key: String, _ reader: inout NodeReader) -> TextPattern? {
        reader.text(key).flatMap(pattern)
    }

    private func patterns(_ key: String, _ reader: inout NodeReader) -> [TextPattern] {
        (reader.oneOrMore(key, atMost: 50) ?? []).compactMap { context.text(of: $0).flatMap(pattern) }
    }

    private func pattern(_ text: Located<String>) -> TextPattern? {
        let pattern = TextPattern(text.value)
        if pattern == nil {
            context.report(.error, at: text.mark, path: text.path, "is not a regular expression")
        }
        return pattern
    }

    private func object(_ key: String, _ reader: inout NodeReader) -> String {
        guard let node = reader.node(at: key) else {
            _ = reader.json(key)
            return "{}"
        }
        if case .mapping = node.content {
        } else {
            context.report(
                .error, at: node.mark, path: reader.path(of: key), "must be a block of keys, not \(node.kind)")
        }
        return reader.json(key) ?? "{}"
    }
}

extension NodeReader {
    /// A value of any shape, as JSON text; nil when the key is missing.
    fileprivate mutating func json(_ key: String) -> String? {
        // Marks the key as read.
        acceptWithoutEffect(key, when: { _ in false })
        return node(at: key).map { $0.json.text }
    }
}
