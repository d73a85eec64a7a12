import Synchronization

/// Commands from other threads to a service thread, and waiting for its end.
final class Mailbox<Owner>: Sendable {
    typealias Command = @Sendable (Owner) -> Void

    private struct State {
        var commands: [Command] = []
        /// A wake-up is under way: more commands need no second one.
        var wakePending = false
        /// nil once the thread is about to end.
        var wake: (@Sendable () -> Void)?
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// `wake` ends the thread's wait for events; it is called under the box's lock, and never after `close()`.
    init(wake: @escaping @Sendable () -> Void) {
        state = Mutex(State(wake: wake))
    }

    // MARK: - From any thread

    /// Runs `command` on the service thread, soon. False when that has ended.
    func perform(_ command: @escaping Command) -> Bool {
        state.withLock { state in
            guard let wake = state.wake else { return false }
            state.commands.append(command)
            if !state.wakePending {
                state.wakePending = true
                wake()
            }
            return true
        }
    }

    /// Waits until the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let already = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if already { continuation.resume() }
        }
    }

    // MARK: - The service thread

    func drain(for owner: Owner) {
        let commands = state.withLock { state in
            state.wakePending = false
            defer { state.commands = [] }
            return state.commands
        }
        for command in commands { command(owner) }
    }

    /// Takes no more commands.
    func close() { state.withLock { $0.wake = nil } }

    /// The thread has nothing left to do. Commands that came too late are dropped.
    func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            state.commands = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
