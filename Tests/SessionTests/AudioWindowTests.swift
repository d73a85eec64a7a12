import Synchronization
import Testing

@testable import Session

@Suite(.timeLimit(.minutes(1)))
struct AudioWindowTests {
    @Test func whoSynthesisesWaitsWhileItIsFull() async throws {
        let window = AudioWindow(limit: 100)
        try await window.add(60)
        try await window.add(40)
        let added = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask {
                for _ in 0..<10 {
                    try await window.add(50)
                    added.add()
                }
            }
            #expect(added.count == 0)
            // Never more than the limit and the piece with which it was passed.
            for sent in 1...20 {
                window.sent(50)
                #expect(added.count * 50 + 100 - sent * 50 <= 150)
            }
            try await group.waitForAll()
        }
        #expect(added.count == 10)
    }

    @Test func cancellationNeverHangs() async {
        let window = AudioWindow(limit: 10)
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask {
                do { try await window.add(11) } catch { return error is CancellationError }
                return false
            }
            group.cancelAll()
            #expect(await group.next() == true)
            group.addTask {
                do { try await window.add(1) } catch { return error is CancellationError }
                return false
            }
            #expect(await group.next() == true, "cancelled before it began to wait")
        }
    }
}

private final class Tally: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func add() { state.withLock { $0 += 1 } }
}
