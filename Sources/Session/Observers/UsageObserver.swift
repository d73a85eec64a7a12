import ProjectModel
import ProviderKit

/// What providers did for each turn: watches what is asked for and what is reported, and tells when a response is over and
/// all of its engines have reported. Decides nothing.
struct UsageObserver: Sendable {
    /// So many attempts at providers are remembered before a response takes them up.
    static let unassignedReports = 100

    private let prices: PriceTable
    private var open: ResponseID?
    private var tallies: [ResponseID: UsageTally] = [:]
    /// What was done for a turn that no response answers yet.
    private var unassigned: [ProviderReport] = []

    init(prices: PriceTable) { self.prices = prices }

    /// Whether the usage of every response has been told.
    var isSettled: Bool { tallies.isEmpty }

    /// Looks at what was decided.
    /// - Returns: what the client is told of it.
    mutating func observe(_ outputs: [Output]) -> [Output] {
        var told: [Output] = []
        for output in outputs {
            switch output {
            case .tell(.responseStarted(let id)):
                open = id
                tallies[id] = UsageTally()
                told += count(unassigned, for: id)
                unassigned = []
            case .tell(.responseDone(let id, _)):
                if open == id { open = nil }
                tallies[id]?.isClosed = true
                told += tell(id)
            case .request(.write(let work, _, _)), .request(.converse(let work, _, _, _)):
                tallies[work.response]?.pending += 1
            case .request(.synthesize(_, _, for: let id?)): tallies[id]?.pending += 1
            default: break
            }
        }
        return told
    }

    /// The attempts that one request to a chain came to; every generation and synthesis reports exactly once.
    mutating func receive(_ reports: [ProviderReport], for response: ResponseID?) -> [Output] {
        if let response { tallies[response]?.pending -= 1 }
        guard let id = response ?? open else {
            unassigned += reports.prefix(max(Self.unassignedReports - unassigned.count, 0))
            return []
        }
        return count(reports, for: id) + tell(id)
    }

    private mutating func count(_ reports: [ProviderReport], for id: ResponseID) -> [Output] {
        guard let change = tallies[id]?.add(reports, prices: prices) else { return [] }
        let message = "\(change.failed) failed; \(change.instead) took over"
        return [.tell(.warning(BadInput(code: "provider_failover", message: message)))]
    }

    private mutating func tell(_ id: ResponseID) -> [Output] {
        guard let tally = tallies[id], tally.isClosed, tally.pending <= 0 else { return [] }
        tallies[id] = nil
        if tally.providers.isEmpty { return [] }
        return [
            .tell(.turnUsage(TurnUsage(response: id, providers: tally.providers, currency: prices.currency)))
        ]
    }
}
