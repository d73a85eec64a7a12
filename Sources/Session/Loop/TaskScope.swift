import Synchronization

/// The work that a conversation has started and may have to stop. The one place where tasks are made that outlive the
/// call that made them; `finish` waits for all of them, so none outlives its conversation.
final class TaskScope<Key: Hashable & Sendable>: Sendable {
    private struct State {
        /// By running number: work whose key comes again must not end what follows it.
        var tasks: [Int: (key: Key, task: Task<Void, Never>)] = [:]
        /// Work that was over before its task was in the table.
        var overEarly: Set<Int> = []
        var started = 0
    }

    private let state = Mutex(State())
    private let executor: (any TaskExecutor)?

    /// - Parameter executor: where work goes on after it first waits; nil is the pool of the process.
    init(executor: (any TaskExecutor)? = nil) { self.executor = executor }

    /// Starts `work` under `key`. It runs at once, up to where it first waits: works that are started one after the other
    /// and never wait are done one after the other.
    func start(_ key: Key, _ work: @escaping @Sendable () async -> Void) {
        let number = state.withLock { state in
            state.started += 1
            return state.started
        }
        let task = Task.immediate(executorPreference: executor) {
            await work()
            self.state.withLock { state in
                if state.tasks.removeValue(forKey: number) == nil { state.overEarly.insert(number) }
            }
        }
        state.withLock { state in
            if state.overEarly.remove(number) == nil { state.tasks[number] = (key, task) }
        }
    }

    /// Cancels the work whose key is chosen.
    func cancel(where chosen: (Key) -> Bool) {
        let cancelled = state.withLock { state in state.tasks.values.filter { chosen($0.key) } }
        for work in cancelled { work.task.cancel() }
    }

    /// Waits for all work to end; cancels it, but for what is `kept`.
    func finish(keeping kept: (Key) -> Bool = { _ in false }) async {
        let rest = state.withLock { state in Array(state.tasks.values) }
        for (key, task) in rest where !kept(key) { task.cancel() }
        for (_, task) in rest { await task.value }
    }
}
