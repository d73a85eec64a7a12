import Synchronization

/// A bounded number of expensive things, such as decoders, engines or processes. Each has one user at a time.
///
/// Things are created when first needed, and kept. While all are in use, further users wait in order of arrival.
public final class LeasePool<Resource: Sendable>: Sendable {
    private enum Grant: Sendable {
        case existing(Resource)
        /// There is room: the user makes the thing.
        case room
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Grant, any Error>
    }

    private struct State {
        var idle: [Resource] = []
        /// How many exist or are being made.
        var count = 0
        var waiters: [Waiter] = []
        var nextID = 0
    }

    private let limit: Int
    private let make: @Sendable () async throws -> Resource
    private let state = Mutex(State())

    /// A pool of at most `limit` (at least 1) things made by `make`.
    public init(limit: Int, make: @escaping @Sendable () async throws -> Resource) {
        self.limit = max(1, limit)
        self.make = make
    }

    /// How many things exist or are being made, at most the limit.
    public var count: Int { state.withLock { $0.count } }

    /// How many users wait.
    public var waiting: Int { state.withLock { $0.waiters.count } }

    /// Borrows a thing for the length of `body`.
    /// - Throws: what `make` or `body` throws, or `CancellationError` while waiting.
    public func withLease<Value>(_ body: (Resource) async throws -> Value) async throws -> Value {
        let resource: Resource
        switch try await grant() {
        case .existing(let idle): resource = idle
        case .room:
            do { resource = try await make() } catch {
                giveUpRoom()
                throw error
            }
        }
        defer { giveBack(resource) }
        return try await body(resource)
    }

    private func grant() async throws -> Grant {
        try Task.checkCancellation()
        let cancelled = StopFlag()
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Grant, any Error>? in
                    // Cancelled before this lock was taken: nothing would wake the waiter.
                    if cancelled.isRaised { return .failure(CancellationError()) }
                    if let idle = state.idle.popLast() { return .success(.existing(idle)) }
                    if state.count < limit {
                        state.count += 1
                        return .success(.room)
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            cancelled.raise()
            let waiter = state.withLock { state -> Waiter? in
                if let index = state.waiters.firstIndex(where: { $0.id == id }) {
                    return state.waiters.remove(at: index)
                }
                return nil
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func giveBack(_ resource: Resource) {
        let waiter = state.withLock { state -> Waiter? in
            if state.waiters.isEmpty {
                state.idle.append(resource)
                return nil
            }
            return state.waiters.removeFirst()
        }
        waiter?.continuation.resume(returning: .existing(resource))
    }

    /// Creation failed. The next waiter may try.
    private func giveUpRoom() {
        let waiter = state.withLock { state -> Waiter? in
            if state.waiters.isEmpty {
                state.count -= 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        waiter?.continuation.resume(returning: .room)
    }
}
