import Network
import ProviderTransport
import Synchronization

/// One socket of the stand-in: a reader keeps the contexts, each of which speaks in a task of its own.
final class ElevenLabsConversation: Sendable {
    struct Options: Sendable {
        var isMulti: Bool
        /// Times with every chunk; else with the first of each generation, for all of it.
        var hasSyncAlignment: Bool
        var hasAutoMode: Bool
        var inactivity: Duration
    }

    private let connection: WebSocketConnection
    private let voice: ElevenLabsVoice
    private let options: Options
    private let stage: Stage
    private let contexts = Mutex<[String: ElevenLabsContext]>([:])
    private let lastText = Mutex(ContinuousClock.now)
    /// The client wants the socket closed when all is said.
    private let isEnding = Mutex(false)

    /// ElevenLabs' own limit.
    private static let mostContexts = 5
    private static let wire = Wire.elevenLabsSocket

    init(_ connection: WebSocketConnection, voice: ElevenLabsVoice, options: Options, stage: Stage) {
        self.connection = connection
        self.voice = voice
        self.options = options
        self.stage = stage
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch() }
            for await message in connection.messages {
                lastText.withLock { $0 = .now }
                guard case .text(let text) = message, let value = JSONValue(text.utf8), value.object != nil else {
                    fail("invalid_message", "The message is not a JSON object.")
                    break
                }
                do throws(ElevenLabsVoice.Problem) {
                    if let context = try take(value) { group.addTask { await self.speak(context) } }
                } catch {
                    fail(error.code, error.message)
                    break
                }
            }
            let ending = await connection.closed()
            for context in contexts.withLock({ $0.values }) where !context.isFinished {
                stage.journal.note(Self.wire, .cancelled, context.id ?? "")
            }
            stage.journal.note(Self.wire, .closed, "\(ending.code)")
            group.cancelAll()
        }
    }

    // MARK: Reading

    /// Takes a message; returns the context that begins with it.
    private func take(_ value: JSONValue) throws(ElevenLabsVoice.Problem) -> ElevenLabsContext? {
        if options.isMulti, value["close_socket"]?.bool == true {
            for context in contexts.withLock({ $0.values }) { context.close(flush: false) }
            isEnding.withLock { $0 = true }
            closeWhenDone()
            return nil
        }
        let id = options.isMulti ? (value["context_id"] ?? value["contextId"])?.string ?? "default" : ""
        let known = contexts.withLock { $0[id] }
        if options.isMulti, value["close_context"]?.bool == true {
            guard let known else { return nil }
            // Said twice, it means that nobody listens any more.
            if known.isClosing { stage.journal.note(Self.wire, .cancelled, id) }
            known.close(flush: false)
            return nil
        }
        let text = value["text"]?.string ?? ""
        guard let context = known else {
            // A sign of life for the socket.
            if text.isEmpty && value["voice_settings"] == nil { return nil }
            return try begin(id, value)
        }
        if let settings = value["voice_settings"], settings != context.settings {
            throw .init(
                status: 400, code: "invalid_message", message: "voice_settings can only be set in the first message.")
        }
        if !options.isMulti, text.isEmpty, value["flush"]?.bool != true {
            context.close(flush: true)
        } else {
            add(value, to: context)
        }
        return nil
    }

    private func begin(_ id: String, _ value: JSONValue) throws(ElevenLabsVoice.Problem) -> ElevenLabsContext {
        guard contexts.withLock({ $0.count }) < Self.mostContexts else {
            throw .init(
                status: 400, code: "max_active_conversations",
                message: "Maximum simultaneous contexts per WebSocket connection exceeded (5).")
        }
        let cue = stage.cue(for: Self.wire)
        stage.journal.note(Self.wire, .request, id)
        if let refusal = cue.refusal {
            stage.journal.note(Self.wire, .refused, "\(refusal.status)")
            throw .init(
                status: refusal.status, code: ElevenLabsStandIn.code(of: refusal.status),
                message: "The script refuses.")
        }
        let context = try ElevenLabsContext(
            id: options.isMulti ? id : nil, cue: cue, first: value, isAuto: options.hasAutoMode)
        contexts.withLock { $0[id] = context }
        add(value, to: context)
        return context
    }

    private func add(_ value: JSONValue, to context: ElevenLabsContext) {
        context.add(
            value["text"]?.string ?? "", flush: value["flush"]?.bool ?? false,
            trigger: value["try_trigger_generation"]?.bool ?? false)
    }

    /// Ends the socket with an error in ElevenLabs' form.
    private func fail(_ code: String, _ message: String) {
        let frame: JSONValue = ["message": .string(message), "error": .string(code), "code": 1008]
        connection.send(frame.text)
        connection.close(code: 1008, reason: message)
    }

    /// Hangs up on a client that says nothing for too long while nothing is being said.
    private func watch() async {
        while !Task.isCancelled {
            let isSpeaking = contexts.withLock { !$0.isEmpty } && options.isMulti
            let limit = (isSpeaking ? .now : lastText.withLock { $0 }) + options.inactivity
            if limit <= .now {
                let message = "Have not received a new text input within the timeout. Streaming input terminated."
                return fail("input_timeout_exceeded", message)
            }
            try? await Task.sleep(until: limit, clock: .continuous)
        }
    }

    private func closeWhenDone() {
        let isEnding = isEnding.withLock { $0 } || !options.isMulti
        if isEnding && contexts.withLock({ $0.isEmpty }) { connection.close(code: 1000) }
    }

    // MARK: Speaking

    private struct BrokenOff: Error {}

    private func speak(_ context: ElevenLabsContext) async {
        do {
            for await text in context.texts where !context.cue.isSilent {
                let speech = try await ElevenLabsSpeech.make(text, voice, speed: context.speed, on: stage)
                for (index, piece) in speech.pieces.enumerated() {
                    try await send(piece, of: speech, isFirst: index == 0, context)
                }
            }
            try Task.checkCancellation()
            context.finish()
            stage.journal.note(Self.wire, .finished, context.id ?? "")
            contexts.withLock { $0[context.id ?? ""] = nil }
            var end: [String: JSONValue] = ["audio": nil, "isFinal": true]
            end["contextId"] = context.id.map { .string($0) }
            connection.send(JSONValue.object(end).text)
            closeWhenDone()
        } catch is BrokenOff {
            context.finish()
        } catch is CancellationError {
            return
        } catch {
            fail("internal_error", "The stand-in's engine failed.")
        }
    }

    private func send(
        _ piece: ElevenLabsSpeech.Piece, of speech: ElevenLabsSpeech, isFirst: Bool, _ context: ElevenLabsContext
    ) async throws {
        let number = context.nextPiece()
        let turn = try await context.cue.before(piece: number)
        guard await connection.hasRoom() else { throw CancellationError() }
        if turn != .go { stage.journal.note(Self.wire, .fault, "\(turn) after \(number)") }
        switch turn {
        case .go: break
        case .cut:
            connection.abort()
            throw BrokenOff()
        case .stall: throw BrokenOff()
        case .malformed:
            connection.send(#"{"audio":"//"#)
            throw BrokenOff()
        }
        var alignment = JSONValue.null
        if options.hasSyncAlignment {
            alignment = ElevenLabsSpeech.socketAlignment(piece.characters, from: piece.start)
        } else if isFirst {
            alignment = ElevenLabsSpeech.socketAlignment(speech.pieces.flatMap(\.characters), from: .zero)
        }
        var message: [String: JSONValue] = [
            "audio": .string(ElevenLabsSpeech.encoded(piece.samples)), "isFinal": nil, "alignment": alignment,
            "normalizedAlignment": alignment,
        ]
        message["contextId"] = context.id.map { .string($0) }
        guard connection.send(JSONValue.object(message).text) else { throw CancellationError() }
        if number == 0 { stage.journal.note(Self.wire, .firstPiece, context.id ?? "") }
    }
}
