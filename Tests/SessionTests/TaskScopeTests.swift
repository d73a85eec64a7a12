import Synchronization
import Testing

@testable import Session

@Suite(.timeLimit(.minutes(1))) struct TaskScopeTests {
    @Test func workThatNeverWaitsIsDoneInOrder() async {
        let scope = TaskScope<Int>()
        let done = Mutex<[Int]>([])
        for number in 0..<100 {
            scope.start(number) { done.withLock { $0.append(number) } }
        }
        await scope.finish()
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test func finishingCancelsAndWaits() async {
        let scope = TaskScope<Int>()
        let ended = Mutex(0)
        for number in 0..<10 {
            scope.start(number) {
                await Gate().waitUntilCancelled()
                ended.withLock { $0 += 1 }
            }
        }
        await scope.finish()
        #expect(ended.withLock { $0 } == 10)
    }

    @Test func cancellingByKeyLeavesTheRest() async {
        let scope = TaskScope<Int>()
        let (stream, ended) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<3 {
            scope.start(number) {
                await Gate().waitUntilCancelled()
                ended.yield(number)
            }
        }
        scope.cancel { $0 == 1 }
        var first = stream.makeAsyncIterator()
        #expect(await first.next() == 1)
        await scope.finish()
    }
}

/// Something that only a cancellation ends.
private struct Gate {
    func waitUntilCancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            continuation.finish()
        }
    }
}
