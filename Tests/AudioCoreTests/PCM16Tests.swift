import AudioCore
import Testing

@Suite struct PCM16Tests {
    @Test func bytesAreLittleEndian() {
        #expect(PCM16.bytes(littleEndian: [1, -2, 0x1234]) == [1, 0, 0xFE, 0xFF, 0x34, 0x12])
        #expect(PCM16.samples(littleEndian: [1, 0, 0xFE, 0xFF, 0x34, 0x12]) == [1, -2, 0x1234])
    }

    @Test func aLastOddByteIsLeftOut() {
        #expect(PCM16.samples(littleEndian: [1, 0, 7]) == [1])
        #expect(PCM16.samples(littleEndian: [7]).isEmpty)
        #expect(PCM16.samples(littleEndian: []).isEmpty)
    }

    @Test("Every sample survives the way out and back") func roundTrip() {
        let all = (Int16.min...Int16.max).map { $0 }
        #expect(PCM16.samples(littleEndian: PCM16.bytes(littleEndian: all)) == all)
    }

    @Test(
        "Known levels",
        arguments: [
            ([Int16](repeating: -32768, count: 100), 0.0),
            ([Int16](repeating: 16384, count: 7), -6.0206),
            ([Int16](repeating: 328, count: 7), -39.992),
            ([1000, -1000, 1000, -1000], -30.309),
            ([1], -90.309),
            ([0, 0, 0], -96),
            ([], -96),
        ] as [([Int16], Double)])
    func level(samples: [Int16], expected: Double) {
        #expect(abs(PCM16.level(samples) - expected) < 0.001)
    }
}
