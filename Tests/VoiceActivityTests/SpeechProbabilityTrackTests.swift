import AudioCore
import TestSupport
import Testing
import VoiceActivity

@Suite struct SpeechProbabilityTrackTests {
    private let model: SileroModel
    private let samples: [Int16]

    init() throws {
        model = try SileroModel()
        samples = Array(try Reference.named("noisy").samples.prefix(6 * 16_000 + 77))
    }

    private var whole: [WindowProbability] {
        var track = SpeechProbabilityTrack()
        return track.append(samples, model: model)
    }

    @Test func windowsFollowOneAnother() {
        #expect(whole.count == samples.count / 512)
        for (index, window) in whole.enumerated() {
            #expect(window.index == index)
            #expect(window.start == AudioPosition(samples: 512 * index))
            #expect(window.end == AudioPosition(samples: 512 * (index + 1)))
        }
    }

    @Test("The same audio in any chunking gives the same windows", arguments: 1...20)
    func chunkingDoesNotMatter(seed: UInt64) {
        var generator = Seeded(seed)
        let largest = [1, 7, 160, 480, 511, 512, 513, 2000, 40_000].randomElement(using: &generator) ?? 1
        var track = SpeechProbabilityTrack()
        var windows: [WindowProbability] = []
        var position = 0
        while position < samples.count {
            let count = min(Int.random(in: 0...largest, using: &generator), samples.count - position)
            windows += track.append(Array(samples[position..<position + count]), model: model)
            position += count
            #expect(track.position.samples == position)
            #expect(windows.count == position / 512)
        }
        #expect(windows == whole)
    }

    @Test("A copy of a track goes its own way") func trackIsAValue() {
        var track = SpeechProbabilityTrack()
        _ = track.append(Array(samples[..<10_000]), model: model)
        var copy = track
        _ = copy.append([Int16](repeating: 12_345, count: 3_000), model: model)
        #expect(Array(whole[(10_000 / 512)...]) == track.append(Array(samples[10_000...]), model: model))
    }
}
