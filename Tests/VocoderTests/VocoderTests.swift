import TestSupport
import Testing

@testable import Vocoder

/// Frames in memory of their own.
final class Frames {
    let count: Int
    private let memory: UnsafeMutableBufferPointer<Float>

    /// All rows as quiet as can be, without a voice.
    init(count: Int) {
        self.count = count
        memory = .allocate(capacity: count * (5 * 601 + 1))
        memory.initialize(repeating: 0)
        for part in [0, 2, 3] { fill(part) { _, _ in -40 } }
    }

    deinit { memory.deallocate() }

    /// Sets a matrix: 0 harmonics, 1 their phase, 2 noise, 3 the free part, 4 its phase.
    func fill(_ part: Int, _ value: (_ bin: Int, _ frame: Int) -> Float) {
        for bin in 0..<601 {
            for frame in 0..<count { memory[(part * 601 + bin) * count + frame] = value(bin, frame) }
        }
    }

    func setPitch(_ value: (_ frame: Int) -> Float) {
        for frame in 0..<count { memory[5 * 601 * count + frame] = value(frame) }
    }

    func speak(_ shape: VoiceShape = VoiceShape()) throws -> [Float] {
        func plane(_ part: Int) -> UnsafeBufferPointer<Float> {
            UnsafeBufferPointer(rebasing: memory[part * 601 * count..<min((part + 1) * 601 * count, memory.count)])
        }
        let frames = try #require(
            SpectralFrames(
                harmonic: plane(0), harmonicPhase: plane(1), noise: plane(2), free: plane(3), freePhase: plane(4),
                fundamental: plane(5)))
        let vocoder = Vocoder(frames, shape: shape)
        var samples: [Float] = []
        while let more = vocoder.next() {
            #expect(more.count <= 2400)
            samples += more
        }
        return withExtendedLifetime(self) { samples }
    }
}

/// How strong `samples` are at `frequency` hertz.
private func strength(_ samples: [Float], at frequency: Double) -> Double {
    var (re, im) = (0.0, 0.0)
    for (index, sample) in samples.enumerated() {
        let wave = LaneMath.exactWave(turns: frequency * Double(index) / 24_000)
        re += Double(sample) * wave.cosine
        im += Double(sample) * wave.sine
    }
    return 2 * (re * re + im * im).squareRoot() / Double(samples.count)
}

private func level(_ samples: some Collection<Float>) -> Double {
    (samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(1, samples.count))).squareRoot()
}

