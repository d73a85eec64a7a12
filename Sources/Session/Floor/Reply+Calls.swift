import Agents
import FlowGraph
import ProjectModel
import ProviderKit

/// Tools that the members of a reply call.
extension Reply {
    /// A member's model wants a tool called.
    mutating func call(_ wanted: ToolCall, for part: Work.Part, step: inout Step) {
        guard case .answer(let node) = part, let member = members[node], member.isDrafting,
            let source = member.source, member.tools.rounds.count < member.speaker.writer.toolUse.maxSteps
        else { return }
        members[node]?.want(step.call(wanted, by: source) { member.tools.result(of: $0) })
    }

    /// The calls without whose results nothing of it goes on; none while anything does.
    var awaited: [CallID] {
        let working = members.values.filter(\.isWriting)
        guard judging.isEmpty, !working.contains(where: \.tools.awaited.isEmpty) else { return [] }
        return working.flatMap { $0.tools.awaited.map(\.id) }.sorted()
    }

    /// A call is over.
    mutating func receive(_ result: CallResult, for id: CallID, step: inout Step) {
        for node in plan.nodes.map(\.id) where members[node]?.receive(result, for: id) == .goOn {
            goOn(node, step: &step)
        }
        drain()
    }

    /// A member's model has written all that it writes for now.
    /// - Returns: whether it goes on later, with the results of what it has called.
    mutating func calls(of node: String, step: inout Step) -> Bool {
        switch members[node]?.endRound() {
        case .nothing, nil: return false
        case .wait: members[node]?.endSentence(step: &step)
        case .goOn:
            members[node]?.endSentence(step: &step)
            goOn(node, step: &step)
        }
        if members[node]?.isReady == true { floor.ready(node) }
        return true
    }

    private mutating func goOn(_ node: String, step: inout Step) {
        guard let member = members[node] else { return }
        if case .calling(let brief) = member.stage { return called(node, brief, step: &step) }
        guard case .writing(let brief) = member.stage else { return }
        members[node]?.goOn()
        let work = Work(response: response, part: .answer(node: node))
        step.write(
            work, brief, with: member.speaker.writer, after: member.tools.rounds,
            revising: member.reviews.reflection?.revision)
    }
}
