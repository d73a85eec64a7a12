import AudioCore
import ProviderKit
import Synchronization

/// One conversation with the speech-to-speech model of an agent: what it is told, and its answers, each handed to whoever
/// asked for it. An answer holds the model up while nobody has room for more of it.
final class Interlocutor: Sendable {
    private typealias Emit = @Sendable (SpeechToSpeechPiece) async throws -> Void

    /// One answer that is under way.
    private struct Pending {
        let emit: Emit
        /// When its last piece was passed on.
        var lastPiece: Duration
        /// A piece is being passed on: the model cannot be late.
        var isPassing = false
        var audio: Duration = .zero
        var ending: AsyncThrowingStream<Never, any Error>.Continuation
    }

    /// What the model has heard of what the caller said last.
    private enum Ear {
        /// Nothing since an answer was asked for.
        case nothing
        /// An utterance is heard from its beginning.
        case hearing
        /// All that the caller said last.
        case heard
    }

    private struct State {
        var answers: [Int: Pending] = [:]
        var nextNumber = 0
        /// The answer of the last response, which may still be playing.
        var last: (response: ResponseID, number: Int)?
        var ear: Ear = .nothing
        /// How the connection ended.
        var end: ProviderError.Code?
    }

    /// A longer answer ends here.
    static let longestAnswer: Duration = .seconds(300)
    /// So many inputs may wait for the model: a minute of audio in pieces of 20 ms. The oldest give way.
    static let longestBacklog = 3000

    private let inputs = AsyncStream.makeStream(
        of: SpeechToSpeechInput.self, bufferingPolicy: .bufferingNewest(longestBacklog))
    /// Finished by whoever has given the connection up.
    private let connection = AsyncStream.makeStream(of: Never.self)
    private let state = Mutex(State())
    private let clock: ChainClock

    /// Shared by all conversations with this model.
    let breaker: CircuitBreaker

    /// A conversation whose answers are late or not by `clock`.
    init(breaker: CircuitBreaker? = nil, clock: ChainClock = .continuous) {
        self.breaker = breaker ?? CircuitBreaker(clock: clock)
        self.clock = clock
    }

    /// Whether nothing can be asked any more.
    var isOver: Bool { state.withLock { $0.end != nil } }

    // MARK: - What the caller says

    /// The caller begins to say something.
    func beginUtterance(_ samples: [Int16]) {
        state.withLock { $0.ear = .hearing }
        hear(samples)
    }

    /// The caller's next audio. Of an utterance that began before this conversation did, nothing is passed on: half of it
    /// would be misunderstood.
    func hear(_ samples: [Int16]) {
        if state.withLock({ $0.ear == .hearing }) { inputs.continuation.yield(.audio(samples)) }
    }

    /// The caller has said something. If it was not heard from its beginning, its words are told with the next question.
    func endUtterance(_ id: UtteranceID) {
        guard leaveHearing(for: .heard) else { return }
        inputs.continuation.yield(.endUtterance(id.number))
    }

    /// The caller has said nothing after all.
    func dropUtterance() {
        if leaveHearing(for: .nothing) { inputs.continuation.yield(.dropUtterance) }
    }

    private func leaveHearing(for next: Ear) -> Bool {
        state.withLock { state in
            let wasHearing = state.ear == .hearing
            state.ear = wasHearing ? next : .nothing
            return wasHearing
        }
    }

    /// The caller has typed something.
    func read(_ text: String) {
        inputs.continuation.yield(.text(text))
        state.withLock { $0.ear = .heard }
    }

    // MARK: - The connection

