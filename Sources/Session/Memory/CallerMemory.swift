import Memory

/// The memory of one caller, as one conversation uses it. It fails in silence for the caller: an answer goes on without it.
public struct CallerMemory: Sendable {
    private let store: any MemoryStore
    private let owner: MemoryOwner
    private let failed: @Sendable (MemoryError) -> Void

    /// - Parameter failed: takes why the memory could not be read or written; it must not block.
    public init(
        _ store: any MemoryStore, of owner: MemoryOwner, failed: @escaping @Sendable (MemoryError) -> Void = { _ in }
    ) {
        (self.store, self.owner, self.failed) = (store, owner, failed)
    }

    /// Asks the store.
    func answer(_ recall: Recall) async -> Recalled {
        do throws(MemoryError) {
            switch recall {
            case .earlier(let count):
                return .earlier(
                    try await store.rounds(count, of: owner), variables: try await store.variables(of: owner))
            case .relevant(let query, let top, let threshold):
                return .relevant(try await store.search(query, of: owner, top: top, threshold: threshold))
            }
        } catch {
            if !Task.isCancelled { failed(error) }
            return recall.nothing
        }
    }

    /// Changes variables.
    func keep(_ changes: [MemoryChange]) async {
        do throws(MemoryError) { try await store.change(changes, of: owner) } catch { failed(error) }
    }

    /// Forgets the caller, or their variables.
    func forget(_ scope: MemoryRequest.Scope) async {
        do throws(MemoryError) {
            switch scope {
            case .variables: try await store.forgetVariables(of: owner)
            case .all: try await store.forget(owner)
            }
        } catch {
            failed(error)
        }
    }

    /// Adds what was said last.
    func append(_ round: MemoryRound) async {
        do throws(MemoryError) { try await store.append(round, for: owner) } catch { failed(error) }
    }
}
