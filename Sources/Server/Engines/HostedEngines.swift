import AzureProvider
import DeepgramProvider
import ElevenLabsProvider
import Network
import OllamaProvider
import OpenAIProvider
import ProjectModel
import ProviderKit
import QwenProvider
import RealtimeProvider
import Telemetry

/// Makes the engines of hosted providers, each with what gets it ready and keeps it so.
struct HostedEngines: Sendable {
    /// An engine and the care that it needs.
    struct Kept<Engine: Sendable>: Sendable {
        var engine: Engine
        /// Opens connections for this voice, or in this language, ahead of their first use.
        var warm: @Sendable (VoiceRequest, _ sampleRate: Int) async -> Void = { _, _ in }
        /// Runs as long as the engine is to be used; nil when it needs no care.
        var run: (@Sendable () async -> Void)?
    }

    private let access: ProviderAccess
    private let clock: ChainClock
    private let log: Log
    private let http: HTTPClient
    private let sockets: WebSocketClient

    /// Engines for what `access` allows. Connections are opened when they are needed.
    /// - Throws: `NetworkError` when the threads of the network cannot be started.
    init(access: ProviderAccess, clock: ChainClock = .continuous, log: Log = .none) throws {
        (self.access, self.clock, self.log) = (access, clock, log)
        http = try HTTPClient()
        var limits = NetworkLimits()
        // A vendor may send the speech of a long sentence, base64 and all, in one message.
        limits.maxMessageBytes = 16 << 20
        sockets = try WebSocketClient(limits: limits)
    }

    /// The recogniser called `model`; nil when the server has no credentials for it, or the provider none such.
    func recognizer(_ model: ModelReference) -> Kept<any SpeechRecognizer>? {
        switch model.knownProvider {
        case .deepgram:
            guard let (url, key) = keyed(model) else { return nil }
            var settings = DeepgramSettings(key: key)
            settings.baseURL = url
            let engine = DeepgramRecognizer(model: model.model, settings: settings, client: sockets)
            return Kept(
                engine: engine, warm: { voice, _ in try? await engine.prepare(language: voice.language) },
                run: { await engine.run() })
        case .azure:
            guard let (endpoints, key) = azure() else { return nil }
            let engine = AzureRecognizer(model: model.model, endpoints: endpoints, key: key, client: sockets)
            return Kept(
                engine: engine, warm: { voice, _ in try? await engine.prepare(language: voice.language) },
                run: { await engine.run() })
        case .openAI:
            guard let endpoint = openAI() else { return nil }
            let engine = OpenAITranscriber(model: model.model, endpoint: endpoint, client: http)
            return Kept(engine: engine, warm: { _, _ in await engine.prepare() })
        default: return nil
        }
    }

    /// The synthesiser called `model`; nil as above.
    func synthesizer(_ model: ModelReference) -> Kept<any SpeechSynthesizer>? {
        switch model.knownProvider {
        case .elevenLabs:
            guard let (url, key) = keyed(model) else { return nil }
            var settings = ElevenLabsSettings(key: key)
            settings.baseURL = url
            if ElevenLabsHTTPSynthesizer.isOnlyWay(to: model.model) {
                let engine = ElevenLabsHTTPSynthesizer(model: model.model, settings: settings, client: http)
                return Kept(engine: engine, warm: { _, _ in await engine.prepare() })
            }
            let engine = ElevenLabsSynthesizer(model: model.model, settings: settings, client: sockets)
            return Kept(
                engine: engine, warm: { voice, rate in try? await engine.prepare(voice: voice, sampleRate: rate) },
                run: { await engine.run() })
        case .azure:
            guard let (endpoints, key) = azure() else { return nil }
            let engine = AzureSynthesizer(model: model.model, endpoints: endpoints, key: key, client: sockets)
            return Kept(engine: engine, warm: { _, _ in try? await engine.prepare() }, run: { await engine.run() })
        case .qwen:
            guard let (url, key) = keyed(model) else { return nil }
            let engine = QwenSynthesizer(
                model: model.model, settings: QwenSettings(key: key, baseURL: url), client: sockets)
            return Kept(
                engine: engine, warm: { voice, rate in try? await engine.prepare(voice, sampleRate: rate) },
                run: { await engine.run() })
        case .openAI:
            guard let endpoint = openAI() else { return nil }
            let engine = OpenAIVoice(model: model.model, endpoint: endpoint, client: http)
            return Kept(engine: engine, warm: { _, _ in await engine.prepare() })
        default: return nil
        }
    }

    /// The language model called `model`; nil as above.
    func languageModel(_ model: ModelReference) -> Kept<any LanguageModel>? {
        switch model.knownProvider {
        case .openAI:
            guard let endpoint = openAI() else { return nil }
            let engine = OpenAIChat(model: model.model, endpoint: endpoint, client: http)
            return Kept(engine: engine, warm: { _, _ in await engine.prepare() })
        case .azureOpenAI:
            guard let (url, key) = keyed(model) else { return nil }
            let endpoint = OpenAIEndpoint(azureResource: url, apiVersion: access.azureOpenAIVersion, key: key)
            let engine = OpenAIChat(model: model.model, endpoint: endpoint, client: http, provider: model.provider)
            return Kept(engine: engine, warm: { _, _ in await engine.prepare() })
        case .ollama:
            guard case .url(let url) = access.endpoint(of: model.provider)?.place else { return nil }
            var settings = OllamaSettings()
            settings.baseURL = url
            settings.keepAlive = access.ollamaKeepAlive ?? settings.keepAlive
            let log = log.with(["model": .name(model.description)])
            let engine = OllamaChat(model: model.model, settings: settings, client: http, clock: clock) {
                log.report($0)
            }
            return Kept(
                engine: engine, warm: { _, _ in await engine.prepare() }, run: { await engine.run() })
        default: return nil
        }
    }

    /// The speech-to-speech model called `model`; nil as above.
    func speechToSpeech(_ model: ModelReference) -> (any SpeechToSpeechModel)? {
        guard model.isSpeechToSpeech, let endpoint = access.endpoint(of: model.provider),
            case .url(let url) = endpoint.place
        else { return nil }
        let dialect: RealtimeDialect = model.knownProvider == .qwen ? .qwen : .openAI
        return RealtimeModel(
            model: model.model, settings: RealtimeSettings(dialect, key: endpoint.key, baseURL: url), client: sockets)
    }

    private func keyed(_ model: ModelReference) -> (url: String, key: Secret)? {
        guard let endpoint = access.endpoint(of: model.provider), case .url(let url) = endpoint.place,
            let key = endpoint.key
        else { return nil }
        return (url, key)
    }

    private func openAI() -> OpenAIEndpoint? {
        guard let endpoint = access.endpoint(of: "OpenAI"), case .url(let url) = endpoint.place else { return nil }
        return OpenAIEndpoint(baseURL: url, key: endpoint.key)
    }

    private func azure() -> (AzureEndpoints, Secret)? {
        guard let endpoint = access.endpoint(of: "Azure"), let key = endpoint.key else { return nil }
        switch endpoint.place {
        case .url(let url): return (AzureEndpoints(host: url), key)
        case .region(let region): return AzureEndpoints(region: region).map { ($0, key) }
        }
    }
}

extension Log {
    /// What became of a load, as a line.
    fileprivate func report(_ loading: ModelLoading) {
        switch loading {
        case .began: info("the model is being loaded; requests wait for it")
        case .finished(let time): info("the model is loaded", ["took": .duration(time)])
        case .failed(let error): warning("the model cannot be loaded", ["reason": .name(error.message)])
        }
    }
}
