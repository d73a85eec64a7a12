import Agents
import ProjectModel
import ProviderKit

extension Step {
    /// What a wanted call comes to at first.
    struct Called {
        var id: CallID
        /// Under the name that it has in this conversation.
        var call: ToolCall
        /// Its result, if that is known already.
        var result: CallResult?
        /// Whether an earlier draft of the same answer has made the call, and nothing is done.
        var isRepeated = false
    }

    /// Makes a call for `source`, or joins the one that is under way. What a model wants is not believed: what it may not
    /// call is refused here, and arguments are checked by who carries it out.
    /// - Parameter known: what came of the same call in an earlier draft of the same answer.
    mutating func call(
        _ wanted: ToolCall, by source: Attribution, known: (ToolCall) -> CallResult? = { _ in nil }
    ) -> Called {
        var wanted = wanted
        wanted.arguments = veil.uncover(arguments: wanted.arguments)
        if let result = known(wanted) {
            let id = identifiers.call()
            return Called(id: id, call: Self.named(wanted, id), result: result, isRepeated: true)
        }
        if let id = calls.same(as: wanted, by: source.agent) {
            calls.join(id, for: source)
            return Called(id: id, call: Self.named(wanted, id))
        }
        let id = identifiers.call()
        let call = Self.named(wanted, id)
        let use = project.project.agent(named: source.agent)?.tools ?? ToolUse()
        let tool = project.project.tools.first { $0.name == wanted.name && use.tools.contains($0.name) }
        func failed(_ failure: ToolOutcome.Failure, _ message: String) -> Called {
            Called(id: id, call: call, result: CallResult(.failed(failure, message)))
        }
        let order = desk.orders(of: source.response)
        let isOrdered = order.callsTools && order.tools.contains { $0.name == wanted.name }
        guard tool != nil || isOrdered || !use.servers.isEmpty else {
            return failed(.unknownTool, "There is no such tool.")
        }
        guard calls.hasRoom else { return failed(.refused, "Too many calls are under way; wait for their results.") }
        guard call.arguments.utf8.count <= ToolCalls.longestArguments else {
            return failed(.invalidArguments, "The arguments are too long.")
        }
        let invocation = ToolInvocation(key: "", agent: source.agent, tool: call.name, arguments: call.arguments)
        let limit = tool?.timeout ?? (isOrdered ? Self.clientTimeout : Self.serverTimeout)
        let isClients = tool.map(\.isClients) ?? isOrdered
        switch tool?.source {
        case .endCall:
            hangUp()
            return Called(id: id, call: call, result: CallResult(.result("The call ends after what you say now.")))
        case _ where isClients:
            tell(.toolCalled(source, id, tool: call.name, arguments: call.arguments))
            ask(.call(id, invocation, limit: limit, by: .client))
        case .http, .tables, .retriever, .client, nil:
            tell(.toolCalled(source, id, tool: call.name, arguments: nil))
            ask(.call(id, invocation, limit: limit, by: .server))
        }
        calls.begin(
            id,
            ToolCalls.Open(
                source: source, call: call, interruption: tool?.interruption ?? .finish,
                isClients: isClients))
        return Called(id: id, call: call)
    }

    /// A call is over: those who read the history know it from now on.
    /// - Returns: whom it was for, and what a model is told of it; nil when it was taken back.
    mutating func finish(_ id: CallID, _ outcome: ToolOutcome) -> (source: Attribution, result: CallResult)? {
        guard let open = calls.finish(id) else { return nil }
        tell(.toolFinished(open.source, id, tool: open.call.name, status: outcome.status))
        let asks = open.wasInterrupted && open.interruption == .ask
        var result = CallResult(outcome)
        if asks { result.text += ToolOutcome.isStillWanted }
        past.settle(open.call, result.text)
        return (open.source, result)
    }

    /// An answer was cut short: those of its calls that are to be taken back are.
    mutating func interruptCalls(of response: ResponseID) {
        for (id, open) in calls.interrupt(response) {
            ask(.cancelCall(id))
            tell(
                .toolFinished(
                    open.source, id, tool: open.call.name, status: ToolOutcome.Failure.cancelled.rawValue))
            past.settle(open.call, ToolOutcome.takenBack)
        }
    }

    /// How long a tool of a server may take.
    private static let serverTimeout: Duration = .seconds(60)

    /// How long a client may take that has brought its own tool. It may ask a person.
    private static let clientTimeout: Duration = .seconds(600)

    /// Its provider's id may come twice in a conversation. This one does not, and fits the servers that want nine letters
    /// and digits.
    private static func named(_ call: ToolCall, _ id: CallID) -> ToolCall {
        let digits = String(id.number)
        var call = call
        call.id = "call" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return call
    }
}
