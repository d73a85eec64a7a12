import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Deepgram's streaming speech-to-text (`/v1/listen`: nova-3 and its relatives).
///
/// One socket hears one utterance at a time and is kept for the next. At a pause, `Finalize` asks for what Deepgram still holds
/// back. An utterance ends with the answer to another one, or, where Deepgram has nothing left to say, with the end of the
/// stream. A cancelled utterance's socket is closed: its words would come in the next one.
public final class DeepgramRecognizer: SpeechRecognizer {
    /// `Deepgram/nova-3`
    public let name: String
    private let model: String
    private let settings: DeepgramSettings
    /// The sockets, for who counts them.
    public let sockets: WarmSockets

    /// A recogniser for one of Deepgram's models.
    public init(
        model: String = "nova-3", settings: DeepgramSettings, client: WebSocketClient,
        provider: String = "Deepgram"
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.settings = settings
        var care = WarmSocketsSettings()
        // Deepgram hangs up after 10 s without audio or a sign of life.
        care.keepAlive = .init(message: ListenMessage.keepAlive, interval: .seconds(4))
        care.farewell = ListenMessage.closeStream
        sockets = WarmSockets(care, client: client)
    }

    /// Opens a socket for utterances in `language`, so that the first finds one.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func prepare(language: String) async throws {
        let endpoint = try endpoint(language)
        do { try await sockets.prepare(endpoint) } catch { throw failure(error) }
    }

    /// Keeps sockets ready and alive until the task is cancelled. For one caller, once.
    public func run() async { await sockets.run() }

    /// Recognises one utterance; see `SpeechRecognizer`. Words come as Deepgram has heard them, the whole utterance so far
    /// each time.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let endpoint = try endpoint(language)
        // An utterance without audio needs no Deepgram.
        let first = await firstSamples(of: utterance)
        try Task.checkCancellation()
        guard !first.isEmpty else { return try await emit(Transcript(text: "", isFinal: true)) }

        let line = ListenLine()
        let patience = settings.patience
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await line.feed(first, utterance, patience: patience) }
            do {
                try await sockets.exchange(endpoint) { try await listen(to: $0, line, emit) }
            } catch let error as DeadSocket {
                throw failure(error.ending)
            } catch let error as NetworkError {
                throw failure(error)
            }
        }
    }

    private func firstSamples(of utterance: AsyncStream<UtteranceInput>) async -> [Int16] {
        for await case .audio(let samples) in utterance where !samples.isEmpty { return samples }
        return []
    }

    /// Reads the answers on `socket` until the utterance is done; its words are out before the socket is put away.
    private func listen(
        to socket: WebSocketConnection, _ line: ListenLine, _ emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        line.attach(socket)
        for await message in socket.messages {
            let outcome: ListenUtterance.Outcome
            switch try read(message) {
            case .results(let results): outcome = line.receive { $0.heard(results) }
            case .metadata: outcome = line.receive { $0.streamEnded() }
            case .error(let code):
                throw ProviderError(
                    code == "SchemaError" ? .rejected : .unavailable, provider: name, vendorCode: code,
                    hiding: settings.key, message: "Deepgram failed")
            case .other: outcome = .nothing
            }
            switch outcome {
            case .nothing: break
            case .interim(let text, let mark):
                try Task.checkCancellation()
                try await emit(Transcript(text: text, isFinal: false, mark: mark))
            case .done(let text, let mayBeUsedAgain):
                try Task.checkCancellation()
                try await emit(Transcript(text: text, isFinal: true))
                // The first sign of life of an idle socket also says where the utterance ended.
                if mayBeUsedAgain { socket.send(ListenMessage.keepAlive) } else { socket.close() }
                return
            }
        }
        try Task.checkCancellation()
        let ending = await socket.closed()
        if line.isClosing, ending.code == 1000 || ending.code == 1005,
            case .done(let text, _) = line.receive({ $0.streamEnded() })
        {
            return try await emit(Transcript(text: text, isFinal: true))
        }
        if line.detach() { throw DeadSocket(ending) }
        throw failure(ending)
    }

    private func read(_ message: WebSocketConnection.Message) throws -> ListenMessage {
        if case .text(let text) = message, let message = ListenMessage(text) { return message }
        throw ProviderError(.protocolViolation, provider: name, message: "a message that is none of the protocol's")
    }

    // MARK: Failures

    private func endpoint(_ language: String) throws -> SocketEndpoint {
        if let endpoint = settings.endpoint(model: model, language: language) { return endpoint }
        throw ProviderError(.rejected, provider: name, message: "the endpoint's address is not a URL")
    }

    private func failure(_ error: any Error) -> any Error {
        guard let error = error as? NetworkError else { return error }
        if Task.isCancelled { return CancellationError() }
        guard case .refused(let status, let body) = error.code else {
            return ProviderError(error, provider: name)
        }
        let code = JSONValue(body)?["err_code"]?.string
        return ProviderError(status: status, vendorCode: code, hiding: settings.key, provider: name)
    }

    /// The end of a socket in the middle of an utterance. Deepgram begins a close's reason with a code, such as
    /// `NET-0001` for a stream without audio.
    private func failure(_ ending: WebSocketEnding?) -> ProviderError {
        var vendorCode: String?
        if case .peer(_, let reason)? = ending {
            vendorCode = reason.firstMatch(of: /^[A-Z]{2,8}-[0-9]{4}/).map { String($0.0) }
        }
        return ProviderError(ending, provider: name, vendorCode: vendorCode, hiding: settings.key)
    }
}
