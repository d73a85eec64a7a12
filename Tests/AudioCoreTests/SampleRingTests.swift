import AudioCore
import TestSupport
import Testing

@Suite struct SampleRingTests {
    @Test func aNewRingIsEmpty() {
        let ring = SampleRing(capacity: 4)
        #expect(ring.start == 0 && ring.end == 0 && ring.samples(from: 0).isEmpty)
    }

    @Test func theOldestGiveWay() {
        var ring = SampleRing(capacity: 4)
        ring.append([1, 2, 3])
        #expect(ring.samples(from: 0) == [1, 2, 3])
        ring.append([4, 5, 6])
        #expect(ring.start == 2 && ring.end == 6 && ring.count == 4)
        #expect(ring.samples(from: 0) == [3, 4, 5, 6])
        #expect(ring.samples(from: 4) == [5, 6])
        #expect(ring.samples(from: 6).isEmpty && ring.samples(from: 60).isEmpty)
        #expect(ring.samples(in: 3..<5) == [4, 5])
        #expect(ring.samples(in: 0..<2).isEmpty)
    }

    @Test("Behaves like the whole stream with its beginning cut off", arguments: 1...30)
    func againstAPlainArray(seed: UInt64) {
        var generator = Seeded(seed)
        let capacity = Int.random(in: 1...50, using: &generator)
        var ring = SampleRing(capacity: capacity)
        var stream: [Int16] = []
        for _ in 0..<60 {
            let run = (0..<Int.random(in: 0...(2 * capacity), using: &generator)).map { _ in
                Int16.random(in: .min ... .max, using: &generator)
            }
            ring.append(run)
            stream += run
            #expect(ring.end == stream.count)
            #expect(ring.start == max(0, stream.count - capacity))
            let from = Int.random(in: 0...(stream.count + 3), using: &generator)
            #expect(ring.samples(from: from) == Array(stream.dropFirst(max(from, ring.start))))
        }
    }
}
