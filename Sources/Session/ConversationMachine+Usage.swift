import ProjectModel
import ProviderKit

/// What providers did for a turn: counted by response, told when the response is over and all of them have reported.
extension ConversationMachine {
    /// What a report is about.
    enum Source: Equatable, Sendable {
        /// A generation or synthesis for that response.
        case response(ResponseID)
        /// An utterance or a filler: it belongs to the turn that is answered, or else to the next.
        case turn
    }

    /// The attempts that one request to a chain came to; every generation and synthesis reports exactly once.
    mutating func used(_ reports: [ProviderReport], by source: Source) -> [Action] {
        let id: ResponseID
        switch (source, answering) {
        case (.response(let response), _):
            id = response
            usage[id]?.pending -= 1
        case (.turn, .open(let open)): id = open.work
        case (.turn, _):
            let room = max(Self.unassignedReports - unassigned.count, 0)
            unassigned += reports.prefix(room)
            return []
        }
        return count(reports, for: id) + tellUsage(of: id)
    }

    /// A response begins: what was done before for its turn is its own.
    mutating func beginUsage(of id: ResponseID) -> [Action] {
        usage[id] = UsageTally()
        defer { unassigned = [] }
        return count(unassigned, for: id)
    }

    /// A response is over.
    mutating func endUsage(of id: ResponseID) -> [Action] {
        usage[id]?.isClosed = true
        return tellUsage(of: id)
    }

    private mutating func count(_ reports: [ProviderReport], for id: ResponseID) -> [Action] {
        guard let change = usage[id]?.add(reports, prices: project.prices) else { return [] }
        let message = "\(change.failed) failed; \(change.instead) took over"
        return [.send(.warning(BadInput(code: "provider_failover", message: message)))]
    }

    private mutating func tellUsage(of id: ResponseID) -> [Action] {
        guard let tally = usage[id], tally.isClosed, tally.pending <= 0 else { return [] }
        usage[id] = nil
        if tally.providers.isEmpty { return [] }
        return [
            .send(
                .turnUsage(
                    TurnUsage(
                        response: responseName(id), providers: tally.providers, currency: project.prices.currency)))
        ]
    }
}
