import ProjectModel
import ProviderKit

/// What one provider did for one turn.
public struct ProviderUsage: Codable, Equatable, Sendable {
    /// The provider and model as projects write them.
    public var provider: String
    /// What it was asked to do: `recognition`, `generation` or `synthesis`.
    public var kind: String
    /// How often it was asked.
    public var attempts = 0
    /// How often it failed, or was left alone because it has failed too often.
    public var failures = 0
    /// From the first request to its first piece (TTFT, TTFB, the first transcript); nil when nothing came.
    public var firstPiece: Duration?
    /// How long it worked, all requests together, without the time in which it was held up.
    public var busy: Duration = .zero
    /// Characters that it spoke or wrote.
    public var characters = 0
    /// Tokens of requests, as far as it told.
    public var inputTokens = 0
    /// Tokens of answers, as far as it told.
    public var outputTokens = 0
    /// Audio that it heard or spoke.
    public var audio: Duration = .zero
    /// An estimate, in the currency of the project's price table; nil when the table has no price for it.
    public var cost: Double?

    /// Nothing so far.
    public init(provider: String, kind: String) {
        self.provider = provider
        self.kind = kind
    }
}

/// What one turn took of all providers.
public struct TurnUsage: Codable, Equatable, Sendable {
    /// The response that answered the turn, the first when it was interrupted and went on as another.
    public var response: ResponseID
    /// Each provider once for each kind of work, in the order in which they came.
    public var providers: [ProviderUsage]
    /// Of the costs; three capital letters.
    public var currency: String

    /// What one turn took.
    public init(response: ResponseID, providers: [ProviderUsage], currency: String) {
        self.response = response
        self.providers = providers
        self.currency = currency
    }

    /// What is known of the costs together; nil when nothing is.
    public var cost: Double? {
        let known = providers.compactMap(\.cost)
        return known.isEmpty ? nil : known.reduce(0, +)
    }
}

extension PriceTable {
    /// An estimate of what one attempt costs; nil when there is no price for its model. An engine that refused costs nothing.
    /// Where a language model told no token counts, because it was cut off or never does, its output counts as a token for
    /// every four characters, and its input is left out.
    public func cost(of report: ProviderReport) -> Double? {
        guard let model = ModelReference(report.provider), let price = self[model] else { return nil }
        guard report.isCharged else { return 0 }
        return switch report.kind {
        case .recognition: price.cost(audio: report.audioIn)
        case .synthesis: price.cost(characters: report.characters, audio: report.audioOut)
        case .generation:
            price.cost(
                inputTokens: report.tokens?.input ?? 0,
                outputTokens: report.tokens?.output ?? (report.characters + 3) / 4)
        }
    }
}

/// Adds up what one turn takes of providers. Pure.
struct UsageTally: Equatable, Sendable {
    /// One engine that took over from another.
    struct Failover: Equatable, Sendable {
        var failed: String
        var instead: String
    }

    private(set) var providers: [ProviderUsage] = []
    /// Works that have begun and not yet reported.
    var pending = 0
    /// Whether the response is over.
    var isClosed = false
    private var hasFailedOver = false

    /// Counts the attempts of one request.
    /// - Returns: who took over from whom, the first time in the turn.
    mutating func add(_ reports: [ProviderReport], prices: PriceTable) -> Failover? {
        for report in reports { add(report, cost: prices.cost(of: report)) }
        guard !hasFailedOver, let first = reports.first, let last = reports.last, first.provider != last.provider,
            last.outcome == .completed || last.firstPiece != nil
        else { return nil }
        hasFailedOver = true
        return Failover(failed: first.provider, instead: last.provider)
    }

    private mutating func add(_ report: ProviderReport, cost: Double?) {
        let known = providers.firstIndex { $0.provider == report.provider && $0.kind == report.kind.rawValue }
        let index = known ?? providers.count
        if known == nil { providers.append(ProviderUsage(provider: report.provider, kind: report.kind.rawValue)) }
        if report.outcome != .skipped { providers[index].attempts += 1 }
        if report.isFailure { providers[index].failures += 1 }
        if providers[index].firstPiece == nil { providers[index].firstPiece = report.firstPiece }
        providers[index].busy += report.total - report.held
        if let cost { providers[index].cost = (providers[index].cost ?? 0) + cost }
        guard report.isCharged else { return }
        providers[index].characters += report.characters
        providers[index].inputTokens += report.tokens?.input ?? 0
        providers[index].outputTokens += report.tokens?.output ?? 0
        providers[index].audio += report.kind == .recognition ? report.audioIn : report.audioOut
    }
}

extension ProviderReport {
    /// Whether the engine did not do what it was asked to.
    var isFailure: Bool {
        switch outcome {
        case .failed, .skipped: true
        case .completed, .cancelled: false
        }
    }
}
