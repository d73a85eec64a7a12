import Testing

@testable import Session

/// The samples between whoever makes them and the client: bounded, because who makes them waits.
@Suite(.timeLimit(.minutes(1)))
struct SegmentStoreTests {
    private let id = SegmentID(1)

    private func samples(_ count: Int, _ value: Int16 = 1) -> [Int16] { Array(repeating: value, count: count) }

    @Test func whoSynthesizesWaitsWhileItIsFull() async throws {
        let (store, id) = (SegmentStore(), id)
        store.open(id, limit: 100)
        try await store.append(samples(100), to: id) {}
        let (told, added) = (Tally(), Tally())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask {
                for _ in 0..<10 {
                    try await store.append(samples(50), to: id) { told.add() }
                    added.add()
                }
            }
            #expect(told.count == 1 && added.count == 0, "its audio is there, and it waits")
            for step in 1...12 {
                #expect(store.take((step - 1) * 50..<step * 50, of: id).count == 50)
                while added.count < min(step, 10) { await Task.yield() }
                // Never more than the limit and the piece with which it was passed.
                #expect(100 + told.count * 50 - step * 50 <= 150)
            }
            try await group.waitForAll()
        }
        #expect(added.count == 10)
    }

    @Test func cancellationNeverHangs() async throws {
        let (store, id) = (SegmentStore(), id)
        store.open(id, limit: 10)
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask { await isCancelled { try await store.append(samples(11), to: id) {} } }
            group.cancelAll()
            #expect(await group.next() == true)
            group.addTask { await isCancelled { try await store.append(samples(1), to: id) {} } }
            #expect(await group.next() == true, "cancelled before it began to wait")
        }
    }

    @Test func closingReleasesWhoWaits() async throws {
        let (store, id) = (SegmentStore(), id)
        store.open(id, limit: 10)
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask { await isCancelled { try await store.append(samples(11), to: id) {} } }
            store.close([id])
            #expect(await group.next() == true)
        }
        #expect(store.count == 0)
        #expect(await isCancelled { try await store.append(samples(1), to: id) {} }, "nobody wants it any more")
        #expect(store.take(0..<5, of: id).isEmpty)
    }

    private func isCancelled(_ work: () async throws -> Void) async -> Bool {
        do { try await work() } catch { return error is CancellationError }
        return false
    }

    /// An answer may go back to what was handed out, until that is forgotten.
    @Test func whatWasHandedOutIsKeptUntilItIsForgotten() async throws {
        let store = SegmentStore()
        store.open(id, limit: 1000)
        try await store.append(Array(0..<100), to: id) {}
        #expect(store.take(0..<50, of: id) == Array(0..<50))
        #expect(store.take(20..<60, of: id) == Array(20..<60), "it went back")
        store.forget(id, before: 30)
        #expect(store.count == 70)
        #expect(store.take(20..<40, of: id) == Array(30..<40), "what is forgotten is gone")
        store.forget(id, before: 90)
        #expect(store.count == 40, "what was not handed out yet is kept")
        #expect(store.take(60..<200, of: id) == Array(60..<100))
        store.forget(id, before: .max)
        #expect(store.count == 0)
    }

    /// Going back does not make room: what was handed out once counts as handed out.
    @Test func goingBackDoesNotHoldUp() async throws {
        let store = SegmentStore()
        store.open(id, limit: 10)
        try await store.append(samples(10), to: id) {}
        _ = store.take(0..<10, of: id)
        _ = store.take(0..<2, of: id)
        try await store.append(samples(10), to: id) {}
        #expect(store.count == 20)
    }
}
