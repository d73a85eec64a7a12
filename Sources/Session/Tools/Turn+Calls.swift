import ProviderKit

extension Turn {
    /// A call of a tool is over. The answer that wants it goes on; without one, its result stands in the history.
    mutating func finish(_ id: CallID, _ outcome: ToolOutcome, _ step: inout Step) {
        guard let (source, result) = step.finish(id, outcome), answer?.id == source.response else { return }
        changeAnswer { $0.receive(result, for: id, step: &step) }
    }

    /// The client tells what came of a call.
    /// - Returns: whether that was awaited of it.
    mutating func takeClientsResult(_ outcome: ToolOutcome, of id: CallID, _ step: inout Step) -> Bool {
        guard step.calls.isClients(id) else { return false }
        step.ask(.cancelCall(id))
        finish(id, outcome, &step)
        return true
    }
}

extension Answer {
    /// A call is over, and a model is told that of it.
    mutating func receive(_ result: CallResult, for call: CallID, step: inout Step) {
        whileReplying(step: &step) { $0.receive(result, for: call, step: &$1) }
    }
}
