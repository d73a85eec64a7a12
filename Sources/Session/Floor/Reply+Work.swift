import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// Members that call something before they say a word: executors, whose answer is the result, and agents that look up what
/// they answer from.
extension Reply {
    mutating func callFirst(_ brief: Brief, of node: String, _ source: Attribution, step: inout Step) {
        guard let speaker = members[node]?.speaker else { return }
        members[node]?.beginCalling(brief, source: source)
        switch speaker.work {
        case .call(let executor):
            let arguments = step.arguments(for: executor, brief, speaker.writer.memory)
            members[node]?.want(step.call(ToolCall(id: "", name: executor.tool, arguments: arguments), by: source))
        case .lookUp(let research):
            if let depth = research.depth {
                return self.research(research, depth, brief, of: node, source, step: &step)
            }
            let arguments = LookupPrompt.arguments(for: brief.callerWords)
            for tool in research.tools {
                members[node]?.want(step.call(ToolCall(id: "", name: tool, arguments: arguments), by: source))
            }
        case .answer, .ask, .choose, .report, .summarize, .collect, .say: break
        }
        endFirstRound(brief, of: node, step: &step)
    }

    /// All that a member calls before it goes on has left. What cannot be called at all has its result at once.
    mutating func endFirstRound(_ brief: Brief, of node: String, step: inout Step) {
        switch members[node]?.endRound() {
        case .goOn: called(node, brief, step: &step)
        case .nothing: failed(node, step: &step)
        case .wait, nil: break
        }
    }

    /// All that a member has called first has come.
    mutating func called(_ node: String, _ brief: Brief, step: inout Step) {
        guard let member = members[node], let source = member.source else { return }
        let results = member.tools.calls.compactMap(\.result)
        switch member.speaker.work {
        case .call:
            guard let answer = results.first.flatMap({ ExecutorAnswer.text(of: $0.outcome) }) else {
                return failed(node, step: &step)
            }
            members[node]?.answer(with: answer, step: &step)
            finish(.answer(node: node), step: &step)
        case .lookUp(let research) where research.depth != nil: looked(node, step: &step)
        case .lookUp(let research):
            var brief = brief
            let names = member.tools.calls.map(\.call.name)
            brief.finding = LookupPrompt.finding(
                zip(names, results.map(\.outcome)).map { ($0, $1) }, for: brief.callerWords,
                selection: research.selection)
            write(brief, of: node, source, step: &step)
        case .answer, .ask, .choose, .report, .summarize, .collect, .say: break
        }
    }
}

extension Speaker.Work {
    /// What an agent of that program does when its turn comes.
    init(_ agent: Agent?) {
        switch agent?.program {
        case .executor(let executor): self = .call(executor)
        case .research(let research): self = .lookUp(research)
        case .human(let inquiry): self = .ask(inquiry)
        default: self = .answer
        }
    }
}

extension Step {
    /// What an executor is told.
    func arguments(for executor: Executor, _ brief: Brief, _ memory: PromptMemory) -> String {
        let brief = values.filled(brief)
        let known = memory.variables.map { variable in
            PromptMemory.Variable(name: variable.name, value: past.variables[variable.name] ?? variable.value)
        }
        return ExecutorRequest(
            brief, settings: executor.settings,
            history: executor.isToldHistory ? history.keeping(answersOf: memory.answersOf) : nil,
            earlier: memory.holdsRelevant ? past.relevant : nil, variables: values.current(known),
            date: executor.isToldDate ? time : nil
        ).arguments(as: executor.argument)
    }
}
