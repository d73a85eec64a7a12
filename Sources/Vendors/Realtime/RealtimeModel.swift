import AudioCore
import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// A speech-to-speech model behind a realtime WebSocket: `OpenAI/gpt-realtime`, `Qwen/qwen3-omni-flash-realtime`, and
/// models of compatible servers.
public struct RealtimeModel: SpeechToSpeechModel {
    /// Bytes that may wait to be sent before the caller's audio is held back.
    static let sendWindow = 256 << 10

    /// `OpenAI/…` or `Qwen/…`, or under the name of an endpoint.
    public let name: String
    private let model: String
    private let settings: RealtimeSettings
    private let client: WebSocketClient

    /// The model called `model` at the server that `settings` name.
    public init(model: String, settings: RealtimeSettings, client: WebSocketClient, provider: String? = nil) {
        name = "\(provider ?? settings.dialect.vendor)/\(model)"
        self.model = model
        self.settings = settings
        self.client = client
    }

    /// As the protocol says.
    public func converse(
        _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
        emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
    ) async throws {
        guard Resampler.rates.contains(request.sampleRate) else {
            throw ProviderError(.rejected, provider: name, message: "cannot speak at \(request.sampleRate) Hz")
        }
        try Task.checkCancellation()
        let socket = try await connect()
        defer { socket.close() }
        let talk = Talk(socket, dialect: settings.dialect)
        talk.send(.session(request))
        for message in request.history { talk.send(.item(message)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listen(inputs, talk) }
            try await read(talk, request.sampleRate, emit)
            group.cancelAll()
        }
    }

    private func connect() async throws -> WebSocketConnection {
        do {
            return try await client.connect(url: settings.url(for: model), headers: settings.authorization)
        } catch {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        }
    }

    /// Passes on what the caller says until there is no more, and then ends the conversation.
    private func listen(_ inputs: AsyncStream<SpeechToSpeechInput>, _ talk: Talk) async {
        guard var resampler = Resampler(from: 16000, to: settings.dialect.inputRate) else { return }
        for await input in inputs {
            switch input {
            case .audio(let samples): talk.send(audio: resampler.process(samples))
            case .endUtterance: talk.send(audio: resampler.finish())
            case .dropUtterance: _ = resampler.finish()
            case .text, .respond, .cancel: break
            }
            talk.receive(input)
            // A whole utterance may be said at once, to an agent whose turn comes late.
            await talk.socket.drained(below: Self.sendWindow)
            if Task.isCancelled { return }
        }
        talk.socket.close()
    }

    /// Passes on what the model says until the conversation ends.
    private func read(
        _ talk: Talk, _ sampleRate: Int, _ emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
    ) async throws {
        var voice = AnswerVoice(from: settings.dialect.outputRate, to: sampleRate)
        for await message in talk.socket.messages {
            try Task.checkCancellation()
            guard case .text(let text) = message, let event = RealtimeEvent(text) else {
                throw RealtimeErrors.malformed(provider: name)
            }
            for step in talk.receive(event) {
                switch step {
                case .send: break
                case .emit(let piece): try await emit(piece)
                case .audio(let number, let samples):
                    if let chunk = voice.add(samples, of: number) { try await emit(.audio(number, chunk)) }
                case .end(let number, .complete(let usage)):
                    if let chunk = voice.finish(number) { try await emit(.audio(number, chunk)) }
                    try await emit(.done(number, usage))
                case .end(let number, .failed(let failure)): try await emit(.failed(number, error(failure)))
                case .fail(let failure): throw error(failure)
                }
            }
        }
        try Task.checkCancellation()
        switch talk.socket.ending {
        // Closed by us, because the inputs have ended; without an ending while the peer has not answered.
        case nil, .local: return
        case let ending: throw ProviderError(ending, provider: name)
        }
    }

    private func error(_ failure: RealtimeEvent.Failure) -> ProviderError {
        RealtimeErrors.error(failure, provider: name, hiding: settings.key)
    }
}

/// The two sides of one conversation, which speak to one dialogue: what a step sends leaves before the next step is
/// decided.
private final class Talk: Sendable {
    private struct State {
        var dialogue: RealtimeDialogue
        var sent = 0

        /// The JSON text of `message`, which gets the next number.
        mutating func text(of message: RealtimeMessage, in dialect: RealtimeDialect) -> String {
            sent += 1
            return dialect.text(of: message, number: sent)
        }
    }

    let socket: WebSocketConnection
    private let dialect: RealtimeDialect
    private let state: Mutex<State>

    init(_ socket: WebSocketConnection, dialect: RealtimeDialect) {
        self.socket = socket
        self.dialect = dialect
        state = Mutex(State(dialogue: RealtimeDialogue(truncates: dialect.truncates, rate: dialect.outputRate)))
    }

    /// Sends one message.
    func send(_ message: RealtimeMessage) { state.withLock { _ = socket.send($0.text(of: message, in: dialect)) } }

    /// Sends the caller's audio, in messages of a bounded size.
    func send(audio samples: [Int16]) {
        for start in stride(from: 0, to: samples.count, by: dialect.inputRate) {
            send(.audio(Array(samples[start..<min(start + dialect.inputRate, samples.count)])))
        }
    }

    /// Tells the dialogue what the caller's side says, and does what it wants.
    func receive(_ input: SpeechToSpeechInput) { _ = perform { $0.receive(input) } }

    /// Tells the dialogue what the server says; returns what it wants beside sending.
    func receive(_ event: RealtimeEvent) -> [RealtimeDialogue.Step] { perform { $0.receive(event) } }

    /// Sends within the lock, so that nothing that the other side decides later overtakes it.
    private func perform(_ decide: (inout RealtimeDialogue) -> [RealtimeDialogue.Step]) -> [RealtimeDialogue.Step] {
        state.withLock { state in
            let steps = decide(&state.dialogue)
            for case .send(let message) in steps { socket.send(state.text(of: message, in: dialect)) }
            return steps
        }
    }
}

/// Brings the answers' audio, one after the other, to the wanted rate.
private struct AnswerVoice: ~Copyable {
    private let rate: Int
    private var resampler: Resampler?
    private var speaking: Int?

    init(from serverRate: Int, to rate: Int) {
        self.rate = rate
        resampler = Resampler(from: serverRate, to: rate)
    }

    mutating func add(_ samples: [Int16], of answer: Int) -> AudioChunk? {
        // What the filter still holds of an answer that was cut short is not part of the next.
        if speaking != answer { _ = resampler?.finish() }
        speaking = answer
        return chunk(resampler?.process(samples) ?? [])
    }

    /// The last of `answer`.
    mutating func finish(_ answer: Int) -> AudioChunk? {
        guard speaking == answer else { return nil }
        speaking = nil
        return chunk(resampler?.finish() ?? [])
    }

    private func chunk(_ samples: [Int16]) -> AudioChunk? {
        samples.isEmpty ? nil : AudioChunk(samples: samples, sampleRate: rate)
    }
}
