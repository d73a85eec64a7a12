import FlowGraph
import ProjectModel

/// Super agents that choose their members one at a time, and those that try and judge them.
extension ProjectReader {
    /// The most steps, or requirements, of one super agent or member.
    private static let longestList = 100

    private func marks(_ config: inout NodeReader) -> GraphMarks {
        GraphMarks(graph: Located(value: (), mark: config.keyMark("agent_list"), path: config.path(of: "agent_list")))
    }

    /// What the `config` of a `SuperAgent` says.
    func steps(_ config: inout NodeReader) -> (FlowGraph, SuperProgram, GraphMarks) {
        var marks = marks(&config)
        var plan = StepPlan(steps: lines("steps", of: &config), requirements: lines("requirements", of: &config))
        var nodes: [FlowGraph.Node] = []
        _ = config.blocks("agent_list", required: true, hint: "write - agent_name: \"…\"") { member in
            let name = self.agentName(&member)
            let requirements = self.lines("requirements", of: &member)
            member.acceptWithoutEffect("llm_config")
            guard let name else { return }
            nodes.append(.init(name: name.value))
            if !requirements.isEmpty { plan.memberRequirements[name.value] = requirements }
            marks.nodes.append(Located(value: (), mark: name.mark, path: name.path))
            marks.edges.append([])
        }
        let most = config.int("max_steps", in: 1...FlowGraph.mostSteps, default: 10).value
        let exit = config.textOrNothing("exit")
        marks.exit = exit.map { Located(value: (), mark: $0.mark, path: $0.path) }
        return (
            FlowGraph(nodes: nodes, course: .steps(most: most, exit: exit?.value)), .steps(plan), marks
        )
    }

    /// One text, or a list of them; nothing in it is as if it were not there.
    private func lines(_ key: String, of block: inout NodeReader) -> [String] {
        guard block.node(at: key)?.isEmpty != true else {
            block.acceptWithoutEffect(key) { _ in false }
            return []
        }
        return (block.oneOrMore(key, atMost: Self.longestList) ?? []).compactMap { context.text(of: $0)?.value }
    }

    /// What the `config` of an `EvaluationSuperAgent` says.
    func evaluation(_ config: inout NodeReader) -> (FlowGraph, SuperProgram, GraphMarks) {
        var marks = marks(&config)
        var nodes: [FlowGraph.Node] = []
        var evaluations: [Evaluation] = []
        _ = config.blocks("agent_list", required: true, hint: "write - agent_name: \"…\"") { member in
            let name = self.agentName(&member)
            let evaluation = member.block("evaluation_config") { self.evaluation(of: &$0) }
            if member.node(at: "evaluation_config")?.isNull != false {
                context.report(
                    .error, at: member.mark, path: member.path(of: "evaluation_config"),
                    "'evaluation_config' is missing", hint: "write evaluation_config: {metrics: [{metric_name: \"…\"}]}"
                )
            }
            guard let name else { return }
            nodes.append(.init(name: name.value))
            evaluations.append(evaluation ?? Evaluation(metrics: []))
            marks.nodes.append(Located(value: (), mark: name.mark, path: name.path))
            marks.edges.append([])
        }
        let runs = evaluations.map(\.runs)
        return (FlowGraph(nodes: nodes, course: .trials(runs)), .evaluation(evaluations), marks)
    }

    private func evaluation(of block: inout NodeReader) -> Evaluation {
        var names: Set<String> = []
        let hint = "write - metric_name: \"…\", with rubric and scale below it"
        let metrics = block.blocks("metrics", required: true, hint: hint) { block -> Evaluation.Metric? in
            let name = block.text("metric_name", required: true)
            let rubric = block.textOrNothing("rubric")?.value ?? ""
            let scale = self.scale(&block)
            guard let name else { return nil }
            if name.value.isEmpty || !name.value.isOneLine || name.value.unicodeScalars.count > 200 {
                context.report(.error, at: name.mark, path: name.path, "a name has 1…200 characters on one line")
            } else if !names.insert(name.value).inserted {
                context.report(.error, at: name.mark, path: name.path, "a second metric named '\(name.value)'")
            }
            return Evaluation.Metric(name: name.value, rubric: rubric, scale: scale)
        }
        bound(metrics?.count, Evaluation.mostMetrics, "metrics", of: &block)
        let samples = block.blocks("sample_queries", hint: "write - sample: \"…\"") { block -> Evaluation.Sample? in
            let words = block.text("sample", required: true)
            let truth = block.textOrNothing("ground_truth_answer")?.value
            guard let words else { return nil }
            if words.value.allSatisfy(\.isWhitespace) {
                context.report(.error, at: words.mark, path: words.path, "a sample is what the agent is asked")
            }
            return Evaluation.Sample(words: words.value, truth: truth)
        }
        bound(samples?.count, Evaluation.mostSamples, "sample_queries", of: &block)
        return Evaluation(
            metrics: metrics?.compactMap(\.self) ?? [], samples: samples?.compactMap(\.self) ?? [])
    }

    private func bound(_ count: Int?, _ most: Int, _ key: String, of block: inout NodeReader) {
        guard let count, count > most else { return }
        context.report(
            .error, at: block.keyMark(key), path: block.path(of: key), "has more than \(most) entries",
            hint: "leave some out, or write a second evaluation")
    }

    /// `1-5`: the lowest and the highest score.
    private func scale(_ block: inout NodeReader) -> ClosedRange<Int> {
        let standard = 1...5
        guard let text = block.text("scale", recording: "1-5") else { return standard }
        let parts = text.value.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" }
            .map { Int($0.filter { !$0.isWhitespace }) }
        if parts.count == 2, let low = parts[0], let high = parts[1], (0..<high).contains(low), high <= 100 {
            return low...high
        }
        context.report(
            .error, at: text.mark, path: text.path, "'\(text.value)' is no scale",
            hint: "write the lowest and the highest score, within 0…100: \"1-5\"")
        return standard
    }
}
