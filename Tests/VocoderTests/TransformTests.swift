import Foundation
import TestSupport
import Testing

@testable import Vocoder

@Suite struct TransformTests {
    @Test func functionsAreCloseToTheLibrarys() {
        var generator = Seeded(1)
        for _ in 0..<2000 {
            let exponents = Lanes.random(in: -30...10, using: &generator)
            let turns = Lanes.random(in: -300...300, using: &generator)
            let (powers, tanh) = (LaneMath.exp(exponents), LaneMath.tanh(exponents * 0.3))
            let wave = LaneMath.wave(turns: turns)
            for lane in 0..<8 {
                let power = exp(Double(exponents[lane]))
                #expect(abs(Double(powers[lane]) - power) < 1e-5 * power)
                #expect(abs(Double(tanh[lane]) - Foundation.tanh(Double(exponents[lane] * 0.3))) < 1e-5)
                // Whole turns are taken off exactly, as the network's host would do it.
                let angle = Double(turns[lane] - turns[lane].rounded()) * 2 * .pi
                #expect(abs(Double(wave.sine[lane]) - sin(angle)) < 1e-5)
                #expect(abs(Double(wave.cosine[lane]) - cos(angle)) < 1e-5)
            }
        }
    }

    @Test func numbersThatAreNoneDoNotEndTheProcess() {
        let odd = Lanes(.nan, .infinity, -.infinity, 1e38, -1e38, 0, .leastNonzeroMagnitude, 7)
        #expect(LaneMath.exp(odd)[7] > 1096)
        #expect(LaneMath.wave(turns: odd).cosine[5] == 1)
        #expect(LaneMath.tanh(odd)[3] == 1)
    }

    @Test func tablesAreExact() {
        for index in -1300...1300 {
            let wave = LaneMath.exactWave(turns: Double(index) / 1200)
            #expect(abs(wave.sine - sin(2 * .pi * Double(index) / 1200)) < 1e-14)
            #expect(abs(wave.cosine - cos(2 * .pi * Double(index) / 1200)) < 1e-14)
        }
    }

    /// Beside the definition of the transform, for one lane at a time.
    @Test func forwardIsTheTransform() {
        var generator = Seeded(2)
        let transform = RealTransform()
        let samples = (0..<1200).map { _ in Lanes.random(in: -1...1, using: &generator) }
        for pair in 0..<600 { transform.pairs[pair] = .init(re: samples[2 * pair], im: samples[2 * pair + 1]) }
        var spectrum = [RealTransform.Value](repeating: .init(re: .zero, im: .zero), count: 601)
        transform.forward(into: &spectrum)
        for bin in [0, 1, 2, 59, 299, 300, 301, 577, 599, 600] {
            for lane in [0, 3, 7] {
                var (re, im) = (0.0, 0.0)
                for (index, sample) in samples.enumerated() {
                    let angle = -2 * Double.pi * Double(bin * index % 1200) / 1200
                    re += Double(sample[lane]) * cos(angle)
                    im += Double(sample[lane]) * sin(angle)
                }
                #expect(abs(Double(spectrum[bin].re[lane]) - re) < 1e-3)
                #expect(abs(Double(spectrum[bin].im[lane]) - im) < 1e-3)
            }
        }
    }

    @Test func inverseUndoesForward() {
        var generator = Seeded(3)
        let transform = RealTransform()
        let samples = (0..<600).map { _ in
            RealTransform.Value(
                re: Lanes.random(in: -1...1, using: &generator), im: Lanes.random(in: -1...1, using: &generator))
        }
        transform.pairs.update(from: samples, count: 600)
        var spectrum = [RealTransform.Value](repeating: .init(re: .zero, im: .zero), count: 601)
        transform.forward(into: &spectrum)
        transform.inverse(from: spectrum)
        for (index, sample) in samples.enumerated() {
            #expect(((transform.pairs[index].re - sample.re) .< 1e-5) == .init(repeating: true))
            #expect(((sample.re - transform.pairs[index].re) .< 1e-5) == .init(repeating: true))
            #expect(((transform.pairs[index].im - sample.im) .< 1e-5) == .init(repeating: true))
            #expect(((sample.im - transform.pairs[index].im) .< 1e-5) == .init(repeating: true))
        }
    }

    @Test func noiseHasTheVarianceOfOne() {
        var noise = NoiseSource()
        var (sum, squares) = (0.0, 0.0)
        let count = 20_000
        for _ in 0..<count {
            let values = noise.next()
            for lane in 0..<8 {
                sum += Double(values[lane])
                squares += Double(values[lane] * values[lane])
            }
        }
        #expect(abs(sum / Double(8 * count)) < 0.02)
        #expect(abs(squares / Double(8 * count) - 1) < 0.02)
    }
}
