import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct BargeInGateTests {
    private func configuration(threshold: Int = 15, window: Int = 24, lockout: Duration = .zero) -> VADConfiguration {
        var configuration = VADConfiguration()
        configuration.threshold = threshold
        configuration.windowSize = window
        configuration.lockout = lockout
        configuration.gracePeriod = .seconds(1)
        configuration.minimumAudio = .zero
        return configuration
    }

    private func frame(_ index: Int, _ probability: Float) -> Frame {
        Frame(start: at(index * 480), end: at((index + 1) * 480), probability: probability)
    }

    @Test func triggersExactlyAtTheThresholdthPositiveFrame() {
        var gate = BargeInGate(configuration())
        gate.responseOpened()
        gate.audioSent(at: .start)
        for index in 0..<14 { #expect(gate.receive(frame(index, 0.9)) == nil) }
        #expect(gate.receive(frame(14, 0.9)) == BargeInGate.Trigger(onset: .start, position: at(15 * 480)))
        #expect(gate.state == .silent(hasPlayed: true), "sound stops with it")
    }

    @Test func positiveFramesNeedNotBeInARow() {
        var gate = BargeInGate(configuration(threshold: 3, window: 6))
        gate.responseOpened()
        gate.audioSent(at: .start)
        let track: [Float] = [0.9, 0, 0.9, 0, 0, 0.9]
        let triggers = track.enumerated().compactMap { gate.receive(frame($0, $1)) }
        #expect(triggers == [BargeInGate.Trigger(onset: .start, position: at(6 * 480))])
    }

    @Test func aFrameThatLeavesTheWindowNoLongerCounts() {
        var gate = BargeInGate(configuration(threshold: 3, window: 6))
        gate.responseOpened()
        gate.audioSent(at: .start)
        let track: [Float] = [0.9, 0, 0.9, 0, 0, 0, 0.9]
        #expect(track.enumerated().allSatisfy { gate.receive(frame($0, $1)) == nil })
        #expect(gate.count == 2)
    }

    @Test func theLockoutBeginsWithTheFirstPlayoutOnly() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1, lockout: .milliseconds(500)))
        gate.responseOpened()
        gate.playoutStarted(at: .start)
        for index in 0..<16 { #expect(gate.receive(frame(index, 1)) == nil, "frame \(index) ends within the lockout") }
        gate.playoutStopped()
        gate.playoutStarted(at: at(17 * 480))
        #expect(gate.receive(frame(17, 1)) != nil)
    }

    @Test func playbackStoppedEndsDetection() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1))
        gate.responseOpened()
        gate.audioSent(at: .start)
        for index in 0..<20 { _ = gate.receive(frame(index, 0)) }
        gate.playoutStopped()
        #expect(gate.receive(frame(20, 1)) == nil)
        gate.audioSent(at: at(21 * 480))
        #expect(gate.receive(frame(21, 1)) != nil)
    }

    @Test func nothingCountsBeforeTheMinimumOfAudio() {
        var configuration = configuration(threshold: 2, window: 5)
        configuration.minimumAudio = .seconds(1)
        configuration.gracePeriod = .seconds(9)
        var gate = BargeInGate(configuration)
        gate.responseOpened()
        gate.audioSent(at: .start)
        let triggers = (0..<60).compactMap { gate.receive(frame($0, 1)) }
        // The first frames that end after 16,000 samples are numbers 33 and 34.
        #expect(triggers.first?.position == at(35 * 480))
    }

    /// Where nothing of ours can be heard nothing is counted: all speech is a turn there.
    @Test func aSilentAnswerProtectsNothing() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1))
        gate.responseOpened()
        #expect(gate.state == .silent(hasPlayed: false))
        #expect((0..<40).allSatisfy { gate.receive(frame($0, 1)) == nil })
        gate.playoutStarted(at: at(40 * 480))
        #expect(gate.receive(frame(40, 1)) != nil)
    }

    @Test func afterTheGracePeriodItRests() {
        var gate = BargeInGate(configuration(threshold: 1, window: 1))
        gate.responseOpened()
        gate.audioSent(at: .start)
        for index in 0..<33 { _ = gate.receive(frame(index, 0)) }
        #expect(gate.state == .detecting(lastSent: .start))
        #expect(gate.receive(frame(33, 1)) == nil && gate.state == .silent(hasPlayed: true))
    }

    @Test func whatMayNotBeInterruptedIsNot() {
        var gate = BargeInGate(configuration(threshold: 2, window: 5))
        gate.responseOpened()
        gate.audioSent(at: .start)
        gate.allowsInterruption = false
        #expect((0..<10).allSatisfy { gate.receive(frame($0, 1)) == nil })
        gate.allowsInterruption = true
        #expect(gate.receive(frame(10, 1)) == nil, "what was said before is no evidence")
        #expect(gate.receive(frame(11, 1)) != nil)
    }

    @Test(arguments: [
        (BargeInGate.State.closed, "closed"), (.silent(hasPlayed: false), "thinking"),
        (.silent(hasPlayed: true), "resting"),
        (.locked(until: .start, lastSent: .start), "locked"), (.detecting(lastSent: .start), "detecting"),
    ]) func statesHaveNames(state: BargeInGate.State, name: String) { #expect(state.name == name) }

    /// What happens to a response, between frames.
    private enum Happening: CaseIterable { case opened, closed, sent, stopped }

    /// What can be heard, as the laws see it.
    private struct Sound {
        var isOpen = false
        var isAudible = false
        var hasPlayed = false
        var lockedUntil = AudioPosition.start
        var lastSent = AudioPosition.start

        mutating func take(_ happening: Happening, at position: AudioPosition) {
            switch happening {
            case .opened: self = Sound(isOpen: true)
            case .closed: self = Sound()
            case .sent where isOpen:
                if !isAudible { lockedUntil = hasPlayed ? .start : position + .milliseconds(500) }
                (isAudible, lastSent) = (true, position)
            case .stopped where isAudible: stop()
            case .sent, .stopped: break
            }
        }

        mutating func stop() { (isAudible, hasPlayed) = (false, true) }

        /// Whether the frame counts.
        mutating func protects(_ frame: Frame) -> Bool {
            guard isAudible, frame.start >= lockedUntil else { return false }
            if frame.end > lastSent + .seconds(1) { stop() }
            return isAudible
        }
    }

    /// No trigger while nothing can be heard, none in the lockout, none after the grace period; and whenever there is one, the
    /// window holds exactly `threshold` positive frames.
    @Test(arguments: 0..<300)
    func laws(seed: Int) {
        var random = Seeded(seed)
        let window = Int.random(in: 1...30, using: &random)
        let configuration = configuration(
            threshold: .random(in: 1...window, using: &random), window: window, lockout: .milliseconds(500))
        var gate = BargeInGate(configuration)
        var sound = Sound()
        var counted: [(index: Int, positive: Bool)] = []
        for (index, probability) in random.track(windows: 1500).enumerated() {
            let start = at(index * 480)
            if Int.random(in: 0..<15, using: &random) == 0, let next = Happening.allCases.randomElement(using: &random)
            {
                let wasAudible = sound.isAudible
                sound.take(next, at: start)
                switch next {
                case .opened: gate.responseOpened()
                case .closed: gate.responseClosed()
                case .sent: gate.audioSent(at: start)
                case .stopped: gate.playoutStopped()
                }
                if sound.isAudible != wasAudible { counted = [] }
            }
            let frame = frame(index, probability)
            guard sound.protects(frame) else {
                #expect(gate.receive(frame) == nil, "seed \(seed), frame \(index)")
                counted = []
                continue
            }
            counted.append((index, probability >= 0.5))
            let positives = counted.suffix(window).filter { $0.index > index - window && $0.positive }
            let due = probability >= 0.5 && positives.count >= configuration.threshold
            let trigger = gate.receive(frame)
            #expect((trigger != nil) == due, "seed \(seed), frame \(index)")
            if let trigger {
                #expect(trigger.onset == positives.first.map { at($0.index * 480) })
                #expect(positives.count == configuration.threshold)
                sound.stop()
                counted = []
            }
        }
    }
}
