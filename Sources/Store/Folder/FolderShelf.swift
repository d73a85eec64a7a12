import Memory
import ProviderKit
import Synchronization

/// The indexes of all folders that projects look things up in, each made when it is first asked, and made anew when files
/// have changed.
///
/// All work is done by one thread of its own, so that a slow disk holds up no conversation.
public final class FolderShelf: PassageIndex {
    /// So many indexes are kept; the one that was asked longest ago goes first.
    static let capacity = 16
    /// So long an index is taken for current before the folder is looked at again.
    static let patience: Duration = .seconds(10)
    /// So much may wait for the thread.
    static let longestQueue = 256

    private struct Shelved {
        var index: FolderIndex
        var checked: ContinuousClock.Instant
        var asked: Int
    }

    private struct State {
        var shelved: [String: Shelved] = [:]
        var questions = 0
    }

    private let workers = BlockingWorkers(name: "folders", count: 1, limit: longestQueue)
    private let state = Mutex(State())
    private let limits: FolderFiles.Limits
    private let patience: Duration

    /// A shelf without indexes.
    public convenience init() { self.init(limits: FolderFiles.Limits(), patience: Self.patience) }

    init(limits: FolderFiles.Limits, patience: Duration) { (self.limits, self.patience) = (limits, patience) }

    /// How many indexes there are.
    var count: Int { state.withLock { $0.shelved.count } }

    /// See `PassageIndex`.
    public func passages(for query: String, in folder: String, atMost most: Int) async throws -> [Passage] {
        try await workers.run { [self] _ in
            try state.withLock { state in try passages(for: query, in: folder, atMost: most, &state) }
        }
    }

    private func passages(
        for query: String, in folder: String, atMost most: Int, _ state: inout State
    ) throws -> [Passage] {
        state.questions += 1
        let now = ContinuousClock.now
        var known = state.shelved[folder]
        if known.map({ now - $0.checked >= patience }) ?? true {
            guard let files = FolderFiles(folder, limits: limits) else {
                state.shelved[folder] = nil
                throw ProviderError(.unavailable, provider: "folder", message: "there is no such folder")
            }
            if known?.index.files != files.list() { known = nil }
            known = Shelved(index: try known?.index ?? FolderIndex(files), checked: now, asked: 0)
        }
        known?.asked = state.questions
        state.shelved[folder] = known
        if state.shelved.count > Self.capacity, let oldest = state.shelved.min(by: { $0.value.asked < $1.value.asked })
        {
            state.shelved[oldest.key] = nil
        }
        return try known?.index.passages(for: query, atMost: most) ?? []
    }
}
