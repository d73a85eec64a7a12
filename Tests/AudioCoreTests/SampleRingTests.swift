import AudioCore
import TestSupport
import Testing

@Suite struct SampleRingTests {
    private func at(_ samples: Int) -> AudioPosition { AudioPosition(samples: samples) }

    @Test func aNewRingIsEmpty() {
        let ring = SampleRing(capacity: 4)
        #expect(ring.start == .start && ring.end == .start && ring.samples(from: .start).isEmpty)
    }

    @Test func theOldestGiveWay() {
        var ring = SampleRing(capacity: 4)
        ring.append([1, 2, 3])
        #expect(ring.samples(from: .start) == [1, 2, 3])
        ring.append([4, 5, 6])
        #expect(ring.start == at(2) && ring.end == at(6) && ring.count == 4)
        #expect(ring.samples(from: .start) == [3, 4, 5, 6])
        #expect(ring.samples(from: at(4)) == [5, 6])
        #expect(ring.samples(from: at(6)).isEmpty && ring.samples(from: at(60)).isEmpty)
        #expect(ring.samples(in: at(3)..<at(5)) == [4, 5])
        #expect(ring.samples(in: at(0)..<at(2)).isEmpty)
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
            #expect(ring.end == at(stream.count))
            #expect(ring.start == at(max(0, stream.count - capacity)))
            let from = Int.random(in: 0...(stream.count + 3), using: &generator)
            #expect(ring.samples(from: at(from)) == Array(stream.dropFirst(max(from, ring.start.samples))))
        }
    }
}
