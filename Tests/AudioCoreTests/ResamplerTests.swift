import AudioCore
import TestSupport
import Testing

/// Samples of a sine.
private func tone(_ hertz: Double, rate: Int, count: Int, amplitude: Double = 12000) -> [Int16] {
    (0..<count).map { Int16(amplitude * sine(2 * .pi * hertz * Double($0) / Double(rate))) }
}

/// A sine without Foundation: the angle is brought near zero, then a Taylor series.
private func sine(_ angle: Double) -> Double {
    let x = angle.remainder(dividingBy: 2 * .pi)
    var term = x
    var sum = x
    for k in 1..<12 {
        term *= -x * x / Double((2 * k) * (2 * k + 1))
        sum += term
    }
    return sum
}

/// The rates were not accepted.
private struct Refused: Error {}

private func resample(_ samples: [Int16], from: Int, to: Int, widths: (Int) -> Int) throws -> [Int16] {
    guard var resampler = Resampler(from: from, to: to) else { throw Refused() }
    var output: [Int16] = []
    var start = 0
    var index = 0
    while start < samples.count {
        let width = min(samples.count - start, max(1, widths(index)))
        output += resampler.process(Array(samples[start..<start + width]))
        start += width
        index += 1
    }
    output += resampler.finish()
    return output
}

@Suite struct ResamplerTests {
    static let pairs = [
        (16000, 24000), (24000, 16000), (22050, 16000), (16000, 8000), (8000, 16000), (48000, 16000), (16000, 48000),
        (16000, 44100),
    ]

    @Test(arguments: pairs) func outputLastsAsLongAsInput(from: Int, to: Int) throws {
        for count in [0, 1, 7, 160, 1601, 16000] {
            let output = try resample(tone(440, rate: from, count: count), from: from, to: to) { _ in count }
            #expect(output.count == (count * to + from - 1) / from)
        }
    }

    @Test(arguments: pairs) func cuttingNeverChangesTheOutput(from: Int, to: Int) throws {
        let input = tone(300, rate: from, count: 5000)
        let whole = try resample(input, from: from, to: to) { _ in input.count }
        for seed in 1...8 {
            let pieces = try resample(input, from: from, to: to) { ($0 &* 7919 &+ seed &* 104_729) % 601 }
            #expect(pieces == whole)
        }
    }

    /// Rates of telephony and of browsers, to and from the rate of the caller's stream.
    private static let streams = [8000, 24000, 48000].flatMap { [($0, 16000), (16000, $0)] }

    @Test(arguments: streams, 1...20) func aStreamIsTheSameHoweverItIsCut(rates: (Int, Int), seed: Int) throws {
        let (from, to) = rates
        var random = Seeded(seed)
        let input = (0..<Int.random(in: 0...9000, using: &random)).map { _ in
            Int16.random(in: .min ... .max, using: &random)
        }
        let whole = try resample(input, from: from, to: to) { _ in input.count }
        guard var resampler = Resampler(from: from, to: to) else { throw Refused() }
        let latency = resampler.latency
        #expect(latency > .zero && latency <= .milliseconds(5))
        var output: [Int16] = []
        var taken = 0
        while taken < input.count {
            // Also pieces of nothing, of one sample and of many frames.
            let largest = [1, 3, 160, 4000].randomElement(using: &random) ?? 1
            let piece = input[taken...].prefix(.random(in: 0...largest, using: &random))
            output += resampler.process(Array(piece))
            taken += piece.count
            // What is held back is known, and no more than the filter looks ahead.
            let owed = resampler.owed
            #expect(output.count + owed == (taken * to + from - 1) / from)
            #expect(owed >= 0 && owed <= latency.samples(at: to) + to / from + 1)
            #expect(output[...] == whole.prefix(output.count))
        }
        let owed = resampler.owed
        let tail = resampler.finish()
        #expect(tail.count == owed)
        #expect(output + tail == whole)
    }

    @Test(arguments: pairs) func toneStaysInPlaceAndLoud(from: Int, to: Int) throws {
        let output = try resample(tone(440, rate: from, count: from), from: from, to: to) { _ in 320 }
        let wanted = tone(440, rate: to, count: to)
        // The middle of the stream, away from the edges: same phase and same amplitude within 2 %.
        for index in stride(from: to / 4, to: to * 3 / 4, by: 97) {
            #expect(abs(Int(output[index]) - Int(wanted[index])) < 240)
        }
    }

    @Test func equalRatesPassThrough() throws {
        let input = tone(1000, rate: 16000, count: 777)
        #expect(try resample(input, from: 16000, to: 16000) { _ in 100 } == input)
        let resampler = Resampler(from: 16000, to: 16000)
        #expect(resampler?.latency == .zero)
    }

    @Test func foldingIsFilteredOut() throws {
        // 7 kHz cannot exist at 8 kHz: it must vanish instead of turning up at 1 kHz.
        let output = try resample(tone(7000, rate: 16000, count: 16000), from: 16000, to: 8000) { _ in 320 }
        let peak = output[2000..<6000].map { abs(Int($0)) }.max() ?? 0
        #expect(peak < 120)
    }

    @Test func aSecondStreamKnowsNothingOfTheFirst() throws {
        guard var resampler = Resampler(from: 16000, to: 24000) else { throw Refused() }
        let input = tone(500, rate: 16000, count: 800)
        let first = resampler.process(input) + resampler.finish()
        let second = resampler.process(input) + resampler.finish()
        #expect(first == second)
    }

    @Test(arguments: [(0, 16000), (16000, 0), (-8000, 16000), (16000, 1_000_000)])
    func impossibleRatesAreRefused(from: Int, to: Int) {
        let made = Resampler(from: from, to: to) != nil
        #expect(!made)
    }
}
