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
            frames.append(Frame(start: start, end: end, probability: covering.map { track[$0] }.max() ?? 0))
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
                frames += grid.append(window: index * 512..<(index + 1) * 512, probability: probability)
            }
            #expect(frames == reference(track, frameLength: frameLength), "seed \(seed)")
        }
    }

    @Test func aFrameIsDecidedByTheWindowThatCoversItsLastSample() {
        var grid = FrameGrid(frameLength: 480)
        #expect(grid.append(window: 0..<512, probability: 0.2).map(\.end) == [480])
        // The second frame, 480…960, is covered by both windows; the higher counts.
        #expect(
            grid.append(window: 512..<1024, probability: 0.1) == [Frame(start: 480, end: 960, probability: 0.2)])
    }
}
