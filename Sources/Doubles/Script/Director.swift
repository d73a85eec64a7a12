/// Decides which rule a request falls under. A value: equal scripts and equal requests give equal cues.
struct Director: Sendable {
    let script: DoublesScript
    /// How many requests have come to each rule.
    private var seen: [Int]
    /// How many requests of each wire there were.
    private var counts: [Wire: Int] = [:]

    init(_ script: DoublesScript) {
        self.script = script
        seen = Array(repeating: 0, count: script.rules.count)
    }

    /// What happens to the next request of `wire`, which came at `start`.
    mutating func cue(for wire: Wire, start: ContinuousClock.Instant) -> Cue {
        let count = counts[wire, default: 0]
        counts[wire] = count + 1
        // Of its own wire alone, so that requests of other wires in between change no time.
        let seed = scrambled(script.seed ^ scrambled(UInt64(count), wire.rawValue.utf8))
        for (index, rule) in script.rules.enumerated() where rule.wire == nil || rule.wire == wire {
            seen[index] += 1
            let turn = seen[index] - 1 - (rule.skip ?? 0)
            guard turn >= 0, turn < rule.times ?? .max else { continue }
            return Cue(rule: rule, text: rule.text.map { $0[turn % $0.count] }, seed: seed, start: start)
        }
        return Cue(rule: Rule(), text: nil, seed: seed, start: start)
    }
}

/// Spreads equal inputs to equal, and near ones to distant numbers (the finish of SplitMix64).
func scrambled(_ value: UInt64, _ bytes: some Sequence<UInt8> = [UInt8]()) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    for byte in bytes { mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
