import Foundation
import ONNXRuntime
import ProviderKit

/// The model, loaded: one for all utterances. Every method blocks and computes; any number of threads may call them.
final class MoonshineNetwork: Sendable {
    private static let vocabulary = 32768
    private static let layers = 6
    private static let (heads, width) = (8, 36)
    private static let (firstToken, lastToken) = (1, 2)

    private let encoder: ModelSession
    private let decoder: ModelSession
    private let tokens: TokenTable
    private let provider: String

    /// Loads the files; takes some tenths of a second.
    /// - Throws: `ProviderError`, which names the file that cannot be used.
    init(_ files: MoonshineFiles, runtime: ModelRuntime, provider: String) throws(ProviderError) {
        self.provider = provider
        if let file = files.missing.first {
            throw ProviderError(
                .rejected, provider: provider, message: "cannot read \(file); `parley models fetch` brings it")
        }
        guard let bytes = FileManager.default.contents(atPath: files.tokens),
            let tokens = TokenTable([UInt8](bytes), count: Self.vocabulary)
        else {
            throw ProviderError(
                .rejected, provider: provider,
                message: "\(files.tokens) cannot be used; `parley models fetch` brings it anew")
        }
        self.tokens = tokens
        encoder = try runtime.load(files.encoder, for: provider)
        decoder = try runtime.load(files.decoder, for: provider)
    }

    /// The words of `samples` (PCM16 mono at 16 kHz; at most half a minute is wise), the likeliest token after the other.
    /// - Throws: `ProviderError`, or `CancellationError` some milliseconds after `stop` is raised.
    func decode(_ samples: [Int16], stop: StopFlag) throws -> Hypothesis {
        let mask = Tensor([Int64](repeating: 1, count: samples.count), shape: [1, samples.count])
        let audio = Tensor(samples.map { Float($0) * (1 / 32768) }, shape: [1, samples.count])
        let features = try self.features(of: ["input_values": audio, "attention_mask": mask], stop: stop)
        var inputs = ["encoder_hidden_states": features, "encoder_attention_mask": mask]
        for name in Self.cacheNames {
            inputs["past_key_values." + name] = Tensor([Float](), shape: [1, Self.heads, 0, Self.width])
        }
        var (spoken, logProbabilities) = ([Int](), [Double]())
        var token = Self.firstToken
        // Nobody says more tokens a second; a model that repeats itself would go on for ever.
        for step in 0..<(samples.count * 7 / 16000 + 4) {
            if stop.isRaised { throw CancellationError() }
            inputs["input_ids"] = Tensor([Int64(token)], shape: [1, 1])
            inputs["use_cache_branch"] = Tensor([step > 0], shape: [1])
            // What the encoder gives to the cache is computed in the first step only.
            let caches = step == 0 ? Self.cacheNames : Self.decoderCacheNames
            let outputs = try decoder.run(inputs, outputs: ["logits"] + caches.map { "present." + $0 })
            for (name, cache) in zip(caches, outputs.dropFirst()) { inputs["past_key_values." + name] = cache }
            guard let best = outputs[0].withFloats(Self.likeliest) ?? nil else {
                throw ProviderError(.rejected, provider: provider, message: "the model gives no tokens; it is another")
            }
            logProbabilities.append(best.logProbability)
            token = best.token
            if token == Self.lastToken { break }
            spoken.append(token)
        }
        return Hypothesis(text: tokens.text(of: spoken), logProbabilities: logProbabilities)
    }

    private func features(of inputs: [String: Tensor], stop: StopFlag) throws -> Tensor {
        do { return try encoder.run(inputs, outputs: ["last_hidden_state"], stop: stop)[0] } catch {
            if stop.isRaised { throw CancellationError() }
            throw error
        }
    }

    /// The likeliest token, and the natural logarithm of its probability; nil for another number of logits.
    private static func likeliest(_ logits: UnsafeBufferPointer<Float>) -> (token: Int, logProbability: Double)? {
        guard logits.count == vocabulary else { return nil }
        var best = 0
        var index = 1
        while index < vocabulary {
            if logits[index] > logits[best] { best = index }
            index += 1
        }
        // What is e^20 times less likely changes nothing.
        let (highest, lowest) = (logits[best], logits[best] - 20)
        var sum = 0.0
        index = 0
        while index < vocabulary {
            if logits[index] > lowest { sum += exp(Double(logits[index] - highest)) }
            index += 1
        }
        return (best, -log(sum))
    }

    private static let decoderCacheNames = cacheNames(of: ["decoder"])
    private static let cacheNames = cacheNames(of: ["decoder", "encoder"])

    private static func cacheNames(of parts: [String]) -> [String] {
        (0..<layers).flatMap { layer in
            parts.flatMap { part in ["key", "value"].map { "\(layer).\(part).\($0)" } }
        }
    }
}
