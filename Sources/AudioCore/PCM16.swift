/// Conversions and measurements on runs of signed 16-bit samples.
public enum PCM16 {
    /// Level of digital silence as reported by ``level(_:)``: half a step of the quantiser, rounded.
    public static let silenceLevel: Double = -96

    /// Decodes little-endian bytes; a last odd byte is left out.
    public static func samples(littleEndian bytes: [UInt8]) -> [Int16] {
        bytes.withUnsafeBytes { samples(littleEndian: $0) }
    }

    /// Decodes little-endian bytes; a last odd byte is left out.
    public static func samples(littleEndian bytes: UnsafeRawBufferPointer) -> [Int16] {
        let count = bytes.count / 2
        return [Int16](unsafeUninitializedCapacity: count) { samples, initialized in
            let whole = UnsafeRawBufferPointer(rebasing: bytes[..<(2 * count)])
            UnsafeMutableRawBufferPointer(samples).copyMemory(from: whole)
            initialized = count
            #if _endian(big)
                for index in 0..<count { samples[index] = samples[index].byteSwapped }
            #endif
        }
    }

    /// Encodes samples as little-endian bytes.
    public static func bytes(littleEndian samples: [Int16]) -> [UInt8] {
        #if _endian(big)
            let samples = samples.map(\.byteSwapped)
        #endif
        return samples.withUnsafeBytes { [UInt8]($0) }
    }

    /// The root mean square in dBFS: 0 is a full-scale square wave, a full-scale sine is −3.
    ///
    /// - Returns: −96…0; ``silenceLevel`` for silence and for no samples at all.
    public static func level(_ samples: [Int16]) -> Double {
        guard !samples.isEmpty else { return silenceLevel }
        // Exact: 2^30 · count stays below 2^63 for any run that fits in memory.
        var energy: Int64 = 0
        for sample in samples { energy &+= Int64(Int32(sample) &* Int32(sample)) }
        let power = Double(energy) / Double(samples.count) / (32768 * 32768)
        return max(silenceLevel, 10 * commonLogarithm(power))
    }

    /// log10 without a C library import: the exponent is read off, the mantissa goes through the series of artanh.
    static func commonLogarithm(_ value: Double) -> Double {
        guard value > 0 else { return -.infinity }
        // ln m = 2 artanh((m − 1)/(m + 1)); for 1 ≤ m < 2 the argument is below 1/3 and twelve terms give 1e-12.
        let mantissa = value.significand
        let ratio = (mantissa - 1) / (mantissa + 1)
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 25, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return (Double(value.exponent) * 0.693_147_180_559_945_3 + 2 * sum) / 2.302_585_092_994_046
    }
}
