/// The strength and phase of harmonics that lie elsewhere than those of the network's own voice.
///
/// The network learned its envelope only where its own harmonics are; between them its numbers can be anything. So each
/// voiced frame is read at multiples of its own pitch, and straight lines are drawn between these.
struct HarmonicEnvelope {
    private static let bins = RealTransform.bins
    /// Hertz from bin to bin.
    private static let spacing = Float(Vocoder.rate) / Float(RealTransform.size)

    private let formant: Float
    /// Logarithms of strengths, a vector of frames for each bin.
    private(set) var strengths = [Lanes](repeating: .zero, count: bins)
    /// Hyperbolic tangents' arguments, as the network gives them.
    private(set) var phases = [Lanes](repeating: .zero, count: bins)

    /// - Parameter formant: factor on the frequencies of the envelope.
    init(formant: Float) { self.formant = formant }

    /// Reads the frames from `start` on; behind the last frame the last one is repeated.
    mutating func read(_ frames: SpectralFrames, from start: Int) {
        for lane in 0..<Lanes.scalarCount {
            let frame = min(start + lane, frames.count - 1)
            let pitch = frames.fundamental[frame]
            // Where there is no voice, every bin counts.
            let step = pitch > PulseTrain.voiceless && pitch < PulseTrain.highest / 2 ? pitch / Self.spacing : 1
            read(frames, frame, step: step, into: lane)
        }
    }

    private mutating func read(_ frames: SpectralFrames, _ frame: Int, step: Float, into lane: Int) {
        let last = Int(Float(Self.bins - 1) / step)
        func place(_ harmonic: Int) -> Int { Int(Float(harmonic) * step + 0.5) * frames.count + frame }
        let pace = 1 / (formant * step)
        for bin in 0..<Self.bins {
            let harmonic = min(max(Float(bin) * pace, 1), Float(last))
            let below = min(Int(harmonic), last)
            let share = harmonic - Float(below)
            let low = frames.harmonic[place(below)]
            let high = share > 0 ? frames.harmonic[place(min(below + 1, last))] : low
            strengths[bin][lane] = low + (high - low) * share
            phases[bin][lane] = frames.harmonicPhase[place(share < 0.5 ? below : min(below + 1, last))]
        }
    }
}
