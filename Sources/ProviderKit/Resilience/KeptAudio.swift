import Synchronization

/// An utterance's audio, for one engine after the other: each hears it from the beginning, then as it comes.
final class KeptAudio: Sendable {
    /// Number of samples that are kept: two minutes at 16 kHz. Of a longer utterance, the next engine gets the last part.
    static let limit = 120 * 16000

    /// One engine's audio.
    struct Listener {
        let utterance: AsyncStream<UtteranceInput>
        /// Ends when the audio does.
        let end: AsyncStream<Void>
    }

    private struct State {
        var chunks: [[Int16]] = []
        /// Samples in `chunks`.
        var count = 0
        /// The pause that goes on.
        var pause: Int?
        var hasEnded = false
        /// Samples that the current listener was given.
        var given = 0
        var listener: AsyncStream<UtteranceInput>.Continuation?
        var end: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// How many samples the current listener was given.
    var given: Int { state.withLock { $0.given } }

    /// The pause with which the audio ends so far.
    var pause: Int? { state.withLock { $0.pause } }

    /// Keeps the audio of `utterance` and passes all of it on until it ends or the task is cancelled.
    func run(_ utterance: AsyncStream<UtteranceInput>) async {
        for await input in utterance {
            switch input {
            case .audio(let samples): add(samples)
            case .pause(let number): pass(input, pause: number)
            case .resumed: pass(input, pause: nil)
            }
        }
        if !Task.isCancelled { finish() }
    }

    private func add(_ samples: [Int16]) {
        guard !samples.isEmpty else { return }
        state.withLock { state in
            state.chunks.append(samples)
            state.count += samples.count
            while state.count > Self.limit, state.chunks.count > 1 {
                state.count -= state.chunks.removeFirst().count
            }
            state.given += samples.count
            state.listener?.yield(.audio(samples))
        }
    }

    private func pass(_ input: UtteranceInput, pause: Int?) {
        state.withLock { state in
            state.pause = pause
            state.listener?.yield(input)
        }
    }

    private func finish() {
        state.withLock { state in
            state.hasEnded = true
            state.listener?.finish()
            state.end?.finish()
        }
    }

    /// Switches to a new listener. The previous one gets nothing more.
    func listen() -> Listener {
        let utterance = AsyncStream.makeStream(of: UtteranceInput.self)
        let end = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            state.listener?.finish()
            state.end?.finish()
            for chunk in state.chunks { utterance.continuation.yield(.audio(chunk)) }
            if let pause = state.pause { utterance.continuation.yield(.pause(pause)) }
            state.given = state.count
            (state.listener, state.end) = (utterance.continuation, end.continuation)
            if state.hasEnded {
                utterance.continuation.finish()
                end.continuation.finish()
            }
        }
        return Listener(utterance: utterance.stream, end: end.stream)
    }
}
