import Synchronization

/// A memory that is gone with its process; for servers without a folder for it, and for tests.
public final class InMemoryStore: MemoryStore {
    private struct Known {
        var rounds: [MemoryRound] = []
        var variables: [String: String] = [:]
        /// When it was written to last: counts writes.
        var touched = 0
    }

    private struct State {
        var projects: [String: [String: Known]] = [:]
        var writes = 0
    }

    private let state = Mutex(State())
    private let limits: MemoryLimits

    /// An empty memory.
    public init(limits: MemoryLimits = .small) { self.limits = limits }

    /// See `MemoryStore`.
    public func append(_ round: MemoryRound, for owner: MemoryOwner) async throws(MemoryError) {
        try limits.check(owner)
        guard let kept = limits.fitting(round) else { return }
        try change(owner) { known throws(MemoryError) in
            known.rounds.append(kept)
            known.rounds.removeFirst(max(0, known.rounds.count - limits.roundsPerUser))
        }
    }

    /// See `MemoryStore`.
    public func rounds(_ count: Int, of owner: MemoryOwner) async throws(MemoryError) -> [MemoryRound] {
        known(owner).rounds.suffix(max(0, count))
    }

    /// See `MemoryStore`.
    public func search(
        _ query: String, of owner: MemoryOwner, top: Int, threshold: Double
    ) async throws(MemoryError) -> [Recollection] {
        Relevance.best(of: known(owner).rounds, for: query, top: top, threshold: threshold)
    }

    /// See `MemoryStore`.
    public func variables(of owner: MemoryOwner) async throws(MemoryError) -> [String: String] {
        known(owner).variables
    }

    /// See `MemoryStore`.
    public func change(_ changes: [MemoryChange], of owner: MemoryOwner) async throws(MemoryError) {
        try limits.check(owner)
        let isKnown = state.withLock { $0.projects[owner.project]?[owner.user] != nil }
        // Whoever is not known has nothing to remove.
        guard isKnown || changes.contains(where: { $0.value != nil }) else { return }
        try change(owner) { known throws(MemoryError) in
            known.variables = try limits.changed(known.variables, changes)
        }
    }

    /// See `MemoryStore`.
    public func forgetVariables(of owner: MemoryOwner) async throws(MemoryError) {
        state.withLock { $0.projects[owner.project]?[owner.user]?.variables = [:] }
    }

    /// See `MemoryStore`.
    public func forget(_ owner: MemoryOwner) async throws(MemoryError) {
        state.withLock { _ = $0.projects[owner.project]?.removeValue(forKey: owner.user) }
    }

    private func known(_ owner: MemoryOwner) -> Known {
        state.withLock { $0.projects[owner.project]?[owner.user] ?? Known() }
    }

    private func change(
        _ owner: MemoryOwner, _ change: (inout Known) throws(MemoryError) -> Void
    ) throws(MemoryError) {
        try state.withLock { state throws(MemoryError) in
            var users = state.projects[owner.project] ?? [:]
            var known = users[owner.user] ?? Known()
            try change(&known)
            state.writes += 1
            known.touched = state.writes
            users[owner.user] = known
            if users.count > limits.usersPerProject, let oldest = users.min(by: { $0.value.touched < $1.value.touched })
            {
                users[oldest.key] = nil
            }
            state.projects[owner.project] = users
        }
    }
}
