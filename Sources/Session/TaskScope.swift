import Synchronization

/// The work that a conversation has started and may have to stop. The one place where tasks are made that outlive the
/// call that made them; `finish` waits for all of them, so none outlives its conversation.
final class TaskScope<Key: Hashable & Sendable>: Sendable {
    private let tasks = Mutex<[Key: Task<Void, Never>]>([:])

    /// Starts `work` under `key`, which no other running work has.
    func start(_ key: Key, _ work: @escaping @Sendable () async -> Void) {
        tasks.withLock { tasks in
            // The task cannot remove itself before it is in the table: the lock is held.
            tasks[key] = Task {
                await work()
                self.tasks.withLock { _ = $0.removeValue(forKey: key) }
            }
        }
    }

    /// Cancels the work whose key is chosen.
    func cancel(where chosen: (Key) -> Bool) {
        for task in tasks.withLock({ tasks in tasks.filter { chosen($0.key) }.map(\.value) }) { task.cancel() }
    }

    /// Cancels all work and waits for it to end.
    func finish() async {
        let rest = tasks.withLock { Array($0.values) }
        for task in rest { task.cancel() }
        for task in rest { await task.value }
    }
}
