import AudioCore
import ProviderKit
import Synchronization

/// One conversation with the speech-to-speech model of an agent: what it is told, and its answers, each handed to whoever
/// asked for it.
final class Interlocutor: Sendable {
    typealias ResponseID = ConversationMachine.ResponseID
    private typealias Answer = AsyncThrowingStream<SpeechToSpeechPiece, any Error>

    private struct State {
        var answers: [Int: (pieces: Answer.Continuation, audio: Duration)] = [:]
        var nextNumber = 0
        /// The answer of the last response, which may still be playing.
        var last: (response: ResponseID, number: Int)?
        /// Whether the utterance that is being spoken is heard from its beginning.
        var isHearing = false
        /// Whether what the caller said last, since an answer was asked for, came here whole.
        var hasHeard = false
        /// How the connection ended.
        var end: ProviderError.Code?
    }

    /// What waits of one answer is bounded by this; the rest of a longer one is not wanted.
    static let longestAnswer: Duration = .seconds(300)

    private let inputs = AsyncStream.makeStream(of: SpeechToSpeechInput.self)
    /// Finished by whoever has given the connection up.
    private let connection = AsyncStream.makeStream(of: Never.self)
    private let state = Mutex(State())
    private let clock: ChainClock

    /// A conversation whose answers are late or not by `clock`.
    init(clock: ChainClock = .continuous) { self.clock = clock }

    /// Whether nothing can be asked any more.
    var isOver: Bool { state.withLock { $0.end != nil } }

    // MARK: - What the caller says

    /// The caller begins to say something.
    func beginUtterance(_ samples: [Int16]) {
        state.withLock { $0.isHearing = true }
        hear(samples)
    }

    /// The caller's next audio. Of an utterance that began before this conversation did, nothing is passed on: half of it
    /// would be misunderstood.
    func hear(_ samples: [Int16]) {
        if state.withLock(\.isHearing) { inputs.continuation.yield(.audio(samples)) }
    }

    /// The caller has said something. If it was not heard from its beginning, its words are told with the next question.
    func endUtterance(_ id: ConversationMachine.UtteranceID) {
        let isWhole = endHearing()
        if isWhole { inputs.continuation.yield(.endUtterance(id)) }
        state.withLock { $0.hasHeard = isWhole }
    }

    /// The caller has said nothing after all.
    func dropUtterance() {
        if endHearing() { inputs.continuation.yield(.dropUtterance) }
    }

    private func endHearing() -> Bool {
        state.withLock { state in
            defer { state.isHearing = false }
            return state.isHearing
        }
    }

    /// The caller has typed something.
    func read(_ text: String) {
        inputs.continuation.yield(.text(text))
        state.withLock { $0.hasHeard = true }
    }

    // MARK: - Answers

    /// Holds the conversation until the task is cancelled or the connection is lost or given up, which fails all answers
    /// under way.
    func run(_ model: any SpeechToSpeechModel, _ request: SpeechToSpeechRequest) async {
        var failure = ProviderError(.unavailable, provider: model.name, message: "the conversation has ended")
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await model.converse(request, inputs: self.inputs.stream) { piece in self.pass(piece) }
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
            return state.answers.values.map(\.pieces)
        }
        for answer in answers { answer.finish(throwing: failure) }
    }

    private func pass(_ piece: SpeechToSpeechPiece) {
        switch piece {
        case .callerTranscript: break
        case .text(let number, _): state.withLock { _ = $0.answers[number]?.pieces.yield(piece) }
        case .audio(let number, let chunk):
            let isTooLong = state.withLock { state in
                state.answers[number]?.pieces.yield(piece)
                state.answers[number]?.audio += chunk.duration
                return (state.answers[number]?.audio ?? .zero) > Self.longestAnswer
            }
            guard isTooLong else { return }
            inputs.continuation.yield(.cancel(number, heard: Self.longestAnswer))
            finish(number)
        case .done(let number, _):
            state.withLock { _ = $0.answers[number]?.pieces.yield(piece) }
            finish(number)
        case .failed(let number, let error): finish(number, error)
        }
    }

    private func finish(_ number: Int, _ error: (any Error)? = nil) {
        state.withLock { $0.answers.removeValue(forKey: number)?.pieces }?.finish(throwing: error)
    }

    /// Asks for one answer and hands its pieces to `emit`. Cancelled, it takes the question back. When a piece does not
    /// come in time, the connection is given up: a server that never ends an answer never begins the next.
    /// - Parameters:
    ///   - words: what the caller said, for a model that has not heard him.
    ///   - limit: how long a piece may be waited for.
    /// - Throws: `ProviderError` or `CancellationError`.
    func answer(
        _ response: ResponseID, to words: String, instructions: String, limit: Duration,
        emit: @escaping @Sendable (SpeechToSpeechPiece) async -> Void
    ) async throws {
        let (pieces, source) = Answer.makeStream()
        let (number, hasHeard, end) = state.withLock { state in
            let number = state.nextNumber
            state.nextNumber += 1
            if state.end == nil { state.answers[number] = (source, .zero) }
            state.last = (response, number)
            defer { state.hasHeard = false }
            return (number, state.hasHeard, state.end)
        }
        if let end { throw ProviderError(end, provider: "", message: "the conversation has ended") }
        if !hasHeard { inputs.continuation.yield(.text(words)) }
        inputs.continuation.yield(.respond(number, instructions: instructions))
        do {
            try await pass(pieces, within: limit, to: emit)
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

    private struct Overdue: Error {}

    /// So much of the answer to `response` was heard, and no more will be.
    func cut(_ response: ResponseID, heard: Duration) {
        guard let last = state.withLock(\.last), last.response == response else { return }
        inputs.continuation.yield(.cancel(last.number, heard: heard))
    }

    /// Passes on what comes; each piece has to come within `limit` of the one before being passed.
    private func pass(
        _ pieces: Answer, within limit: Duration, to emit: @escaping @Sendable (SpeechToSpeechPiece) async -> Void
    ) async throws {
        let last = Shared(clock.now())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in
                for try await piece in pieces {
                    await emit(piece)
                    last.withLock { $0 = clock.now() }
                }
                try Task.checkCancellation()
            }
            group.addTask { [clock] in
                while true {
                    let due = last.withLock { $0 } + limit
                    if due <= clock.now() { throw Overdue() }
                    try await clock.sleep(due)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
