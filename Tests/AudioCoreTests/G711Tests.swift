import AudioCore
import TestSupport
import Testing

@Suite struct G711Tests {
    private static let codes = (0...255).map { UInt8($0) }
    private static let samples = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }

    @Test(arguments: G711.allCases) func everyCodeComesBack(law: G711) {
        let again = law.encode(law.decode(Self.codes))
        for (code, back) in zip(Self.codes, again) {
            // µ-law has two codes for silence: the negative one comes back as the positive one.
            #expect(back == (law == .muLaw && code == 0x7F ? 0xFF : code))
        }
    }

    /// The decoder's output values at the ends of the segments, from tables 1a and 2a of the recommendation: value
    /// numbers 1, 16, 17, 32 … on the scale of 12 and 13 bits, and the character signals there.
    @Test func valuesOfTheRecommendation() {
        let muLaw: [(code: UInt8, value: Int)] = [
            (0xFF, 0), (0xFE, 2), (0xF0, 30), (0xEF, 33), (0xE0, 93), (0xDF, 99), (0xD0, 219), (0xCF, 231), (0xC0, 471),
            (0xBF, 495), (0xB0, 975), (0xAF, 1023), (0xA0, 1983), (0x9F, 2079), (0x90, 3999), (0x8F, 4191),
            (0x80, 8031),
        ]
        for (code, value) in muLaw {
            #expect(G711.muLaw.decode(code) == Int16(4 * value))
            #expect(G711.muLaw.decode(code & 0x7F) == Int16(-4 * value))
        }
        let aLaw: [(code: UInt8, value: Int)] = [
            (0xD5, 1), (0xDA, 31), (0xC5, 33), (0xCA, 63), (0xF5, 66), (0xFA, 126), (0xE5, 132), (0xEA, 252),
            (0x95, 264),
            (0x9A, 504), (0x85, 528), (0x8A, 1008), (0xB5, 1056), (0xBA, 2016), (0xA5, 2112), (0xAA, 4032),
        ]
        for (code, value) in aLaw {
            #expect(G711.aLaw.decode(code) == Int16(8 * value))
            #expect(G711.aLaw.decode(code & 0x7F) == Int16(-8 * value))
        }
    }

    /// Tables 5 and 6: a sine of 1 kHz at 0 dBm0, which is 3.17 dB (µ-law) and 3.14 dB (A-law) below the loudest sine.
    @Test(arguments: [
        (G711.muLaw, [0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E], 3.17),
        (G711.aLaw, [0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4], 3.14),
    ]) func theReferenceTone(law: G711, period: [UInt8], belowLoudest: Double) {
        let samples = law.decode(period)
        #expect(samples[..<4] == [samples[0], samples[1], samples[1], samples[0]])
        #expect(Array(samples[4...]) == samples[..<4].map { -$0 })
        // The loudest sine is the recommendation's overload: 8159 of 8192 and 4096 of 4096.
        let overload = law == .muLaw ? -0.035 : 0
        #expect(abs(PCM16.level(samples) - (-3.01 + overload - belowLoudest)) < 0.1)
    }

    @Test(arguments: G711.allCases) func louderNeverDecodesSofter(law: G711) {
        let heard = law.decode(law.encode(Self.samples))
        #expect(zip(heard, heard.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(arguments: G711.allCases) func theErrorIsAtMostHalfAStep(law: G711) {
        for (sample, heard) in zip(Self.samples, law.decode(law.encode(Self.samples))) {
            let magnitude = Int(sample).magnitude
            // Half a step is 4 up to 123 and doubles from there (µ-law), 8 up to 511 (A-law).
            let half: Int
            switch law {
            case .muLaw: half = 4 << max(0, Int.bitWidth - (Int(magnitude) + 132).leadingZeroBitCount - 8)
            case .aLaw: half = 8 << max(0, Int.bitWidth - Int(magnitude).leadingZeroBitCount - 9)
            }
            let loudest: UInt = law == .muLaw ? 32_635 : 32_767
            if magnitude <= loudest { #expect(abs(Int(sample) - Int(heard)) <= half, "\(sample) became \(heard)") }
        }
        #expect(law.decode(law.encode([.min, .max])) == (law == .muLaw ? [-32_124, 32_124] : [-32_256, 32_256]))
    }

    @Test(arguments: G711.allCases) func aSampleAndItsComplementDifferInTheSign(law: G711) {
        let (codes, others) = (law.encode(Self.samples), law.encode(Self.samples.map { ~$0 }))
        #expect(zip(codes, others).allSatisfy { $0 ^ 0x80 == $1 })
    }
}
