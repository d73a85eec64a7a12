import ONNXRuntime
import ProviderKit

/// Judges on this machine, with Smart Turn, whether a pause is the end of a turn. It listens to how something is said: the
/// melody of a question, the drawl of somebody who goes on. 23 languages.
public final class SmartTurnJudge: EndOfTurnJudge {
    /// `Local/SmartTurn`
    public static let providerName = "Local/SmartTurn"

    /// `Local/SmartTurn`
    public var name: String { Self.providerName }

    /// 8 s.
    public var window: Int { Features.samples }

    private let model: LoadedOnce<ModelSession>
    private let features = Features()
    private let workers: BlockingWorkers

    /// A judge that loads nothing yet.
    /// - Parameters:
    ///   - model: the file `smart-turn-v3.2-cpu.onnx`.
    ///   - runtime: what runs it.
    ///   - workers: the threads to compute on; a judgement takes one of them for some 50 ms.
    public init(model: String, runtime: ModelRuntime, workers: BlockingWorkers) {
        self.workers = workers
        self.model = LoadedOnce { () throws(ProviderError) in
            try runtime.load(model, for: Self.providerName)
        }
    }

    /// Loads the model ahead of the first pause, and so finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws { _ = try await workers.run { [model] _ in try model.value() } }

    /// How likely it is that the turn is over; see `EndOfTurnJudge`.
    public func judge(_ audio: [Int16]) async throws -> Double {
        try await workers.run { [model, features] stop in
            let session = try model.value()
            let input = Tensor(features.compute(audio), shape: [1, Features.bands, Features.frames])
            let outputs: [Tensor]
            do { outputs = try session.run(["input_features": input], outputs: ["logits"], stop: stop) } catch {
                if stop.isRaised { throw CancellationError() }
                throw error
            }
            // What the model calls logits is a probability already.
            guard let probability = outputs.first?.floats?.first, probability.isFinite else {
                throw ProviderError(
                    .rejected, provider: Self.providerName, message: "the model gives no probability; it is another")
            }
            return Double(min(1, max(0, probability)))
        }
    }
}
