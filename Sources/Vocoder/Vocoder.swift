/// What a network says of an utterance: for each frame of 12.5 ms its pitch, and for each of 601 frequencies how strong and
/// in which phase its three parts are. All but the pitch are matrices of 601 rows, one number a frame.
public struct SpectralFrames {
    /// How many frames there are.
    public let count: Int
    /// Logarithm of the harmonics' strength.
    public let harmonic: UnsafeBufferPointer<Float>
    /// Phase of the harmonics: its hyperbolic tangent in half turns.
    public let harmonicPhase: UnsafeBufferPointer<Float>
    /// Logarithm of the noise's strength.
    public let noise: UnsafeBufferPointer<Float>
    /// Logarithm of the strength of what is neither.
    public let free: UnsafeBufferPointer<Float>
    /// Phase of that, in radians.
    public let freePhase: UnsafeBufferPointer<Float>
    /// Hertz; below 40 there is no voice.
    public let fundamental: UnsafeBufferPointer<Float>

    /// Frames that lie in memory which outlives this value; nil when the sizes do not fit each other.
    public init?(
        harmonic: UnsafeBufferPointer<Float>, harmonicPhase: UnsafeBufferPointer<Float>,
        noise: UnsafeBufferPointer<Float>, free: UnsafeBufferPointer<Float>, freePhase: UnsafeBufferPointer<Float>,
        fundamental: UnsafeBufferPointer<Float>
    ) {
        count = fundamental.count
        let planes = [harmonic, harmonicPhase, noise, free, freePhase]
        guard planes.allSatisfy({ $0.count == fundamental.count * RealTransform.bins }) else { return nil }
        (self.harmonic, self.harmonicPhase, self.noise) = (harmonic, harmonicPhase, noise)
        (self.free, self.freePhase, self.fundamental) = (free, freePhase, fundamental)
    }
}

/// How a voice differs from the one that the network learned.
public struct VoiceShape: Equatable, Sendable {
    /// Factor on the pitch: 0.25…4.
    public let pitch: Float
    /// Factor on the formants' frequencies: 0.5…2. Smaller is a longer throat.
    public let formant: Float
    /// Factor on the amplitude: 0…16.
    public let gain: Float

    /// A voice; 1, 1, 1 is the network's own. Values outside of the ranges are brought to their ends.
    public init(pitch: Float = 1, formant: Float = 1, gain: Float = 1) {
        self.pitch = min(4, max(0.25, pitch))
        self.formant = min(2, max(0.5, formant))
        self.gain = min(16, max(0, gain))
    }
}

/// Turns spectral frames into sound at 24 kHz, a tenth of a second at a time.
///
/// A train of pulses passes through the harmonics' envelope; shaped noise and the free part are added; inverse transforms
/// of overlapping frames make the waveform. The same frames and shape always give the same samples.
public final class Vocoder {
    /// Samples a second.
    public static let rate = 24_000.0
    /// Samples from frame to frame.
    public static let hop = 300

    private static let width = Lanes.scalarCount
    /// Samples that become final with each block of frames.
    private static let step = width * hop
    /// Samples that two blocks share.
    private static let shared = RealTransform.size - hop

    private let frames: SpectralFrames
    private let shape: VoiceShape
    private let transform = RealTransform()
    private let warp: Warp
    /// nil for the network's own voice.
    private var envelope: HarmonicEnvelope?
    private var pulses: PulseTrain
    private var noise = NoiseSource()
    /// The first frame of the next block.
    private var frame = 0
    private let window: [Float]
    /// Pulses under the frames of a block, and what the next block needs of them.
    private var excitation: [Float]
    /// What the frames so far have added up to, from the block's first frame on.
    private var sum: [Float]
    private var spectrum: [RealTransform.Value]

    /// A vocoder at the beginning of `frames`, whose memory must stay.
    public init(_ frames: SpectralFrames, shape: VoiceShape) {
        self.frames = frames
        self.shape = shape
        warp = Warp(formant: shape.formant)
        let isOwn = shape.pitch == 1 && shape.formant == 1
        envelope = isOwn ? nil : HarmonicEnvelope(formant: shape.formant)
        pulses = PulseTrain(frames.fundamental, pitch: shape.pitch)
        window = (0..<RealTransform.size).map {
            Float(0.5 - 0.5 * LaneMath.exactWave(turns: Double($0) / Double(RealTransform.size)).cosine)
        }
        spectrum = Array(repeating: .init(re: .zero, im: .zero), count: RealTransform.bins)
        sum = Array(repeating: 0, count: Self.step + Self.shared)
        // Frames are centred: the first one looks at half a frame of silence. Four more samples make whole vectors.
        excitation = Array(repeating: 0, count: Self.step + Self.shared + 4)
        let lead = RealTransform.size / 2
        let count = excitation.count - lead
        excitation.withUnsafeMutableBufferPointer { samples in
            if let base = samples.baseAddress { pulses.fill(base + lead, count: count) }
        }
    }

