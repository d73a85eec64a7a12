extension PCM16 {
    /// Why a text gives no samples.
    public enum Base64Failure: Error, Equatable, Sendable {
        /// It is not base64 in the standard alphabet, padded to whole groups of four.
        case notBase64
        /// It holds an odd number of bytes; a sample has two.
        case halfSample
    }

    /// Decodes base64 of little-endian bytes, straight to samples.
    ///
    /// - Parameter text: ASCII; white space is not allowed.
    public static func samples(base64 text: UnsafeBufferPointer<UInt8>) throws(Base64Failure) -> [Int16] {
        guard text.count.isMultiple(of: 4) else { throw .notBase64 }
        guard let last = text.last else { return [] }
        let equals = UInt8(ascii: "=")
        let padding = last != equals ? 0 : text[text.count - 2] != equals ? 1 : 2
        let byteCount = text.count / 4 * 3 - padding
        var isValid = false
        let samples = [Int16](unsafeUninitializedCapacity: (byteCount + 1) / 2) { samples, initialized in
            isValid = decode(text, padding: padding, into: UnsafeMutableRawBufferPointer(samples))
            // An odd byte leaves half a sample, and is refused below.
            initialized = isValid ? byteCount / 2 : 0
            #if _endian(big)
                for index in 0..<initialized { samples[index] = samples[index].byteSwapped }
            #endif
        }
        guard isValid else { throw .notBase64 }
        guard byteCount.isMultiple(of: 2) else { throw .halfSample }
        return samples
    }

    /// Writes what `text` says; false when it is not base64.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, padding: Int, into bytes: UnsafeMutableRawBufferPointer
    ) -> Bool {
        base64Values.withUnsafeBufferPointer { values in
            // Collects the mark of what is no digit, so that the loop has no branch for it.
            var marks: UInt32 = 0
            var written = 0
            let whole = text.count - (padding > 0 ? 4 : 0)
            for place in stride(from: 0, to: whole, by: 4) {
                let group =
                    values[Int(text[place])] << 18 | values[Int(text[place + 1])] << 12
                    | values[Int(text[place + 2])] << 6 | values[Int(text[place + 3])]
                marks |= group
                bytes[written] = UInt8(truncatingIfNeeded: group >> 16)
                bytes[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                bytes[written + 2] = UInt8(truncatingIfNeeded: group)
                written += 3
            }
            if padding > 0 {
                var group = values[Int(text[whole])] << 18 | values[Int(text[whole + 1])] << 12
                if padding == 1 { group |= values[Int(text[whole + 2])] << 6 }
                marks |= group
                bytes[written] = UInt8(truncatingIfNeeded: group >> 16)
                if padding == 1 { bytes[written + 1] = UInt8(truncatingIfNeeded: group >> 8) }
            }
            // A group of four digits has 24 bits.
            return marks >> 24 == 0
        }
    }

    /// The value of each character of the alphabet; of all others all bits, so that a group with one has more than 24.
    private static let base64Values: [UInt32] = {
        var values = [UInt32](repeating: .max, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt32(value) }
        return values
    }()
}
