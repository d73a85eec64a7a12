import AudioCore
import Synchronization

/// One attempt at one engine: its deadline, its usage, and what it tells the breaker.
final class Attempt: Sendable {
    /// How an attempt ended.
    enum Ending {
        case completed
        case failed(ProviderError)
        /// Stopped by the consumer or by cancellation. This says nothing about the engine.
        case stopped(any Error)
    }

    /// Why the engine's further pieces are refused.
    private enum Stop {
        case byConsumer(any Error)
        case byFault(ProviderError)
    }

    private struct State {
        var watch: Watch
        var permit: BreakerMachine.Permit
        var report: ProviderReport
        var hasEmitted = false
        var stop: Stop?

        var isStopped: Bool { if case nil = stop { false } else { true } }
    }

    private let clock: ChainClock
    private let breaker: CircuitBreaker
    private let start: Duration
    private let provider: String
    /// How many times its usual limit this attempt gets.
    private let patience: Int
    private let state: Mutex<State>

    init(
        clock: ChainClock, breaker: CircuitBreaker, permit: BreakerMachine.Permit, between: Duration?,
        patience: Int = 1, report: ProviderReport
    ) {
        self.clock = clock
        self.breaker = breaker
        self.patience = max(1, patience)
        start = clock.now()
        provider = report.provider
        state = Mutex(State(watch: Watch(between: between), permit: permit, report: report))
    }

    /// Whether something of this attempt has reached the consumer.
    var hasEmitted: Bool { state.withLock { $0.hasEmitted } }

    /// How much audio of this attempt has been passed on.
    var audioOut: Duration { state.withLock { $0.report.audioOut } }

    /// Changes the tally.
    func tally(_ change: (inout ProviderReport) -> Void) { state.withLock { change(&$0.report) } }

    // MARK: - Pieces

    /// Takes a piece from the engine: `sort` says what of it goes to the consumer, now, or which fault of the engine it
    /// shows; `emit` hands it on. The engine's time stands still meanwhile.
    func take<Piece>(_ sort: () throws(ProviderError) -> [Piece], emit: (Piece) async throws -> Void) async throws {
        let came = clock.now()
        let (isWelcome, permit) = state.withLock { state in
            guard !state.isStopped, state.watch.pieceCame(now: came) else { return (false, state.permit) }
            defer { state.permit = .ordinary }
            if state.report.firstPiece == nil { state.report.firstPiece = came - start }
            return (true, state.permit)
        }
        guard isWelcome else { throw CancellationError() }
        // An engine that answers is healthy. Other requests need not wait for the end of a long answer.
        if permit == .probe { breaker.succeeded(.probe) }
        try Task.checkCancellation()
        try await hand(try sorted(sort), since: came, emit: emit)
    }

    /// Passes on the rest when the engine has ended.
    func give<Piece>(_ pieces: [Piece], emit: (Piece) async throws -> Void) async throws {
        let now = clock.now()
        guard !Task.isCancelled, state.withLock({ !$0.isStopped && $0.watch.pieceCame(now: now) }) else {
            throw CancellationError()
        }
        try await hand(pieces, since: now, emit: emit)
    }

    private func hand<Piece>(_ pieces: [Piece], since came: Duration, emit: (Piece) async throws -> Void) async throws {
        for piece in pieces {
            state.withLock { $0.hasEmitted = true }
            do { try await emit(piece) } catch {
                state.withLock { $0.stop = .byConsumer(error) }
                throw error
            }
        }
        let taken = clock.now()
        state.withLock { state in
            state.watch.pieceTaken(now: taken)
            state.report.held += taken - came
        }
    }

    private func sorted<Piece>(_ sort: () throws(ProviderError) -> [Piece]) throws -> [Piece] {
        do { return try sort() } catch {
            let now = clock.now()
            state.withLock { state in
                state.stop = .byFault(error)
                state.watch.pieceTaken(now: now)
            }
            throw error
        }
    }

    // MARK: - Work

    /// Does `work`, for at most `limit`, times this attempt's patience, from when `condition` is met to the first piece.
    /// Without a limit no task is made.
    /// - Parameter hasAll: asked at the limit: whether the engine has given all that is wanted. Then the work is ended, and
    ///   that is no failure.
    func run(
        limit: Duration?, after condition: @escaping @Sendable () async -> Void = {},
        unless hasAll: @escaping @Sendable () -> Bool = { false }, _ work: @Sendable () async throws -> Void
    ) async throws {
        guard let limit else { return try await work() }
        try await withoutActuallyEscaping(work) { work in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addImmediateTask { try await work() }
                group.addTask { [self] in
                    await condition()
                    try await expire(after: limit * patience, unless: hasAll)
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// Throws when the engine has stalled; returns at the limit if `hasAll`.
    private func expire(after limit: Duration, unless hasAll: @Sendable () -> Bool) async throws {
        let start = clock.now()
        state.withLock { $0.watch.arm(limit, now: start) }
        while true {
            let now = clock.now()
            if now >= start + limit, hasAll() { return }
            switch state.withLock({ $0.watch.check(now: now) }) {
            case .expired: throw stalled
            case .again(let time): try await clock.sleep(time)
            }
        }
    }

    /// Ends the attempt, whose work came to `result`; tells the breaker.
    func end(_ result: Result<Void, any Error>) -> (Ending, ProviderReport) {
        let now = clock.now()
        let state = state.withLock { $0 }
        let ending = ending(result, state)
        var report = state.report
        report.total = now - start
        report.outcome =
            switch ending {
            case .completed: .completed
            case .failed(let error): .failed(error.code)
            case .stopped: .cancelled
            }
        switch ending {
        case .completed: breaker.succeeded(state.permit)
        case .failed(let error):
            breaker.failed(state.permit, error)
            report.reason = error.message
        case .stopped: breaker.givenBack(state.permit)
        }
        return (ending, report)
    }

    private func ending(_ result: Result<Void, any Error>, _ state: State) -> Ending {
        switch state.stop {
        case .byConsumer(let error): return .stopped(error)
        case .byFault(let error): return .failed(error)
        case nil: break
        }
        if state.watch.hasExpired { return .failed(stalled) }
        switch result {
        case .success: return .completed
        case .failure where Task.isCancelled: return .stopped(CancellationError())
        case .failure(let error as ProviderError): return .failed(error)
        case .failure:
            // Its text may contain anything, so it is not reported.
            let message = "failed with an error that is not a provider's"
            return .failed(ProviderError(.protocolViolation, provider: provider, message: message))
        }
    }

    private var stalled: ProviderError {
        ProviderError(.timedOut, provider: provider, message: "gave nothing within its deadline")
    }
}
