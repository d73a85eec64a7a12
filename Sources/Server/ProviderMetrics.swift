import AudioCore
import ProjectModel
import ProviderKit
import Session
import Telemetry

/// What is counted and measured of providers: each attempt once, when it is over.
extension ConversationMetrics {
    /// An attempt at a provider is over.
    /// - Parameter prices: of the project whose conversation it was made for.
    func count(_ report: ProviderReport, prices: PriceTable) {
        let (provider, kind) = (report.provider, report.kind.rawValue)
        metrics.counter(
            "parley_provider_requests_total", help: "Attempts at providers, by what came of them.",
            labels: ["provider": provider, "kind": kind, "outcome": report.outcome.label]
        ).increment()
        if let firstPiece = report.firstPiece {
            metrics.histogram(
                "parley_provider_first_piece_seconds", help: "From a request to the provider's first piece.",
                labels: ["provider": provider, "kind": kind]
            ).observe(firstPiece)
        }
        guard report.isCharged else { return }
        if report.characters > 0 {
            metrics.counter(
                "parley_provider_characters_total", help: "Characters that providers spoke or wrote.",
                labels: ["provider": provider, "kind": kind]
            ).increment(by: report.characters)
        }
        if let tokens = report.tokens {
            for (direction, count) in [("input", tokens.input), ("output", tokens.output)] {
                metrics.counter(
                    "parley_provider_tokens_total", help: "Tokens, as language models counted them.",
                    labels: ["provider": provider, "direction": direction]
                ).increment(by: count)
            }
        }
        let audio = report.kind == .recognition ? report.audioIn : report.audioOut
        if audio > .zero {
            metrics.counter(
                "parley_provider_audio_milliseconds_total", help: "Length of the audio that providers heard or spoke.",
                labels: ["provider": provider, "kind": kind]
            ).increment(by: Int(audio.milliseconds.rounded()))
        }
        if let cost = prices.cost(of: report), cost > 0 {
            metrics.counter(
                "parley_provider_cost_millionths_total",
                help: "An estimate of what providers cost, in millionths of the currency.",
                labels: ["provider": provider, "kind": kind, "currency": prices.currency]
            ).increment(by: Int((cost * 1e6).rounded()))
        }
    }
}

extension ProviderReport.Outcome {
    /// `completed`, `cancelled`, `skipped`, or the code of the failure.
    fileprivate var label: String {
        switch self {
        case .completed: "completed"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        case .failed(let code): code.description
        }
    }
}
