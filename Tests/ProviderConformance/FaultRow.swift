import ProviderKit

/// What one fault of one provider comes to: a line of `docs/faults.md`, made from what really happened.
public struct FaultRow: Equatable, Sendable {
    /// What goes wrong.
    public var fault: String
    /// What the caller gets when another engine is next in the chain.
    public var withNext: String
    /// What the caller gets when there is no other.
    public var alone: String
    /// What metrics and log hold for the chain of two, one entry an attempt.
    public var reported: String
    /// Who was asked how often, and for how much, in the chain of two.
    public var cost: String

    /// Describes `fault` of `provider` by the reports of two chains that met it.
    /// - Parameters:
    ///   - withNext: of a chain of the provider and another.
    ///   - alone: of a chain of the provider only.
    public init(fault: String, provider: String, withNext: [ProviderReport], alone: [ProviderReport]) {
        self.fault = fault
        self.withNext = Self.outcome(of: withNext, provider)
        self.alone = Self.outcome(of: alone, provider)
        reported = Self.inTurn(withNext.map { Self.entry($0, provider) })
        cost = Self.cost(of: withNext, provider)
    }

    private static func outcome(of reports: [ProviderReport], _ provider: String) -> String {
        let own = reports.filter { $0.provider == provider }
        let hasBegun = own.contains { $0.outcome != .completed && $0.gave }
        let waited = own.contains { $0.outcome == .failed(.timedOut) }
        let pause = waited ? "after the deadline" : "after a pause"
        guard let last = reports.last, last.outcome == .completed else {
            let rest = hasBegun ? "the beginning, then the failure" : "the failure"
            return rest + (waited ? " after the deadline" : "")
        }
        if last.provider == provider {
            if own.count == 1 { return "everything" }
            return hasBegun ? "the beginning and, \(pause), the rest" : "everything, \(pause)"
        }
        if reports[0].kind == .recognition {
            return "all of it is understood by the next" + (waited ? ", \(pause)" : "")
        }
        if hasBegun { return "the beginning and" + (waited ? ", \(pause)," : "") + " the rest from the next" }
        return "everything from the next" + (waited ? ", \(pause)" : "")
    }

    private static func entry(_ report: ProviderReport, _ provider: String) -> String {
        let outcome =
            switch report.outcome {
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .skipped: "skipped"
            case .failed(let code): "\(code)"
            }
        return "`\(outcome)`" + (report.provider == provider ? "" : " (next)")
    }

    /// `a, a, b` as `2 × a, b`.
    private static func inTurn(_ entries: [String]) -> String {
        var runs: [(entry: String, count: Int)] = []
        for entry in entries {
            if runs.last?.entry == entry { runs[runs.count - 1].count += 1 } else { runs.append((entry, 1)) }
        }
        return runs.map { $0.count == 1 ? $0.entry : "\($0.count) × \($0.entry)" }.joined(separator: ", ")
    }

    private static func cost(of reports: [ProviderReport], _ provider: String) -> String {
        let asked = reports.filter { $0.outcome != .skipped }
        let own = asked.filter { $0.provider == provider }
        let next = asked.filter { $0.provider != provider }
        var parts = ["\(own.count) request\(own.count == 1 ? "" : "s")"]
        if !next.isEmpty {
            let isPart = next[0].kind != .recognition && own.contains { $0.gave }
            parts.append("\(next.count) to the next" + (isPart ? ", for the rest" : ""))
        }
        return parts.joined(separator: ", ")
    }
}

extension ProviderReport {
    /// Whether the caller got something of this attempt.
    fileprivate var gave: Bool {
        switch kind {
        case .generation: characters > 0
        case .synthesis: audioOut > .zero
        case .recognition: false
        }
    }
}
