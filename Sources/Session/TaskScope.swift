import Synchronization

/// The work that a conversation has started and may have to stop. The one place where tasks are made that outlive the
/// call that made them; `finish` waits for all of them, so none outlives its conversation.
final class TaskScope<Key: Hashable & Sendable>: Sendable {
    private struct State {
        /// By running number: work whose key comes again must not end what follows it.
        var tasks: [Int: (key: Key, task: Task<Void, Never>)] = [:]
        var started = 0
    }

    private let state = Mutex(State())

    /// Starts `work` under `key`.
    func start(_ key: Key, _ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.started += 1
            let number = state.started
            // The task cannot remove itself before it is in the table: the lock is held.
            state.tasks[number] = (
                key,
                Task {
                    await work()
                    self.state.withLock { _ = $0.tasks.removeValue(forKey: number) }
                }
            )
        }
    }

    /// Cancels the work whose key is chosen.
    func cancel(where chosen: (Key) -> Bool) {
        let cancelled = state.withLock { state in state.tasks.values.filter { chosen($0.key) } }
        for work in cancelled { work.task.cancel() }
    }

    /// Cancels all work and waits for it to end.
    func finish() async {
        let rest = state.withLock { state in state.tasks.values.map(\.task) }
        for task in rest { task.cancel() }
        for task in rest { await task.value }
    }
}
