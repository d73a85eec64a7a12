import AudioCore
import Foundation
import TestSupport
import Testing

@Suite struct AudioPositionTests {
    private func at(_ samples: Int) -> AudioPosition { AudioPosition(samples: samples) }

    @Test func aDurationLiesBetweenTwoPositions() {
        #expect(at(16_000) - .start == .seconds(1))
        #expect(at(0) - at(1) == .nanoseconds(-62_500))
        #expect(at(48_000) - .seconds(1) == at(32_000))
        #expect(at(48_000) + .milliseconds(32) == at(48_512))
        #expect(at(512).samples(since: at(1024)) == -512)
        #expect("\(at(7))" == "sample 7")
    }

    @Test func nothingComesBeforeTheStart() {
        #expect(at(-1) == .start)
        #expect(at(100) - .seconds(1) == .start)
        #expect(at(100) + .seconds(-1) == .start)
        #expect(at(100).advanced(bySamples: -101) == .start)
    }

    @Test(arguments: 0..<50) func positionsAndDurationsAddUp(seed: Int) {
        var random = Seeded(seed)
        // Some 90 years of audio, the longest that could ever matter.
        let (one, other) = (at(.random(in: 0...1 << 45, using: &random)), at(.random(in: 0...1 << 45, using: &random)))
        #expect(one + (other - one) == other)
        #expect(other - (other - one) == one)
        #expect((one < other) == (one - other < .zero))
        #expect(one.advanced(bySamples: other.samples(since: one)) == other)
    }

    @Test func itIsWrittenAsOneInteger() throws {
        let text = try JSONEncoder().encode([at(0), at(16_000), at(1 << 53)])
        #expect(String(decoding: text, as: UTF8.self) == "[0,16000,9007199254740992]")
        #expect(try JSONDecoder().decode([AudioPosition].self, from: text) == [at(0), at(16_000), at(1 << 53)])
    }

    @Test(arguments: ["-1", "9007199254740993", "9223372036854775807", "1e30", "1.5", "\"1\"", "null"])
    func whatIsNoPositionIsRefused(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([AudioPosition].self, from: Data("[\(json)]".utf8))
        }
    }
}
