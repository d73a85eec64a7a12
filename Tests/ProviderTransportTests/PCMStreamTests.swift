import AudioCore
import ProviderKit
import ProviderTransport
import TestSupport
import Testing

struct PCMStreamTests {
    /// However the bytes were cut, the samples are the same.
    @Test(arguments: [(24000, 24000), (24000, 16000), (24000, 48000)], 0..<10)
    func cutsChangeNothing(rates: (Int, Int), seed: Int) throws {
        var random = Seeded(seed)
        let tone = (0..<2000).map { _ in Int16.random(in: -9000...9000, using: &random) }
        let bytes = PCM16.bytes(littleEndian: tone)
        func samples(_ width: () -> Int) throws -> [Int16] {
            var stream = try PCMStream(from: rates.0, to: rates.1, provider: "p")
            var all: [Int16] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let width = min(rest.count, width())
                if let chunk = stream.add(Array(rest.prefix(width))) {
                    #expect(chunk.sampleRate == rates.1 && !chunk.samples.isEmpty)
                    all += chunk.samples
                }
                rest = rest.dropFirst(width)
            }
            return all + (try stream.finish()?.samples ?? [])
        }
        let whole = try samples { bytes.count }
        #expect(whole.count == 2000 * rates.1 / rates.0 || whole.count == 2000 * rates.1 / rates.0 + 1)
        #expect(try samples { 1 } == whole)
        #expect(try samples { 3 } == whole)
        #expect(try samples { Int.random(in: 1...99, using: &random) } == whole)
    }

    @Test func halfASampleAtTheEndIsNoEnd() throws {
        var stream = try PCMStream(from: 16000, to: 16000, provider: "p")
        #expect(stream.add([1, 0, 2])?.samples == [1])
        let error = #expect(throws: ProviderError.self) { _ = try stream.finish() }
        #expect(error?.code == .protocolViolation)
    }

    @Test func impossibleRatesAreRejected() {
        let error = #expect(throws: ProviderError.self) { _ = try PCMStream(from: 24000, to: 3, provider: "p") }
        #expect(error?.code == .rejected)
    }
}