@Suite struct VocoderTests {
    @Test func pulsesHoldEveryHarmonicAtOneStrength() {
        let fundamentals = [Float](repeating: 200, count: 160)
        var pulses = [Float](repeating: 0, count: 48_000)
        fundamentals.withUnsafeBufferPointer {
            var train = PulseTrain($0, pitch: 1)
            train.fill(&pulses, count: pulses.count)
        }
        for harmonic in [1, 2, 10, 37, 54] {
            #expect(abs(strength(pulses, at: 200 * Double(harmonic)) - 1) < 0.02)
        }
        for frequency in [100, 290, 11_200, 11_900.0] { #expect(strength(pulses, at: frequency) < 0.02) }
    }

    @Test(arguments: [1, 7, 8, 9, 16, 40, 83]) func lastsAsLongAsItsFrames(count: Int) throws {
        #expect(try Frames(count: count).speak().count == count * 300)
    }

    @Test func noFramesAreNothing() throws { #expect(try Frames(count: 0).speak().isEmpty) }

    @Test func quietFramesAreSilence() throws {
        let frames = Frames(count: 40)
        frames.setPitch { _ in 150 }
        #expect(try frames.speak().allSatisfy { abs($0) < 1e-6 })
    }

    /// An envelope of one lets the pulses through as they are.
    @Test func flatEnvelopeLetsThePulsesThrough() throws {
        let frames = Frames(count: 80)
        frames.setPitch { _ in 187.5 }
        frames.fill(0) { _, _ in 0 }
        let samples = Array(try frames.speak()[2400..<21_600])
        // A harmonic of strength 1 in the spectrum is one of 1/300 in the sound.
        for harmonic in [1, 5, 20] {
            #expect(abs(strength(samples, at: 187.5 * Double(harmonic)) * 300 - 1) < 0.02)
        }
        #expect(strength(samples, at: 281.25) < 1e-4)
    }

    @Test func pitchMovesTheHarmonicsAndKeepsTheLevel() throws {
        let frames = Frames(count: 80)
        frames.setPitch { _ in 200 }
        frames.fill(0) { bin, _ in bin < 200 ? -6 : -20 }
        let own = Array(try frames.speak()[2400..<21_600])
        let deep = Array(try frames.speak(VoiceShape(pitch: 0.6))[2400..<21_600])
        #expect(strength(own, at: 200) > 10 * strength(own, at: 120))
        #expect(strength(deep, at: 120) > 10 * strength(deep, at: 200))
        #expect((0.8...1.25).contains(level(deep) / level(own)))
    }

    @Test(arguments: [(0.8, 80), (1.0, 100), (1.2, 120)]) func formantsMoveTheEnvelope(formant: Float, bin: Int) throws
    {
        let frames = Frames(count: 80)
        // Noise around one frequency only.
        frames.fill(2) { bin, _ in abs(bin - 100) < 8 ? 0 : -30 }
        let samples = try frames.speak(VoiceShape(formant: formant))
        func power(around bin: Int) -> Double {
            stride(from: -4.0, through: 4, by: 0.5).reduce(0) { $0 + strength(samples, at: (Double(bin) + $1) * 20) }
        }
        for other in [60, 80, 100, 120, 140] where other != bin {
            #expect(power(around: bin) > 5 * power(around: other))
        }
    }

    @Test func theSameFramesSoundTheSame() throws {
        let frames = Frames(count: 30)
        frames.setPitch { Float(80 + 4 * $0) }
        frames.fill(0) { _, _ in 0 }
        frames.fill(2) { _, _ in -1 }
        #expect(try frames.speak() == frames.speak())
        #expect(try level(frames.speak()) > 0.001)
    }

    @Test(arguments: 1...8) func anythingInIsSoundOut(seed: UInt64) throws {
        var generator = Seeded(seed)
        let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0, .leastNonzeroMagnitude, 88, -88]
        let frames = Frames(count: Int.random(in: 1...40, using: &generator))
        func number(_ range: ClosedRange<Float>) -> Float {
            Int.random(in: 0..<50, using: &generator) == 0
                ? odd.randomElement(using: &generator) ?? 0 : Float.random(in: range, using: &generator)
        }
        for part in 0..<5 { frames.fill(part) { _, _ in number(-20...8) } }
        frames.setPitch { _ in number(-10...600) }
        let shape = VoiceShape(
            pitch: number(0.1...5), formant: number(0.1...3), gain: Float.random(in: 0...9, using: &generator))
        #expect(try frames.speak(shape).allSatisfy { (-1...1).contains($0) })
    }

    @Test func shapesStayWithinTheirRanges() {
        for value in [Float.nan, -.infinity, -1, 0, 100, .infinity] {
            let shape = VoiceShape(pitch: value, formant: value, gain: value)
            #expect((0.25...4).contains(shape.pitch))
            #expect((0.5...2).contains(shape.formant))
            #expect((0...16).contains(shape.gain))
        }
    }

    @Test func matricesOfOtherSizesAreRefused() {
        let (large, small) = ([Float](repeating: 0, count: 1202), [Float](repeating: 0, count: 2))
        large.withUnsafeBufferPointer { large in
            small.withUnsafeBufferPointer { small in
                #expect(
                    SpectralFrames(
                        harmonic: large, harmonicPhase: large, noise: large, free: large, freePhase: small,
                        fundamental: small) == nil)
            }
        }
    }
}
