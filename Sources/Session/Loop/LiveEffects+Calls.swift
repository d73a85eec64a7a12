import ProjectModel
import ProviderKit

/// Calls of tools beside the loop.
extension LiveEffects {
    /// Who knows which tools the servers of an agent offer now; nil when it has no servers. The project's own tools stand in
    /// the request already.
    func toolServers(for work: Work, _ agent: String) -> (any ToolExecutor)? {
        guard case .answer = work.part, project.agent(named: agent)?.tools.servers.isEmpty == false else { return nil }
        return engines.tools
    }

    /// Has a call carried out within `limit`.
    func call(_ id: CallID, _ invocation: ToolInvocation, limit: Duration, by carrier: ToolCarrier) {
        let (tools, mailbox, clock) = (engines.tools, mailbox, clock)
        var invocation = invocation
        // Unique for all time, and the same whenever this conversation asks for this call.
        invocation.key = id.name(in: conversation)
        jobs.start(.call(id)) { [invocation] in
            let outcome = await withTaskGroup(of: ToolOutcome.self) { group in
                defer { group.cancelAll() }
                if carrier == .server {
                    group.addTask {
                        await tools?.call(invocation) ?? .failed(.unavailable, "No tools can be called here.")
                    }
                }
                group.addTask {
                    try? await clock.sleep(clock.now() + limit)
                    return .failed(.timedOut, "No result came in time. Whether it was carried out is not known.")
                }
                return await group.next()
            }
            guard let outcome, !Task.isCancelled else { return }
            await mailbox.send(.input(.engine(.toolDone(id, outcome))))
        }
    }
}
