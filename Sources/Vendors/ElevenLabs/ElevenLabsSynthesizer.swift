import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// ElevenLabs' voices over its multi-context WebSocket, with the times of the words.
///
/// One socket speaks one utterance at a time, each in a context of its own, and is kept for the next. An utterance that is
/// cancelled has its context closed; what still comes of it is dropped by the next user of the socket.
public final class ElevenLabsSynthesizer: SpeechSynthesizer {
    /// `ElevenLabs/eleven_turbo_v2_5`
    public let name: String
    private let model: String
    private let settings: ElevenLabsSettings
    private let failure: ElevenLabsFailure
    private let contexts = Mutex(0)
    /// The sockets, for who counts them.
    public let sockets: WarmSockets

    /// Voices with one of ElevenLabs' models. `client` should take messages of several mebibytes: ElevenLabs may send a
    /// whole sentence in one.
    public init(
        model: String = "eleven_turbo_v2_5", settings: ElevenLabsSettings, client: WebSocketClient,
        provider: String = "ElevenLabs"
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.settings = settings
        failure = ElevenLabsFailure(provider: name, key: settings.key)
        var care = WarmSocketsSettings()
        // Below the 180 s of `inactivity_timeout`.
        care.idleLimit = .seconds(150)
        care.farewell = ContextMessage.closeSocket
        sockets = WarmSockets(care, client: client)
    }

    /// Opens a socket for a voice, so that the first utterance finds one.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func prepare(voice: VoiceRequest, sampleRate: Int) async throws {
        let endpoint = try endpoint(SynthesisRequest(text: "", voice: voice, sampleRate: sampleRate))
        try await translating { try await sockets.prepare(endpoint) }
    }

    /// Keeps sockets ready and alive until the task is cancelled. For one caller, once.
    public func run() async { await sockets.run() }

    /// Speaks `request.text`; see `SpeechSynthesizer`. Words come just before the audio in which they end.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        // Impossible rates are told before anything is sent.
        _ = try SpeechAssembly(request, origin: .chunk, provider: name)
        guard request.isSpeakable else { return }
        let endpoint = try endpoint(request)
        try await translating {
            let outcome = try await sockets.exchange(endpoint) { socket -> Result<Void, any Error> in
                let context = nextContext()
                do {
                    return .success(try await speak(request, context, over: socket, emit))
                } catch let error where !(error is ProviderError || error is DeadSocket) && socket.isOpen {
                    // Cancelled, or the consumer has enough: the socket itself is well.
                    socket.send(ContextMessage.close(context))
                    return .failure(error)
                }
            }
            try outcome.get()
        }
    }

    private func nextContext() -> String {
        let number = contexts.withLock { count in
            count += 1
            return count
        }
        return "utterance-\(number)"
    }

    /// Speaks one utterance in `context` and returns after the last of it.
    private func speak(
        _ request: SynthesisRequest, _ context: String, over socket: WebSocketConnection,
        _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        var assembly = try SpeechAssembly(request, origin: .chunk, provider: name)
        let settings = settings.voiceSettings(request.voice)
        for message in ContextMessage.utterance(request.text, context: context, voiceSettings: settings) {
            // What ElevenLabs said before it hung up is still to be read.
            socket.send(message)
        }
        for await message in socket.messages {
            guard case .text(let text) = message, let (message, of) = ContextMessage.read(text) else {
                throw failure.nonsense
            }
            // Of an utterance that was cancelled.
            if let of, of != context { continue }
            switch message {
            case .speech(let audio, let alignment, let isFinal):
                for piece in assembly.add(audio, alignment) { try await hand(piece, to: emit) }
                guard isFinal else { continue }
                guard assembly.hasAudio else { throw failure.silence }
                for piece in try assembly.finish() { try await hand(piece, to: emit) }
                return
            case .error(let code, let close):
                // Left over from those before on this socket; a new one has none of it.
                let isStale = code == "input_timeout_exceeded" || code == "max_active_conversations"
                if isStale && !assembly.hasAudio { throw DeadSocket(.peer(code: 1008, reason: "")) }
                throw failure.of(code: code, close: close)
            }
        }
        try Task.checkCancellation()
        let ending = await socket.closed()
        if !assembly.hasAudio { throw DeadSocket(ending) }
        throw ProviderError(ending, provider: name)
    }

    private func hand(
        _ piece: SynthesisPiece, to emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        try Task.checkCancellation()
        try await emit(piece)
    }

    private func endpoint(_ request: SynthesisRequest) throws -> SocketEndpoint {
        let query: [(String, String?)] = [
            ("model_id", model), ("output_format", "pcm_\(ElevenLabsSettings.rate(for: request.sampleRate))"),
            ("language_code", ElevenLabsSettings.language(request.voice, model: model)), ("auto_mode", "true"),
            ("sync_alignment", "true"), ("inactivity_timeout", "180"),
        ]
        let path = "/v1/text-to-speech/\(percentEncoded(settings.voice(request.voice)))/multi-stream-input"
        guard let url = settings.url(path, query, secure: "wss", plain: "ws") else { throw failure.address }
        return SocketEndpoint(url: url, headers: ["xi-api-key": settings.key])
    }

    private func translating(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as NetworkError {
            try Task.checkCancellation()
            throw failure.of(error)
        } catch let error as DeadSocket {
            throw ProviderError(error.ending, provider: name)
        }
    }
}
