import ProviderKit
import Synchronization

/// Does each key once: whoever brings a key that is being worked on waits for the outcome, and whoever brings it later is
/// told the outcome that it had.
///
/// It remembers a bounded number of keys. A new one takes the place of the one that has been done longest; when all are
/// being worked on, it is refused.
final class CallMemory: Sendable {
    fileprivate typealias Waiter = CheckedContinuation<ToolOutcome, Never>

    fileprivate enum Entry {
        case running(waiting: [Int: Waiter])
        case done(ToolOutcome)
    }

    fileprivate struct State {
        var entries: [String: Entry] = [:]
        /// Keys that are done, from the first; those before `oldest` are forgotten.
        var done: [String] = []
        var oldest = 0
        var lastWaiter = 0
    }

    /// What is to be done about a key.
    fileprivate enum Step {
        case work, wait(Int), refuse
        case tell(ToolOutcome)
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    /// The outcome of `work`, which is called unless the key was here before. Cancelling a task ends its wait; that of the
    /// one who works ends the work, whose outcome stays.
    func outcome(of key: String, _ work: () async -> ToolOutcome) async -> ToolOutcome {
        switch state.withLock({ $0.step(for: key, capacity: capacity) }) {
        case .tell(let outcome): return outcome
        case .refuse: return .failed(.unavailable, "too many calls at once; nothing was done")
        case .wait(let waiter): return await wait(for: key, as: waiter)
        case .work:
            let outcome = await work()
            for waiter in state.withLock({ $0.finish(key, outcome) }) { waiter.resume(returning: outcome) }
            return outcome
        }
    }

    private func wait(for key: String, as waiter: Int) async -> ToolOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: ToolOutcome? = state.withLock { state in
                    // It may be done, and even forgotten, by now.
                    guard case .running(var waiting) = state.entries[key], !Task.isCancelled else {
                        if case .done(let outcome) = state.entries[key] { return outcome }
                        return Self.cancelled
                    }
                    waiting[waiter] = continuation
                    state.entries[key] = .running(waiting: waiting)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let continuation: Waiter? = state.withLock { state in
                guard case .running(var waiting) = state.entries[key] else { return nil }
                let continuation = waiting.removeValue(forKey: waiter)
                state.entries[key] = .running(waiting: waiting)
                return continuation
            }
            continuation?.resume(returning: Self.cancelled)
        }
    }

    private static let cancelled = ToolOutcome.failed(.cancelled, "the call was taken back")
}

extension CallMemory.State {
    fileprivate mutating func step(for key: String, capacity: Int) -> CallMemory.Step {
        switch entries[key] {
        case .done(let outcome): return .tell(outcome)
        case .running:
            lastWaiter += 1
            return .wait(lastWaiter)
        case nil:
            guard entries.count < capacity || forgetOldest() else { return .refuse }
            entries[key] = .running(waiting: [:])
            return .work
        }
    }

    /// - Returns: who waits for it.
    fileprivate mutating func finish(_ key: String, _ outcome: ToolOutcome) -> [CallMemory.Waiter] {
        var waiters: [CallMemory.Waiter] = []
        if case .running(let waiting) = entries[key] { waiters = Array(waiting.values) }
        entries[key] = .done(outcome)
        done.append(key)
        return waiters
    }

    private mutating func forgetOldest() -> Bool {
        guard oldest < done.count else { return false }
        entries[done[oldest]] = nil
        oldest += 1
        if oldest * 2 > done.count {
            done.removeFirst(oldest)
            oldest = 0
        }
        return true
    }
}
