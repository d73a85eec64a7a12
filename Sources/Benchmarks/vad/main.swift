// How long the Silero network takes for a window, on one thread.
//
// usage: bench-vad [AUDIO.s16]      (PCM16, 16 kHz, mono, little-endian; without it: noise)
//
// One line for each way of calling, separated by tabs: name, median and least of all calls in µs a window.
import AudioCore
import Foundation
import VoiceActivity

/// Passes over the audio: few, since whoever compares alternates between programs.
let repeats = 1
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

/// Times every call by itself: on a busy machine a whole pass would mostly measure the other programs.
func report(_ name: String, calls: Int, windowsACall: Int, _ call: (Int) -> Void) {
    var times: [Double] = []
    for _ in 0..<repeats {
        for index in 0..<calls {
            times.append(clock.measure { call(index) }.milliseconds * 1000 / Double(windowsACall))
        }
    }
    times.sort()
    print(name, String(format: "%.2f\t%.2f", times[times.count / 2], times[0]), separator: "\t")
}

let samples = try audio()
let windows = samples.count / length
var checksum: Float = 0

for instructions in SileroModel.Instructions.allCases {
    let model = try SileroModel(instructions: instructions)
    var state = SileroState()
    report("\(instructions) single", calls: windows, windowsACall: 1) { window in
        checksum += model.probability(
            of: samples.span.extracting(window * length..<(window + 1) * length), state: &state)
    }
    for sessions in [8, 16] {
        // Every session starts elsewhere in the audio, as callers do.
        let batches = (0..<max(1, windows / sessions)).map { step in
            (0..<sessions).flatMap { session in
                let start = (step + session * windows / sessions) % windows * length
                return samples[start..<start + length]
            }
        }
        var states = [SileroState](repeating: SileroState(), count: sessions)
        var results = [Float](repeating: 0, count: sessions)
        report("\(instructions) batch \(sessions)", calls: batches.count, windowsACall: sessions) { step in
            results = model.probabilities(of: batches[step], states: &states)
        }
        checksum += results[0]
    }
}
// Uses the results, so that the work cannot be left out.
guard checksum.isFinite else { fatalError("the network gave no numbers") }
