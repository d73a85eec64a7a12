import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct FrameGridTests {
    /// What the grid must say, computed the slow way: the maximum over all windows that reach into the frame.
    private func reference(_ track: [Float], frameLength: Int) -> [Frame] {
        var frames: [Frame] = []
        let total = track.count * 512
        var start = 0
        while start + frameLength <= total {
            let end = start + frameLength
            let covering = track.indices.filter { $0 * 512 < end && ($0 + 1) * 512 > start }
            frames.append(Frame(start: at(start), end: at(end), probability: covering.map { track[$0] }.max() ?? 0))
            start = end
        }
        return frames
    }

    @Test(arguments: [160, 320, 480, 512, 800, 1600])
    func agreesWithTheSlowWay(frameLength: Int) {
        for seed in 0..<50 {
            var random = Seeded(seed)
            let track = random.track(windows: 200)
            var grid = FrameGrid(frameLength: frameLength)
            var frames: [Frame] = []
            for (index, probability) in track.enumerated() {
                frames += grid.append(window: window(index), probability: probability)
            }
            #expect(frames == reference(track, frameLength: frameLength), "seed \(seed)")
        }
    }

    @Test(arguments: [160, 480, 512, 800])
    func decidesPositiveFramesWithTheirLastSample(frameLength: Int) {
        for seed in 0..<50 {
            var random = Seeded(seed)
            let track = random.track(windows: 100)
            var grid = FrameGrid(frameLength: frameLength)
            var frames: [Frame] = []
            var (received, windows) = (0, 0)
            while windows < track.count {
                received = min(received + Int.random(in: 1...700, using: &random), track.count * 512)
                while (windows + 1) * 512 <= received {
                    frames += grid.append(window: window(windows), probability: track[windows])
                    windows += 1
                }
                frames += grid.positives(received: at(received), reaching: 0.5)
                // Nothing that is certain is left to wait.
                let decided = frames.last?.end.samples ?? 0
                let next = decided..<decided + frameLength
                let isPositive = (next.lowerBound / 512..<max(windows, next.lowerBound / 512)).contains {
                    track[$0] >= 0.5
                }
                #expect(!(isPositive && next.upperBound <= received), "seed \(seed)")
            }
            let expected = reference(track, frameLength: frameLength)
            #expect(frames.map(\.end) == expected.map(\.end), "seed \(seed)")
            #expect(frames.map { $0.probability >= 0.5 } == expected.map { $0.probability >= 0.5 }, "seed \(seed)")
        }
    }

    @Test func aFrameIsDecidedByTheWindowThatCoversItsLastSample() {
        var grid = FrameGrid(frameLength: 480)
        #expect(grid.append(window: window(0), probability: 0.2).map(\.end) == [at(480)])
        // The second frame, 480…960, is covered by both windows; the higher counts.
        #expect(
            grid.append(window: window(1), probability: 0.1) == [Frame(start: at(480), end: at(960), probability: 0.2)])
    }
}
