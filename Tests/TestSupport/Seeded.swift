/// Random numbers that a seed decides (SplitMix64), so that a failing case can be run again, on any machine.
public struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    /// The numbers of `seed`.
    public init(_ seed: some BinaryInteger) { state = UInt64(truncatingIfNeeded: seed) }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Seeded {
    /// A track of speech probabilities as a caller makes one: runs of speech and of silence, with stray windows.
    public mutating func track(windows: Int) -> [Float] {
        var track: [Float] = []
        var speaks = false
        while track.count < windows {
            for _ in 0..<Int.random(in: 1...60, using: &self) {
                let stray = Int.random(in: 0..<12, using: &self) == 0
                track.append(speaks != stray ? .random(in: 0.5...1, using: &self) : .random(in: 0..<0.5, using: &self))
            }
            speaks.toggle()
        }
        return Array(track.prefix(windows))
    }
}
