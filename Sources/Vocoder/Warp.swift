/// Which of the network's frequencies a voice with other formants takes its envelope from.
struct Warp {
    /// A place between two frequencies.
    struct Source {
        var low: Int
        /// How far it lies from `low` towards the next, below 1.
        var share: Float
        var nearest: Int { share < 0.5 ? low : low + 1 }
    }

    private let sources: [Source]

    /// - Parameter formant: factor on the formants' frequencies.
    init(formant: Float) {
        let last = RealTransform.bins - 1
        sources = (0...last).map { bin in
            let place = Float(bin) / formant
            guard place < Float(last) else { return Source(low: last, share: 0) }
            return Source(low: Int(place), share: place - Float(Int(place)))
        }
    }

    subscript(bin: Int) -> Source { sources[bin] }
}

/// Noise that is the same for every utterance: numbers of mean 0 and variance 1, each the sum of two even ones.
struct NoiseSource {
    private var state = SIMD8<UInt32>(
        0x9E37_79B9, 0x243F_6A88, 0xB7E1_5162, 0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F)

    @inline(__always)
    mutating func next() -> Lanes {
        // Marsaglia's xorshift, in each lane.
        state ^= state &<< 13
        state ^= state &>> 17
        state ^= state &<< 5
        // The mantissa of a number from 1 to 2 is as even as its bits.
        let one = LaneMath.numbers((state &>> 9) | 0x3F80_0000)
        let two = LaneMath.numbers(((state &<< 9) &>> 9) | 0x3F80_0000)
        return (one + two - 3) * 2.449_489_74
    }
}
