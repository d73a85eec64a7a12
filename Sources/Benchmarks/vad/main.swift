// How long the Silero network takes for a window, on one thread.
//
// usage: bench-vad [AUDIO.s16]      (PCM16, 16 kHz, mono, little-endian; without it: noise)
//
// One line for each way of calling, separated by tabs: name, median and least of the repeats in µs a window.
import AudioCore
import Foundation
import VoiceActivity

/// Repeats of the whole audio; other programs on the machine disturb some of them.
let repeats = 15
let clock = ContinuousClock()
let length = SileroModel.windowLength

func audio() throws -> [Float] {
    var samples: [Int16]
    if let path = CommandLine.arguments.dropFirst().first {
        samples = PCM16.samples(littleEndian: [UInt8](try Data(contentsOf: URL(filePath: path))))
    } else {
        var state: UInt32 = 1
        samples = (0..<60 * SileroModel.sampleRate).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int16(truncatingIfNeeded: state >> 18)
        }
    }
    samples.removeLast(samples.count % length)
    return samples.map { Float($0) / 32768 }
}

func report(_ name: String, windows: Int, _ pass: () -> Void) {
    pass()  // fills caches
    let times = (0..<repeats).map { _ in clock.measure(pass).milliseconds * 1000 / Double(windows) }.sorted()
    print(name, String(format: "%.2f\t%.2f", times[repeats / 2], times[0]), separator: "\t")
}

let samples = try audio()
let windows = samples.count / length
var checksum: Float = 0

for instructions in SileroModel.Instructions.allCases {
    let model = try SileroModel(instructions: instructions)
    report("\(instructions) single", windows: windows) {
        var state = SileroState()
        for window in 0..<windows {
            checksum += model.probability(
                of: samples.span.extracting(window * length..<(window + 1) * length), state: &state)
        }
    }
    for sessions in [8, 16] {
        // Every session starts elsewhere in the audio, as callers do.
        let steps = max(1, 2 * windows / sessions)
        let batches = (0..<steps).map { step in
            (0..<sessions).flatMap { session in
                let start = (step + session * windows / sessions) % windows * length
                return samples[start..<start + length]
            }
        }
        report("\(instructions) batch \(sessions)", windows: steps * sessions) {
            var states = [SileroState](repeating: SileroState(), count: sessions)
            var results = [Float](repeating: 0, count: sessions)
            for batch in batches {
                var stateSpan = states.mutableSpan
                var resultSpan = results.mutableSpan
                model.probabilities(of: batch.span, states: &stateSpan, into: &resultSpan)
            }
            checksum += results[0]
        }
    }
}
// Uses the results, so that the work cannot be left out.
guard checksum.isFinite else { fatalError("the network gave no numbers") }
