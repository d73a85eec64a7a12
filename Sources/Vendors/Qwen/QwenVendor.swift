import ProjectModel
import ProviderKit

extension Vendor {
    /// Qwen's speech models at DashScope.
    static let qwen: Vendor = {
        let workspace = VendorProfile.Option(
            "workspace", variables: ["DASHSCOPE_WORKSPACE"],
            meaning: "the workspace that pays, if not the key's own; for text-to-speech",
            pattern: "[A-Za-z0-9_-]{1,100}", example: "llm-abc123")
        var profile = VendorProfile(
            "Qwen",
            models: [.synthesizer: "qwen3-tts-flash-realtime", .speechToSpeech: "qwen3-omni-flash-realtime"],
            address: .init(
                "DASHSCOPE_BASE_URL", standard: QwenSettings.defaultURL, schemes: VendorProfile.Address.sockets,
                example: "wss://dashscope-intl.aliyuncs.com/api-ws/v1"),
            key: .init("DASHSCOPE_API_KEY"), options: [workspace],
            speechToSpeech: NamePattern(with: ["realtime", "omni"]), families: ["qwen3-tts", "qwen3-omni"],
            remark: "DashScope")
        profile.reservesSpeechToSpeechNames = true
        profile.published = NamePattern(without: ["realtime"])
        var vendor = Vendor(profile)
        vendor.synthesizer = { order in
            guard let url = order.access.baseURL, let key = order.access.key else { return nil }
            let settings = QwenSettings(key: key, baseURL: url, workspace: order.access.options["workspace"])
            let engine = QwenSynthesizer(
                model: order.model, settings: settings, client: order.means.sockets, provider: order.provider)
            return Made(
                engine, warm: { voice, rate in try? await engine.prepare(voice, sampleRate: rate) },
                run: { await engine.run() })
        }
        vendor.speechToSpeech = { order in RealtimeModel(order, dialect: .qwen).map { Made($0) } }
        return vendor
    }()
}
