import TestSupport
import Testing

@testable import Session

/// A queue in pieces is one array of samples.
struct SampleQueueTests {
    @Test(arguments: 0..<200) func isOneArray(seed: UInt64) {
        var random = Seeded(seed)
        var (queue, all, dropped): (SampleQueue, [Int16], Int) = (SampleQueue(), [], 0)
        for _ in 0..<60 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let piece = (0..<Int.random(in: 0..<40, using: &random)).map { Int16(all.count + $0) }
                queue.append(piece)
                all += piece
            case 2:
                let position = Int.random(in: -5..<all.count + 20, using: &random)
                queue.drop(before: position)
                dropped = min(max(dropped, position), all.count)
            default:
                let start = Int.random(in: -5..<all.count + 20, using: &random)
                let wanted = start..<start + Int.random(in: 0..<60, using: &random)
                #expect(queue.samples(wanted) == Array(all[wanted.clamped(to: dropped..<all.count)]))
            }
            #expect(queue.range == dropped..<all.count)
        }
    }

    @Test func everythingMayBeAskedFor() {
        var queue = SampleQueue()
        #expect(queue.samples(0..<10).isEmpty)
        queue.append([1, 2, 3])
        #expect(queue.samples(.min / 2..<Int.max) == [1, 2, 3])
        queue.drop(before: .max)
        #expect(queue.range == 3..<3 && queue.samples(0..<10).isEmpty)
    }
}
