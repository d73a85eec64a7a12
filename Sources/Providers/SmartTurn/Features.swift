import Foundation

/// What Smart Turn looks at: the logarithmic mel spectrum of the last eight seconds, as Whisper's front end makes it.
///
/// A frame of 400 samples every 160, under a Hann window; 80 triangles on Slaney's mel scale, from 0 to 8 kHz.
struct Features: Sendable {
    /// Samples looked at, 8 s.
    static let samples = 128_000
    /// Frames and bands that come out.
    static let (frames, bands) = (800, 80)
    private static let (window, hop) = (400, 160)

    private let transform = RealTransform(length: window)
    private let shape: [Float]
    private let filters: [Filter]

    /// One triangle: weights for some frequencies in a row.
    private struct Filter: Sendable {
        let first: Int
        let weights: [Float]
    }

    init() {
        shape = (0..<Self.window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(Self.window))) }
        filters = Self.triangles()
    }

    /// The features of the last 8 s of `audio` (PCM16 mono at 16 kHz), band by band: 80 × 800. What is missing of the 8 s is
    /// silence before it.
    func compute(_ audio: [Int16]) -> [Float] {
        let signal = padded(normalised(audio))
        var logs = [Float](repeating: 0, count: Self.bands * Self.frames)
        var highest = -Float.infinity
        let width = RealTransform.Lanes.scalarCount
        for first in stride(from: 0, to: Self.frames, by: width) {
            let lanes = (0..<Self.window).map { offset in
                var values = RealTransform.Lanes()
                for lane in 0..<width { values[lane] = signal[(first + lane) * Self.hop + offset] }
                return values * shape[offset]
            }
            let power = transform.power(of: lanes)
            for (band, filter) in filters.enumerated() {
                var sum = RealTransform.Lanes()
                for (index, weight) in filter.weights.enumerated() { sum += power[filter.first + index] * weight }
                for lane in 0..<width {
                    let value = Float(log10(max(1e-10, Double(sum[lane]))))
                    logs[band * Self.frames + first + lane] = value
                    highest = max(highest, value)
                }
            }
        }
        return logs.map { (max($0, highest - 8) + 4) / 4 }
    }

    /// The last 8 s with mean 0 and variance 1. The sums are of doubles: floats lose digits over so many samples.
    private func normalised(_ audio: [Int16]) -> [Float] {
        let heard = audio.suffix(Self.samples)
        let sum = heard.reduce(0.0) { $0 + Double($1) }
        let mean = sum / Double(Self.samples)
        let silence = Double(Self.samples - heard.count) * mean * mean
        let variance = (heard.reduce(silence) { $0 + (Double($1) - mean) * (Double($1) - mean) }) / Double(Self.samples)
        // In units of samples: the small number that keeps silence from dividing by nothing is meant for ±1.
        let scale = 1 / (variance + 1e-7 * 32768 * 32768).squareRoot()
        let quiet = [Float](repeating: Float(-mean * scale), count: Self.samples - heard.count)
        return quiet + heard.map { Float((Double($0) - mean) * scale) }
    }

    /// With its mirror image at both ends, so that the first and the last frame are centred on their ends.
    private func padded(_ signal: [Float]) -> [Float] {
        let side = Self.window / 2
        return signal[1...side].reversed() + signal + signal[(signal.count - side - 1)..<(signal.count - 1)].reversed()
    }

    private static func triangles() -> [Filter] {
        let highest = mel(8000)
        let corners = (0..<bands + 2).map { hertz(Double($0) * highest / Double(bands + 1)) }
        return (0..<bands).map { band in
            let (low, peak, high) = (corners[band], corners[band + 1], corners[band + 2])
            let weights = (0...window / 2).map { frequency in
                let at = Double(frequency) * 16000 / Double(window)
                let height = max(0, min((at - low) / (peak - low), (high - at) / (high - peak)))
                return Float(height * 2 / (high - low))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? -1
            return Filter(first: first, weights: first <= last ? Array(weights[first...last]) : [])
        }
    }

    /// Slaney's scale: linear up to 1 kHz, logarithmic above.
    private static func mel(_ hertz: Double) -> Double {
        hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
    }

    private static func hertz(_ mel: Double) -> Double {
        mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) / 27 * log(6.4))
    }
}
