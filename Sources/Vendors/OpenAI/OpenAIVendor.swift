import ProjectModel
import ProviderKit

extension Vendor {
    /// OpenAI, and every server that speaks its protocol.
    static let openAI: Vendor = {
        var profile = VendorProfile(
            "OpenAI",
            models: [
                .recognizer: "gpt-4o-transcribe", .synthesizer: "gpt-4o-mini-tts", .languageModel: "gpt-4.1-mini",
                .speechToSpeech: "gpt-realtime",
            ],
            address: .init(
                "OPENAI_BASE_URL", standard: "https://api.openai.com/v1", schemes: VendorProfile.Address.web,
                example: "http://gpu:8000/v1"),
            key: .init("OPENAI_API_KEY", .atStandardAddress),
            // A further slash, as model hubs have it, speaks of a language model.
            speechToSpeech: NamePattern(with: ["realtime"], without: ["/"]),
            families: ["gpt-", "o1", "o3", "o4", "whisper-", "tts-"],
            remark: "OpenAI and every compatible server (vLLM, llama.cpp, …)")
        profile.servesForeignModels = true
        profile.speechToSpeechHasNoSampling = true
        var vendor = Vendor(profile)
        vendor.recognizer = { order in
            guard let endpoint = OpenAIEndpoint(order.access) else { return nil }
            let engine = OpenAITranscriber(
                model: order.model, endpoint: endpoint, client: order.means.http, provider: order.provider)
            return Made(engine, warm: { _, _ in await engine.prepare() })
        }
        vendor.synthesizer = { order in
            guard let endpoint = OpenAIEndpoint(order.access) else { return nil }
            let engine = OpenAIVoice(
                model: order.model, endpoint: endpoint, client: order.means.http, provider: order.provider)
            return Made(engine, warm: { _, _ in await engine.prepare() })
        }
        vendor.languageModel = { order in
            guard let endpoint = OpenAIEndpoint(order.access) else { return nil }
            let engine = OpenAIChat(
                model: order.model, endpoint: endpoint, client: order.means.http, provider: order.provider)
            if endpoint.isOpenAI { return Made(engine, warm: { _, _ in await engine.prepare() }) }
            // A compatible server may run on a machine that loads a model at its first request.
            let log = order.means.log
            return Made(LoadingModel(engine, .afterSilence, clock: order.means.clock) { log.report($0) })
        }
        vendor.speechToSpeech = { order in RealtimeModel(order, dialect: .openAI).map { Made($0) } }
        return vendor
    }()
}

extension OpenAIEndpoint {
    fileprivate init?(_ access: Vendor.Access) {
        guard let url = access.baseURL else { return nil }
        self.init(baseURL: url, key: access.key)
    }
}

extension RealtimeModel {
    /// The model that was ordered; nil without an address.
    init?(_ order: Vendor.Order, dialect: RealtimeDialect) {
        guard let url = order.access.baseURL else { return nil }
        self.init(
            model: order.model, settings: RealtimeSettings(dialect, key: order.access.key, baseURL: url),
            client: order.means.sockets, provider: order.provider)
    }
}
