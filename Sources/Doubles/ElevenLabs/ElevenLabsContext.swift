import ProviderTransport
import Synchronization

/// One context of a socket: collects text, cuts it into what is generated at once.
final class ElevenLabsContext: Sendable {
    private struct State {
        var buffer = ""
        /// Pieces left.
        var pieces = 0
        var generated = 0
        /// No more text comes.
        var isClosed = false
        var isFinished = false
    }

    let id: String?
    let cue: Cue
    let settings: JSONValue?
    let speed: Double
    /// The texts to be generated, in order.
    let texts: AsyncStream<String>
    private let source: AsyncStream<String>.Continuation
    private let schedule: [Int]
    private let isAuto: Bool
    private let state = Mutex(State())

    init(id: String?, cue: Cue, first: JSONValue, isAuto: Bool) throws(ElevenLabsVoice.Problem) {
        self.id = id
        self.cue = cue
        settings = first["voice_settings"]
        speed = try ElevenLabsVoice.speed(settings)
        let asked = (first["generation_config"]?["chunk_length_schedule"]?.array ?? []).compactMap { $0.int }
        guard asked.allSatisfy({ (50...500).contains($0) }) else {
            throw ElevenLabsVoice.Problem(
                status: 400, code: "invalid_generation_config", message: "chunk lengths go from 50 to 500.")
        }
        schedule = asked.isEmpty ? [120, 160, 250, 290] : asked
        self.isAuto = isAuto
        (texts, source) = AsyncStream.makeStream(of: String.self)
    }

    /// More text; generated when there is enough, or when the client says so.
    func add(_ text: String, flush: Bool, trigger: Bool) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.buffer += text
            let needed = schedule[min(state.generated, schedule.count - 1)]
            let count = state.buffer.count
            let isSentence = isAuto && state.buffer.last { !$0.isWhitespace }.map { ".!?。！？".contains($0) } ?? false
            guard flush || count >= needed || (trigger && count >= 50) || isSentence else { return }
            generate(&state)
        }
    }

    /// No more text; what was not generated is only if `flush`.
    func close(flush: Bool) {
        state.withLock { state in
            guard !state.isClosed else { return }
            if flush { generate(&state) }
            state.isClosed = true
            source.finish()
        }
    }

    private func generate(_ state: inout State) {
        let text = state.buffer.drop(while: \.isWhitespace)
        state.buffer = ""
        guard !text.isEmpty else { return }
        state.generated += 1
        source.yield(String(text))
    }

    func nextPiece() -> Int {
        state.withLock { state in
            defer { state.pieces += 1 }
            return state.pieces
        }
    }

    func finish() { state.withLock { $0.isFinished = true } }

    /// Whether no more text comes.
    var isClosing: Bool { state.withLock { $0.isClosed } }
    /// Whether all of it has left.
    var isFinished: Bool { state.withLock { $0.isFinished } }
}