    /// The next samples, -1…1; nil at the end. All of them together are `hop` for each frame.
    public func next() -> [Float]? {
        let lead = RealTransform.size / 2
        let end = frames.count * Self.hop + lead
        let start = frame * Self.hop
        guard frames.count > 0, start < end else { return nil }
        if frame < frames.count {
            excite()
            transform.forward(into: &spectrum)
            shapeSpectrum()
            transform.inverse(from: spectrum)
            overlap()
        }
        frame += Self.width
        let samples = (max(start, lead)..<min(start + Self.step, end)).map { position in
            let value = sum[position - start] / weight(at: position) * shape.gain
            return min(1, max(-1, value))
        }
        sum.replaceSubrange(0..<Self.shared, with: sum[Self.step...])
        for index in Self.shared..<sum.count { sum[index] = 0 }
        return samples
    }

    /// What the squared windows over a sample add up to.
    private func weight(at position: Int) -> Float {
        let (block, offset) = (position / Self.hop, position % Self.hop)
        if block >= 3, block < frames.count { return 1.5 }
        var weight: Float = 0
        for part in 0...3 where block - part >= 0 && block - part < frames.count {
            let value = window[part * Self.hop + offset]
            weight += value * value
        }
        return max(weight, 1e-6)
    }

    /// Puts the windowed pulses of eight frames into the transform, and makes the next pulses.
    private func excite() {
        excitation.withUnsafeMutableBufferPointer { samples in
            window.withUnsafeBufferPointer { window in
                guard let base = samples.baseAddress else { return }
                let scale = Float(1) / Float(Self.hop)
                for pair in 0..<RealTransform.size / 2 {
                    var (even, odd) = (Lanes.zero, Lanes.zero)
                    for lane in 0..<Self.width {
                        even[lane] = base[lane * Self.hop + 2 * pair]
                        odd[lane] = base[lane * Self.hop + 2 * pair + 1]
                    }
                    transform.pairs[pair] = .init(
                        re: even * (window[2 * pair] * scale), im: odd * (window[2 * pair + 1] * scale))
                }
                let kept = samples.count - Self.step
                base.update(from: base + Self.step, count: kept)
                pulses.fill(base + kept, count: Self.step)
            }
        }
    }

    /// Gives the pulses' spectrum the frames' envelope and adds the other parts.
    private func shapeSpectrum() {
        // Fewer pulses a second are weaker together.
        let pulseGain = shape.pitch.squareRoot()
        var noise = noise
        defer { self.noise = noise }
        envelope?.read(frames, from: frame)
        let strengths = envelope?.strengths
        let phases = envelope?.phases
        spectrum.withUnsafeMutableBufferPointer { spectrum in
            for bin in 0..<RealTransform.bins {
                let from = warp[bin]
                let strength = strengths?[bin] ?? row(frames.harmonic, bin)
                let harmonic = LaneMath.exp(LaneMath.lower(strength, 7)) * pulseGain
                let phase = phases?[bin] ?? row(frames.harmonicPhase, bin)
                let turn = LaneMath.wave(turns: LaneMath.tanh(phase) * 0.5)
                let (re, im) = (turn.cosine * harmonic, turn.sine * harmonic)
                let pulse = spectrum[bin]
                let breath = LaneMath.exp(LaneMath.lower(between(frames.noise, from), 7))
                let free = LaneMath.exp(LaneMath.lower(between(frames.free, from), 7))
                let other = LaneMath.wave(turns: row(frames.freePhase, from.nearest) * 0.159_154_943)
                spectrum[bin] = .init(
                    re: pulse.re * re - pulse.im * im + noise.next() * breath + other.cosine * free,
                    im: pulse.re * im + pulse.im * re + noise.next() * breath + other.sine * free)
            }
        }
    }

    /// Adds the eight windowed frames, each a hop later than the one before.
    private func overlap() {
        let left = min(Self.width, frames.count - frame)
        sum.withUnsafeMutableBufferPointer { sum in
            window.withUnsafeBufferPointer { window in
                for pair in 0..<RealTransform.size / 2 {
                    let value = transform.pairs[pair]
                    let (even, odd) = (value.re * window[2 * pair], value.im * window[2 * pair + 1])
                    for lane in 0..<left {
                        sum[lane * Self.hop + 2 * pair] += even[lane]
                        sum[lane * Self.hop + 2 * pair + 1] += odd[lane]
                    }
                }
            }
        }
    }

    /// A row's numbers for the block's frames; behind the last frame the last one is repeated.
    @inline(__always)
    private func row(_ plane: UnsafeBufferPointer<Float>, _ bin: Int) -> Lanes {
        let start = bin * frames.count + frame
        if frame + Self.width <= frames.count, let base = plane.baseAddress {
            return UnsafeRawPointer(base + start).loadUnaligned(as: Lanes.self)
        }
        var values = Lanes.zero
        for lane in 0..<Self.width { values[lane] = plane[bin * frames.count + min(frame + lane, frames.count - 1)] }
        return values
    }

    @inline(__always)
    private func between(_ plane: UnsafeBufferPointer<Float>, _ from: Warp.Source) -> Lanes {
        let low = row(plane, from.low)
        return from.share == 0 ? low : low + (row(plane, from.low + 1) - low) * from.share
    }
}
