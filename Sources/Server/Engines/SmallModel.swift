import Foundation
import Network
import ProjectModel
import ProviderKit
import Vendors

/// A small language model on this machine, `Local/Qwen`: a process of its own, which speaks OpenAI's protocol on loopback.
/// `./dev model` starts it and says where it is.
struct SmallModel: Sendable {
    /// nil when none runs on this machine.
    private let engine: OpenAIChat?

    /// - Parameter environment: `LOCAL_LLM_URL` has the address, up to and with its version: `http://127.0.0.1:8091/v1`.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let url = environment["LOCAL_LLM_URL"], url.hasPrefix("http://127.0.0.1:"),
            let client = try? HTTPClient()
        else {
            engine = nil
            return
        }
        let endpoint = OpenAIEndpoint(baseURL: url, key: nil)
        engine = OpenAIChat(
            model: ModelReference.localQwen.model, endpoint: endpoint, client: client, provider: ModelProvider.local)
    }

    /// Why `Local/Qwen` cannot be had; empty when it can.
    var absent: [ModelReference: String] {
        engine == nil ? [.localQwen: "no small model runs on this machine; `./dev model` starts one"] : [:]
    }

    /// The engine of `model`; nil when it is not the small model, or none runs.
    func languageModel(_ model: ModelReference) -> (any LanguageModel)? { model == .localQwen ? engine : nil }
}
