import Synchronization

/// Work that goes on after the call that began it: a stream that is read, a cancellation that is sent when its caller is
/// gone. It ends with its owner.
final class Background: Sendable {
    /// More at once are not begun: a server that takes nothing any more does not pile them up.
    static let most = 32

    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        /// Work that was over before its task was in the table.
        var overEarly: Set<Int> = []
        var started = 0
    }

    private let state = Mutex(State())

    deinit { cancel() }

    /// Begins `work`, unless too much is under way.
    func start(_ work: @escaping @Sendable () async -> Void) {
        let number = state.withLock { state -> Int? in
            guard state.tasks.count < Self.most else { return nil }
            state.started += 1
            return state.started
        }
        guard let number else { return }
        let task = Task { [weak self] in
            await work()
            self?.finished(number)
        }
        state.withLock { state in
            if state.overEarly.remove(number) == nil { state.tasks[number] = task }
        }
    }

    /// Ends all work.
    func cancel() {
        for task in state.withLock({ $0.tasks.values }) { task.cancel() }
    }

    private func finished(_ number: Int) {
        state.withLock { state in
            if state.tasks.removeValue(forKey: number) == nil { state.overEarly.insert(number) }
        }
    }
}
