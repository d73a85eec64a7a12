import AudioCore
import TestSupport
import Testing

@Suite struct WAVFileTests {
    /// A file with any header, right or wrong.
    private func file(
        kind: Int = 1, channels: Int = 1, rate: Int = 16_000, bits: Int = 16, block: Int? = nil,
        data: [UInt8], promised: Int? = nil, before: [UInt8] = []
    ) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        let block = block ?? channels * bits / 8
        var bytes = Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVE".utf8) + before
        bytes += Array("fmt ".utf8) + little(16, 4) + little(kind, 2) + little(channels, 2) + little(rate, 4)
        bytes += little(rate * block, 4) + little(block, 2) + little(bits, 2)
        return bytes + Array("data".utf8) + little(promised ?? data.count, 4) + data
    }

    private func code(_ bytes: [UInt8]) -> WAVError.Code? {
        do throws(WAVError) {
            _ = try WAVFile.read(bytes)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: [0, 1, 2, 1001], [8_000, 16_000, 44_100, 192_000])
    func roundTrip(count: Int, rate: Int) throws {
        var generator = Seeded(UInt64(count + rate))
        let samples = (0..<count).map { _ in Int16.random(in: .min ... .max, using: &generator) }
        let chunk = AudioChunk(samples: samples, sampleRate: rate)
        #expect(try WAVFile.read(WAVFile.write(chunk)) == chunk)
    }

    @Test func writesTheCanonicalHeader() {
        let bytes = WAVFile.write(AudioChunk(samples: [1, -1], sampleRate: 16_000))
        #expect(bytes == file(data: [1, 0, 0xFF, 0xFF]))
    }

    @Test(
        "Every width and channel count",
        arguments: [
            (1, 1, 8, [0x80, 0xFF, 0x00], [0, 32512, -32768]),
            (1, 2, 16, [2, 0, 4, 0, 0xFF, 0xFF, 0xFD, 0xFF], [3, -2]),
            (1, 1, 24, [0, 0, 0x80, 0, 1, 0, 0x80, 0, 0], [-32768, 1, 1]),
            (1, 1, 32, [0, 0, 5, 0, 0, 0, 0, 0x80], [5, -32768]),
            (6, 1, 8, [0xAA, 0x2A, 0xD5, 0x55], [32256, -32256, 8, -8]),
            (7, 1, 8, [0x80, 0x00, 0xFF, 0x7F], [32124, -32124, 0, 0]),
            (7, 2, 8, [0x80, 0xFF, 0x80], [16062]),
            (
                3, 1, 32, [0, 0, 0, 0x3F, 0, 0, 0x80, 0x40, 0, 0, 0x80, 0xFF, 0, 0, 0xC0, 0x7F],
                [16384, 32767, -32768, 0]
            ),
        ] as [(Int, Int, Int, [UInt8], [Int16])])
    func reads(kind: Int, channels: Int, bits: Int, data: [UInt8], expected: [Int16]) throws {
        #expect(try WAVFile.read(file(kind: kind, channels: channels, bits: bits, data: data)).samples == expected)
    }

    @Test func skipsOtherChunksAndTheirPadding() throws {
        let list = Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
        #expect(try WAVFile.read(file(data: [7, 0], before: list)).samples == [7])
    }

    @Test("A recording that was cut off is read as far as it goes") func dataThatPromisesTooMuch() throws {
        #expect(try WAVFile.read(file(data: [7, 0, 8, 0, 9], promised: 0xFFFF_FFFF)).samples == [7, 8])
        #expect(try WAVFile.read(file(channels: 2, data: [7, 0, 9, 0, 1, 0], promised: 99)).samples == [8])
    }

    @Test func saysWhatIsWrong() {
        let good = file(data: [1, 0])
        #expect(code([]) == .notWAV)
        #expect(code(Array("RIFX".utf8) + good.dropFirst(4)) == .notWAV)
        #expect(code(Array(good[..<12])) == .truncated)
        #expect(code(Array(good[..<30])) == .truncated)
        #expect(code(Array(good[..<36])) == .truncated)
        #expect(code(Array(good[..<12]) + good[36...]) == .malformed)
        #expect(code(file(kind: 2, bits: 4, data: [1])) == .unsupported)
        #expect(code(file(kind: 7, bits: 16, data: [1, 2])) == .unsupported)
        #expect(code(file(kind: 3, bits: 64, data: [1])) == .unsupported)
        #expect(code(file(channels: 0, data: [1])) == .unsupported)
        #expect(code(file(channels: 9, data: [1])) == .unsupported)
        #expect(code(file(rate: 0, data: [1])) == .unsupported)
        #expect(code(file(block: 3, data: [1, 2, 3])) == .malformed)
    }

    @Test func theMessageNamesTheTrouble() {
        do throws(WAVError) {
            _ = try WAVFile.read(file(kind: 2, bits: 4, data: [1]))
            Issue.record("ADPCM was read")
        } catch {
            #expect(error.description.contains("format 2 with 4 bits"))
        }
    }

    @Test("Damage never crashes", arguments: 1...50) func mutations(seed: UInt64) {
        var generator = Seeded(seed)
        let kinds = [(1, 1, 16), (1, 2, 16), (1, 1, 24), (3, 2, 32), (1, 8, 8), (6, 1, 8), (7, 2, 8)]
        for (kind, channels, bits) in kinds {
            let data = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let original = file(kind: kind, channels: channels, bits: bits, data: data)
            for _ in 0..<40 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    bytes[Int.random(in: 0..<60, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
                // Whatever is read cannot be more than one sample a byte.
                if let chunk = try? WAVFile.read(bytes) { #expect(chunk.samples.count <= bytes.count) }
            }
        }
    }
}
