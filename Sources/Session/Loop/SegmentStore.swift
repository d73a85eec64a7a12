import Synchronization

/// The samples of segments between the engine that makes them and the client: bounded, because the engine waits while too
/// many are not handed out yet. What was handed out is kept until it is forgotten, since an answer may go back.
final class SegmentStore: Sendable {
    private struct Entry {
        var samples = SampleQueue()
        /// The position of the first sample that was not handed out.
        var taken = 0
        let limit: Int
        var waiting: CheckedContinuation<Void, any Error>?

        var isFull: Bool { samples.range.upperBound - taken > limit }
    }

    private let entries = Mutex<[SegmentID: Entry]>([:])

    /// A segment will be made.
    /// - Parameter limit: so many samples may wait before `append` suspends.
    func open(_ id: SegmentID, limit: Int) { entries.withLock { $0[id] = Entry(limit: limit) } }

    /// Adds samples; returns when there is room for more. One engine at a time.
    /// - Throws: `CancellationError` when the segment is closed or the task is cancelled.
    func append(_ samples: [Int16], to id: SegmentID, then report: @Sendable () async -> Void) async throws {
        let isOpen = entries.withLock { entries in
            entries[id]?.samples.append(samples)
            return entries[id] != nil
        }
        guard isOpen else { throw CancellationError() }
        await report()
        try await room(in: id)
    }

    private func room(in id: SegmentID) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result = entries.withLock { entries -> Result<Void, any Error>? in
                    guard let entry = entries[id], !Task.isCancelled else { return .failure(CancellationError()) }
                    guard entry.isFull else { return .success(()) }
                    entries[id]?.waiting = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = entries.withLock { $0[id]?.waiting.take() }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// Hands samples out.
    /// - Returns: those of `range` that are there.
    func take(_ range: Range<Int>, of id: SegmentID) -> [Int16] {
        let (samples, waiting) = entries.withLock { entries -> ([Int16], CheckedContinuation<Void, any Error>?) in
            guard let entry = entries[id] else { return ([], nil) }
            entries[id]?.taken = max(entry.taken, range.upperBound)
            let waiting = entries[id]?.isFull == false ? entries[id]?.waiting.take() : nil
            return (entry.samples.samples(range), waiting)
        }
        waiting?.resume()
        return samples
    }

    /// Lets go of the samples before `position`.
    func forget(_ id: SegmentID, before position: Int) {
        entries.withLock { entries in
            guard let taken = entries[id]?.taken, let held = entries[id]?.samples.range else { return }
            if position == .max, taken >= held.upperBound {
                entries[id] = nil
            } else {
                entries[id]?.samples.drop(before: min(position, taken))
            }
        }
    }

    /// Lets go of whole segments; whoever makes them stops.
    func close(_ ids: [SegmentID]) {
        let waiting = entries.withLock { entries in ids.compactMap { entries.removeValue(forKey: $0)?.waiting } }
        for continuation in waiting { continuation.resume(throwing: CancellationError()) }
    }

    /// How many samples are held.
    var count: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.samples.range.count } } }
}
