/// Eight numbers that are computed at once: the same place of eight frames, or eight samples in a row.
typealias Lanes = SIMD8<Float>

/// Functions of eight numbers, as polynomials: the libraries' own take one number at a time. Errors stay below -100 dB.
enum LaneMath {
    /// Adding and taking away this rounds to whole numbers, for values up to 2²².
    private static let rounder = Lanes(repeating: 12_582_912)

    /// e to the power of each, for exponents up to 80; below -80 it is nearly nothing.
    @inline(__always)
    static func exp(_ exponents: Lanes) -> Lanes {
        let scaled = lower(upper(exponents, -80), 80) * 1.442_695_04
        let shifted = scaled + rounder
        let fraction = scaled - (shifted - rounder)
        var power = fraction * 0.000_154_353 + 0.001_333_356
        power = power * fraction + 0.009_618_129
        power = power * fraction + 0.055_504_109
        power = power * fraction + 0.240_226_507
        power = power * fraction + 0.693_147_181
        power = power * fraction + 1
        let exponent = (bits(shifted) &+ 127) &<< 23
        return power * numbers(exponent)
    }

    /// The hyperbolic tangent of each.
    @inline(__always)
    static func tanh(_ values: Lanes) -> Lanes {
        1 - 2 / (exp(lower(upper(values, -20), 20) * 2) + 1)
    }

    /// Sine and cosine of angles in turns: 1 is the whole circle. For angles up to a million turns.
    @inline(__always)
    static func wave(turns: Lanes) -> (sine: Lanes, cosine: Lanes) {
        // Whole turns first: four times a large angle would lose its last bits.
        let angle = turns - ((turns + rounder) - rounder)
        let shifted = angle * 4 + rounder
        // What is left is at most an eighth of a turn.
        let rest = (angle - (shifted - rounder) * 0.25) * 6.283_185_31
        let square = rest * rest
        var sine = square * -0.000_195_152 + 0.008_332_161
        sine = (sine * square - 0.166_666_546) * square * rest + rest
        var cosine = square * 0.000_024_433 - 0.001_388_732
        cosine = (cosine * square + 0.041_666_646) * square * square - square * 0.5 + 1
        // Each quarter of a turn swaps the two, and the signs follow.
        let quarter = bits(shifted)
        let swap = 0 &- (quarter & 1)
        let (s, c) = (bits(sine), bits(cosine))
        let negativeSine = (quarter & 2) &<< 30
        let negativeCosine = ((quarter &+ 1) & 2) &<< 30
        return (
            numbers(((s & ~swap) | (c & swap)) ^ negativeSine), numbers(((c & ~swap) | (s & swap)) ^ negativeCosine)
        )
    }

    /// The smaller of each and `bound`.
    @inline(__always)
    static func lower(_ values: Lanes, _ bound: Float) -> Lanes {
        values.replacing(with: bound, where: values .> bound)
    }

    /// The larger of each and `bound`.
    @inline(__always)
    static func upper(_ values: Lanes, _ bound: Float) -> Lanes {
        values.replacing(with: bound, where: values .< bound)
    }

    @inline(__always)
    static func bits(_ values: Lanes) -> SIMD8<UInt32> { unsafeBitCast(values, to: SIMD8<UInt32>.self) }

    @inline(__always)
    static func numbers(_ bits: SIMD8<UInt32>) -> Lanes { unsafeBitCast(bits, to: Lanes.self) }

    /// Sine and cosine of one angle in turns, to the last digits: for tables.
    static func exactWave(turns: Double) -> (sine: Double, cosine: Double) {
        let quarters = (turns * 4).rounded()
        let angle = (turns - quarters / 4) * 2 * Double.pi
        var (sine, cosine, term) = (0.0, 0.0, 1.0)
        for power in 0..<24 {
            switch power % 4 {
            case 0: cosine += term
            case 1: sine += term
            case 2: cosine -= term
            default: sine -= term
            }
            term *= angle / Double(power + 1)
        }
        switch Int(quarters) & 3 {
        case 0: return (sine, cosine)
        case 1: return (cosine, -sine)
        case 2: return (-sine, -cosine)
        default: return (-cosine, sine)
        }
    }
}
