/// Telephony's two ways of writing a sample in one byte (ITU-T G.711).
///
/// The codes are those on the wire: µ-law with all bits inverted, A-law with every other bit inverted. PCM16 stands for
/// the 14 bits of µ-law and the 13 bits of A-law with zeros below them.
public enum G711: String, CaseIterable, Codable, Sendable {
    /// µ-law, of North America and Japan.
    case muLaw = "mulaw"
    /// A-law, of the rest of the world.
    case aLaw = "alaw"

    /// The samples that codes stand for.
    public func decode(_ codes: [UInt8]) -> [Int16] {
        let samples = table
        return codes.map { samples[Int($0)] }
    }

    /// The sample that a code stands for.
    public func decode(_ code: UInt8) -> Int16 { table[Int(code)] }

    private var table: [Int16] { self == .muLaw ? Self.muLawSamples : Self.aLawSamples }

    /// The codes whose samples are nearest.
    ///
    /// The error is at most half a step of the segment: 4…512 of full scale's 32,768. µ-law ends at ±32,124, A-law at
    /// ±32,256; what is louder gets the last code.
    public func encode(_ samples: [Int16]) -> [UInt8] {
        self == .muLaw ? samples.map(Self.muLawCode) : samples.map(Self.aLawCode)
    }

    // MARK: - One sample

    // A code is a sign, a segment of 3 bits and a step of 4 bits. The step doubles from segment to segment, but the
    // first two segments of A-law have the same. Negative samples are judged by their complement, so that the code of
    // `~sample` is the code of `sample` with the other sign.

    private static let signBit: UInt8 = 0x80
    private static let muLawSamples = (0...255).map { muLawSample(UInt8($0)) }
    private static let aLawSamples = (0...255).map { aLawSample(UInt8($0)) }
    /// µ-law moves the magnitude up by this, after which the highest bit tells the segment.
    private static let muLawBias: Int32 = 132
    /// The loudest magnitude whose biased value has no bit above the last segment's.
    private static let muLawClip: Int32 = 32_635
    private static let aLawInversion: UInt8 = 0x55

    private static func muLawCode(_ sample: Int16) -> UInt8 {
        let magnitude = min(Int32(sample < 0 ? ~sample : sample), muLawClip) + muLawBias
        let segment = Int32(24 - magnitude.leadingZeroBitCount)
        let step = magnitude >> (segment + 3) & 0xF
        return ~(UInt8(segment << 4 | step) | (sample < 0 ? signBit : 0))
    }

    private static func muLawSample(_ code: UInt8) -> Int16 {
        let bits = Int32(~code)
        let magnitude = ((bits & 0xF) << 3 + muLawBias) << (bits >> 4 & 7) - muLawBias
        return Int16(bits & Int32(signBit) == 0 ? magnitude : -magnitude)
    }

    private static func aLawCode(_ sample: Int16) -> UInt8 {
        let magnitude = Int32(sample < 0 ? ~sample : sample)
        let segment = Int32(max(24 - magnitude.leadingZeroBitCount, 0))
        let step = magnitude >> (max(segment, 1) + 3) & 0xF
        return (UInt8(segment << 4 | step) | (sample < 0 ? 0 : signBit)) ^ aLawInversion
    }

    private static func aLawSample(_ code: UInt8) -> Int16 {
        let bits = Int32(code ^ aLawInversion)
        let segment = bits >> 4 & 7
        let half: Int32 = 8
        let first = (bits & 0xF) << 4 + half
        let magnitude = segment == 0 ? first : (first + 256) << (segment - 1)
        return Int16(bits & Int32(signBit) == 0 ? -magnitude : magnitude)
    }
}
