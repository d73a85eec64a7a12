/// The sound of vocal folds: a train of pulses that holds every harmonic below 11 kHz at the same strength.
///
/// The harmonics are summed in closed form: cos t + cos 2t + … + cos Ht = sin((H + ½)t) / (2 sin(t/2)) − ½.
struct PulseTrain {
    /// Below this the frame has no voice, in hertz.
    static let voiceless: Float = 40
    /// Harmonics end here, in hertz.
    static let highest: Float = 11_000

    private let fundamentals: UnsafeBufferPointer<Float>
    private let pitch: Float
    private var position = 0
    /// In turns, below 1.
    private var phase = 0.0

    /// - Parameters:
    ///   - fundamentals: hertz, one for each frame; between them it goes in straight lines.
    ///   - pitch: factor on all of them.
    init(_ fundamentals: UnsafeBufferPointer<Float>, pitch: Float) {
        (self.fundamentals, self.pitch) = (fundamentals, pitch)
    }

    /// Writes the next samples; silence behind the last frame.
    /// - Parameter count: a multiple of 8.
    mutating func fill(_ target: UnsafeMutablePointer<Float>, count: Int) {
        for start in stride(from: 0, to: count, by: Lanes.scalarCount) {
            var (turns, harmonics, voiced) = (Lanes.zero, Lanes.zero, Lanes.zero)
            for lane in 0..<Lanes.scalarCount {
                let frequency = nextFundamental()
                // What is no number has no voice, either.
                guard frequency > Self.voiceless, frequency < Self.highest else {
                    phase = Self.wrapped(phase + Double(Self.voiceless * pitch) / Vocoder.rate)
                    continue
                }
                phase = Self.wrapped(phase + Double(frequency * pitch) / Vocoder.rate)
                turns[lane] = Float(phase)
                harmonics[lane] = Float(Int32(Self.highest / (frequency * pitch))) + 0.5
                voiced[lane] = 1
            }
            let sum = voiced == .zero ? .zero : Self.harmonics(turns, harmonics) * voiced
            UnsafeMutableRawPointer(target + start).storeBytes(of: sum, as: Lanes.self)
        }
    }

    /// The frequency at the next sample, or nothing behind the end.
    private mutating func nextFundamental() -> Float {
        defer { position += 1 }
        guard position < fundamentals.count * Vocoder.hop else { return 0 }
        // A frame's value holds for its middle.
        let place = (Float(position) + 0.5) / Float(Vocoder.hop) - 0.5
        let before = Int(max(place, 0))
        let after = min(before + 1, fundamentals.count - 1)
        let share = max(place - Float(before), 0)
        return fundamentals[before] * (1 - share) + fundamentals[after] * share
    }

    private static func wrapped(_ phase: Double) -> Double { phase < 1 ? phase : phase - Double(Int(phase)) }

    private static func harmonics(_ turns: Lanes, _ count: Lanes) -> Lanes {
        let below = LaneMath.wave(turns: turns * 0.5).sine * 2
        let above = LaneMath.wave(turns: count * turns).sine
        let isPeak = below .< 0.002
        let ratio = above / below.replacing(with: 1, where: isPeak)
        return ratio.replacing(with: count, where: isPeak) - 0.5
    }
}
