import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct BargeInGateTests {
    private func configuration(threshold: Int = 15, window: Int = 24) -> VADConfiguration {
        var configuration = VADConfiguration()
        configuration.threshold = threshold
        configuration.windowSize = window
        configuration.lockout = .milliseconds(500)
        configuration.gracePeriod = .seconds(1)
        configuration.minimumAudio = .zero
        return configuration
    }

    private func frame(_ index: Int, _ probability: Float) -> Frame {
        Frame(start: index * 480, end: (index + 1) * 480, probability: probability)
    }

    @Test func triggersExactlyAtTheThresholdthPositiveFrame() {
        var gate = BargeInGate(configuration())
        gate.responseOpened()
        for index in 0..<14 { #expect(gate.receive(frame(index, 0.9)) == nil) }
        #expect(gate.receive(frame(14, 0.9)) == BargeInGate.Trigger(onset: 0, position: 15 * 480))
        #expect(gate.state == .closed)
    }

    @Test func positiveFramesNeedNotBeInARow() {
        var gate = BargeInGate(configuration(threshold: 3, window: 6))
        gate.responseOpened()
        let track: [Float] = [0.9, 0, 0.9, 0, 0, 0.9]
        let triggers = track.enumerated().compactMap { gate.receive(frame($0, $1)) }
        #expect(triggers == [BargeInGate.Trigger(onset: 0, position: 6 * 480)])
    }

    @Test func aFrameThatLeavesTheWindowNoLongerCounts() {
        var gate = BargeInGate(configuration(threshold: 3, window: 6))
        gate.responseOpened()
        let track: [Float] = [0.9, 0, 0.9, 0, 0, 0, 0.9]
        #expect(track.enumerated().allSatisfy { gate.receive(frame($0, $1)) == nil })
        #expect(gate.count == 2)
    }

    @Test func theLockoutBeginsWithTheFirstPlayoutOnly() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1))
        gate.responseOpened()
        gate.playoutStarted(at: 0)
        for index in 0..<16 { #expect(gate.receive(frame(index, 1)) == nil, "frame \(index) ends within the lockout") }
        gate.playoutStopped()
        gate.playoutStarted(at: 17 * 480)
        #expect(gate.receive(frame(17, 1)) != nil)
    }

    @Test func playbackStoppedEndsDetection() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1))
        gate.responseOpened()
        gate.audioSent(at: 0)
        for index in 0..<20 { _ = gate.receive(frame(index, 0)) }
        gate.playoutStopped()
        #expect(gate.receive(frame(20, 1)) == nil)
        gate.audioSent(at: 21 * 480)
        #expect(gate.receive(frame(21, 1)) != nil)
    }

    @Test func nothingCountsBeforeTheMinimumOfAudio() {
        var configuration = configuration(threshold: 2, window: 5)
        configuration.minimumAudio = .seconds(1)
        var gate = BargeInGate(configuration)
        gate.responseOpened()
        let triggers = (0..<60).compactMap { gate.receive(frame($0, 1)) }
        // The first frames that end after 16,000 samples are numbers 33 and 34.
        #expect(triggers.first?.position == 35 * 480)
    }

    /// What happens to a response, between frames.
    private enum Happening: CaseIterable { case opened, closed, sent, started, stopped }

    /// No trigger without an open response, none in the lockout, none after the grace period or the client's word that
    /// it plays no more; and whenever there is one, the window holds exactly `threshold` positive frames.
    @Test(arguments: 0..<300)
    func laws(seed: Int) {
        var random = Seeded(seed)
        let window = Int.random(in: 1...30, using: &random)
        let configuration = configuration(threshold: .random(in: 1...window, using: &random), window: window)
        var gate = BargeInGate(configuration)
        var open = false
        var firstSent: Int?
        var lastSent: Int?
        var stopped = false
        var counted: [(index: Int, positive: Bool)] = []
        for (index, probability) in random.track(windows: 1500).enumerated() {
            let start = index * 480
            if Int.random(in: 0..<25, using: &random) == 0, let next = Happening.allCases.randomElement(using: &random)
            {
                switch next {
                case .opened:
                    gate.responseOpened()
                    (open, firstSent, lastSent, stopped, counted) = (true, nil, nil, false, [])
                case .closed:
                    gate.responseClosed()
                    (open, counted) = (false, [])
                case .sent where open:
                    gate.audioSent(at: start)
                    if firstSent == nil { firstSent = start }
                    (lastSent, stopped) = (start, false)
                case .stopped where open && firstSent != nil:
                    gate.playoutStopped()
                    stopped = true
                case .sent, .stopped, .started: break
                }
            }
            let frame = frame(index, probability)
            let inLockout = firstSent.map { frame.start < $0 + 8000 } ?? false
            let pastGrace = stopped || (lastSent.map { frame.end > $0 + 16000 } ?? false)
            if !open || inLockout || pastGrace {
                #expect(gate.receive(frame) == nil)
                counted = []
                continue
            }
            counted.append((index, probability >= 0.5))
            let positives = counted.suffix(window).filter { $0.index > index - window && $0.positive }
            let due = probability >= 0.5 && positives.count >= configuration.threshold
            let trigger = gate.receive(frame)
            #expect((trigger != nil) == due, "frame \(index)")
            if let trigger {
                #expect(trigger.onset == positives.first.map { $0.index * 480 })
                #expect(positives.count == configuration.threshold)
                (open, counted) = (false, [])
            }
        }
    }
}
