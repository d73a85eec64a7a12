import AudioCore
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Qwen's text-to-speech over DashScope's realtime WebSocket: `Qwen/qwen3-tts-flash-realtime`.
///
/// A session speaks in one voice; sessions are kept for the next sentence in that voice. One whose sentence was broken off
/// is closed, so that late audio can reach nobody.
public final class QwenSynthesizer: SpeechSynthesizer {
    /// `Qwen/…`
    public let name: String
    private let model: String
    private let settings: QwenSettings
    private let firstAudio: @Sendable (Duration) -> Void
    private let sockets: WarmSockets
    private let open: WarmSockets.Opener

    /// The model called `model` at the service that `settings` name.
    /// - Parameter firstAudioDelay: told of each request from its first words sent to its first audio received.
    public init(
        model: String = "qwen3-tts-flash-realtime", settings: QwenSettings, client: WebSocketClient,
        provider: String = "Qwen",
        firstAudioDelay: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        self.model = model
        self.settings = settings
        firstAudio = firstAudioDelay
        name = "\(provider)/\(model)"
        let (provider, key) = (name, settings.key)
        open = { endpoint in
            let url = endpoint.url.prefix { $0 != "#" }
            let headers = endpoint.headers.map { header in header.value.withValue { (name: header.key, value: $0) } }
            let socket = try await client.connect(url: String(url), headers: headers)
            do {
                guard let voice = JSONValue(endpoint.voice.utf8) else { return socket }
                try await QwenSession(socket: socket, provider: provider, key: key).begin(voice)
                return socket
            } catch {
                socket.close()
                throw error
            }
        }
        var keeping = WarmSocketsSettings()
        // The service does not say how long it waits for text; its siblings give up after 23 s.
        keeping.idleLimit = .seconds(20)
        keeping.restAfter = .seconds(60)
        sockets = WarmSockets(keeping, opener: open)
    }

    /// Keeps sessions ready for the voices in use until the task is cancelled.
    public func run() async { await sockets.run() }

    /// Opens a session for `voice` if none is there, so that the first sentence does not wait for it.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func prepare(_ voice: VoiceRequest, sampleRate: Int) async throws {
        let request = SynthesisRequest(text: "", voice: voice, sampleRate: sampleRate)
        try await translated { try await sockets.prepare(endpoint(QwenVoice(request))) }
    }

    /// As the protocol says.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard Resampler.rates.contains(request.sampleRate) else {
            throw ProviderError(.rejected, provider: name, message: "cannot speak at \(request.sampleRate) Hz")
        }
        guard request.text.contains(where: { $0.isLetter || $0.isNumber }) else { return }
        try Task.checkCancellation()
        let voice = QwenVoice(request)
        try await translated {
            switch voice.mode {
            case .commit:
                try await sockets.exchange(endpoint(voice)) { try await speak(request, voice, on: $0, emit) }
            case .serverCommit:
                // Read to its end such a session is over; it is never used again.
                let socket = try await open(endpoint(voice))
                defer { socket.close() }
                try await speak(request, voice, on: socket, emit)
            }
        }
    }

    private func endpoint(_ voice: QwenVoice) -> SocketEndpoint {
        var headers = ["Authorization": settings.key.withValue { Secret("Bearer \($0)") }]
        if let workspace = settings.workspace { headers["X-DashScope-WorkSpace"] = Secret(workspace) }
        return SocketEndpoint(
            url: realtimeURL(settings.baseURL, model: model) + "#" + voice.session.text, headers: headers)
    }

    /// Speaks one request on a session of `voice`.
    private func speak(
        _ request: SynthesisRequest, _ voice: QwenVoice, on socket: WebSocketConnection,
        _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let session = QwenSession(socket: socket, provider: name, key: settings.key)
        do {
            let began = ContinuousClock.now
            try session.send("input_text_buffer.append", ["text": .string(request.text)])
            // At the end of a session the server speaks all that is left and says so; a commit is one response.
            try session.send(voice.mode == .commit ? "input_text_buffer.commit" : "session.finish")
            try await receive(session, voice, request.sampleRate, since: began, emit)
        } catch {
            // Best effort, so that the service stops working for nobody; the socket is closed in any case.
            if !(error is DeadSocket) { try? session.send("response.cancel") }
            throw error
        }
    }

    private func receive(
        _ session: QwenSession, _ voice: QwenVoice, _ sampleRate: Int, since began: ContinuousClock.Instant,
        _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard var resampler = Resampler(from: voice.rate, to: sampleRate) else { return }
        func speak(_ samples: [Int16]) async throws {
            if samples.isEmpty { return }
            try await emit(.audio(AudioChunk(samples: samples, sampleRate: sampleRate)))
        }
        var answered = false
        /// The responses of this request: one in `commit` mode, as many as the server likes in the other.
        var responses: Set<String> = []
        while true {
            let event: RealtimeEvent
            do { event = try await session.next() } catch let dead as DeadSocket where answered {
                // Too late to begin again: somebody has heard a part of it.
                throw ProviderError(dead.ending, provider: name)
            }
            switch event {
            case .responseCreated(let id):
                if voice.mode == .serverCommit || responses.isEmpty { responses.insert(id) }
            case .audio(let id, _, let samples) where responses.contains(id):
                if !answered { firstAudio(.now - began) }
                answered = true
                try await speak(resampler.process(samples))
            case .responseDone(let id, let outcome, _) where responses.contains(id):
                if case .failed(let failure) = outcome {
                    throw RealtimeErrors.error(failure, provider: name, hiding: settings.key)
                }
                if voice.mode == .commit { return try await speak(resampler.finish()) }
            case .sessionFinished: return try await speak(resampler.finish())
            default: break
            }
        }
    }

    /// Makes the network's errors ours.
    private func translated(_ work: () async throws -> Void) async throws {
        do { try await work() } catch let error as NetworkError {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        } catch let dead as DeadSocket {
            throw ProviderError(dead.ending, provider: name)
        }
    }
}

extension SocketEndpoint {
    /// The configuration that a session is opened with: it stands in the fragment, which is not part of what is dialled.
    fileprivate var voice: Substring { url.split(separator: "#", maxSplits: 1).last ?? "" }
}
