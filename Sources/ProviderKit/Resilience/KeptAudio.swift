import Synchronization

/// An utterance's audio, for one engine after the other: each hears it from the beginning, then as it comes.
final class KeptAudio: Sendable {
    /// Number of samples that are kept: two minutes at 16 kHz. Of a longer utterance, the next engine gets the last part.
    static let limit = 120 * 16000

    /// One engine's audio.
    struct Listener {
        let audio: AsyncStream<[Int16]>
        /// Ends when the audio does.
        let end: AsyncStream<Void>
    }

    private struct State {
        var chunks: [[Int16]] = []
        /// Samples in `chunks`.
        var count = 0
        var hasEnded = false
        /// Samples that the current listener was given.
        var given = 0
        var audio: AsyncStream<[Int16]>.Continuation?
        var end: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// How many samples the current listener was given.
    var given: Int { state.withLock { $0.given } }

    /// Keeps `audio` and passes it on until it ends or the task is cancelled.
    func run(_ audio: AsyncStream<[Int16]>) async {
        for await samples in audio { add(samples) }
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
            state.audio?.yield(samples)
        }
    }

    private func finish() {
        state.withLock { state in
            state.hasEnded = true
            state.audio?.finish()
            state.end?.finish()
        }
    }

    /// Switches to a new listener. The previous one gets nothing more.
    func listen() -> Listener {
        let audio = AsyncStream.makeStream(of: [Int16].self)
        let end = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            state.audio?.finish()
            state.end?.finish()
            for chunk in state.chunks { audio.continuation.yield(chunk) }
            state.given = state.count
            (state.audio, state.end) = (audio.continuation, end.continuation)
            if state.hasEnded {
                audio.continuation.finish()
                end.continuation.finish()
            }
        }
        return Listener(audio: audio.stream, end: end.stream)
    }
}
