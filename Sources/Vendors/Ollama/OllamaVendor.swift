import ProjectModel
import ProviderKit
import Telemetry

extension Vendor {
    /// Ollama over its own protocol.
    static let ollama: Vendor = {
        let keepAlive = VendorProfile.Option(
            "keep_alive", variables: ["OLLAMA_KEEP_ALIVE"], meaning: "how long a model stays in memory",
            pattern: #"-?[0-9]{1,9}|-?([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h)){1,4}"#,
            example: "30m, or -1 for ever", standard: "30m")
        var vendor = Vendor(
            VendorProfile(
                "Ollama", models: [.languageModel: "llama3.1:8b"],
                address: .init(
                    "OLLAMA_HOST", schemes: ["http", "https"], example: "127.0.0.1:11434",
                    completion: .init(scheme: "http", port: 11434)),
                key: .init("OLLAMA_API_KEY", .never), options: [keepAlive],
                families: ["llama", "mistral", "gemma", "phi"]))
        vendor.loadsModels = true
        vendor.languageModel = { order in
            guard let url = order.access.baseURL else { return nil }
            var settings = OllamaSettings()
            settings.baseURL = url
            settings.key = order.access.key
            settings.keepAlive = order.access.options["keep_alive"] ?? settings.keepAlive
            let log = order.means.log
            let chat = OllamaChat(
                model: order.model, settings: settings, client: order.means.http, provider: order.provider)
            return Made(LoadingModel(chat, .ahead, clock: order.means.clock) { log.report($0) })
        }
        return vendor
    }()
}