    /// Holds the conversation until the task is cancelled or the connection is lost or given up, which fails all answers
    /// under way.
    func run(_ model: any SpeechToSpeechModel, _ request: SpeechToSpeechRequest) async {
        var failure = ProviderError(.unavailable, provider: model.name, message: "the conversation has ended")
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await model.converse(request, inputs: self.inputs.stream) { piece in await self.pass(piece) }
                }
                group.addTask { for await _ in self.connection.stream {} }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch { failure = error as? ProviderError ?? failure }
        inputs.continuation.finish()
        let answers = state.withLock { state in
            state.end = state.end ?? failure.code
            defer { state.answers = [:] }
            return state.answers.values.map(\.ending)
        }
        for ending in answers { ending.finish(throwing: failure) }
    }

    private func pass(_ piece: SpeechToSpeechPiece) async {
        switch piece {
        case .callerTranscript: break
        case .text(let number, _): await hand(piece, of: number)
        case .audio(let number, let chunk):
            let isTooLong = state.withLock { state in
                state.answers[number]?.audio += chunk.duration
                return (state.answers[number]?.audio ?? .zero) > Self.longestAnswer
            }
            await hand(piece, of: number)
            guard isTooLong else { return }
            inputs.continuation.yield(.cancel(number, heard: Self.longestAnswer))
            finish(number)
        case .done(let number, _):
            await hand(piece, of: number)
            finish(number)
        case .failed(let number, let error): finish(number, error)
        }
    }

    /// Gives one piece to whoever asked; returns when there is room for more.
    private func hand(_ piece: SpeechToSpeechPiece, of number: Int) async {
        let emit = state.withLock { state -> Emit? in
            state.answers[number]?.isPassing = true
            return state.answers[number]?.emit
        }
        guard let emit else { return }
        do { try await emit(piece) } catch { return finish(number, error) }
        let now = clock.now()
        state.withLock { state in
            state.answers[number]?.isPassing = false
            state.answers[number]?.lastPiece = now
        }
    }

    private func finish(_ number: Int, _ error: (any Error)? = nil) {
        state.withLock { $0.answers.removeValue(forKey: number)?.ending }?.finish(throwing: error)
    }

    // MARK: - Answers

    private struct Overdue: Error {}

    /// Asks for one answer and hands its pieces to `emit`. Cancelled, it takes the question back. When a piece does not
    /// come in time, the connection is given up: a server that never ends an answer never begins the next.
    /// - Throws: `ProviderError` or `CancellationError`.
    func answer(
        _ response: ResponseID, _ turn: DialogueTurn,
        emit: @escaping @Sendable (SpeechToSpeechPiece) async throws -> Void
    ) async throws {
        let (stream, ending) = AsyncThrowingStream.makeStream(of: Never.self)
        let now = clock.now()
        let (number, hasHeard, end) = state.withLock { state in
            let number = state.nextNumber
            state.nextNumber += 1
            if state.end == nil { state.answers[number] = Pending(emit: emit, lastPiece: now, ending: ending) }
            state.last = (response, number)
            defer { state.ear = .nothing }
            return (number, state.ear == .heard, state.end)
        }
        if let end { throw ProviderError(end, provider: "", message: "the conversation has ended") }
        if !hasHeard { inputs.continuation.yield(.text(turn.words)) }
        inputs.continuation.yield(.respond(number, instructions: turn.instructions))
        do {
            try await wait(for: stream, number: number, within: turn.patience)
        } catch {
            // Without effect when the answer is over, or was cut at what was heard.
            inputs.continuation.yield(.cancel(number, heard: .zero))
            finish(number)
            guard error is Overdue else { throw error }
            state.withLock { $0.end = $0.end ?? .timedOut }
            connection.continuation.finish()
            throw ProviderError(.timedOut, provider: "", message: "no more of an answer came")
        }
    }

    /// So much of the answer to `response` was heard, and no more will be.
    func cut(_ response: ResponseID, heard: Duration) {
        guard let last = state.withLock(\.last), last.response == response else { return }
        inputs.continuation.yield(.cancel(last.number, heard: heard))
    }

    /// Returns when the answer is over; each piece has to come within `limit` of the one before being passed.
    private func wait(
        for ending: AsyncThrowingStream<Never, any Error>, number: Int, within limit: Duration
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await _ in ending {}
                try Task.checkCancellation()
            }
            group.addTask { [self] in
                while true {
                    let (last, isPassing) = state.withLock { state in
                        (state.answers[number]?.lastPiece ?? .zero, state.answers[number]?.isPassing ?? false)
                    }
                    let due = (isPassing ? clock.now() : last) + limit
                    if due <= clock.now() { throw Overdue() }
                    try await clock.sleep(due)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
