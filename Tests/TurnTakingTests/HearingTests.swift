import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct HearingTests {
    @Test func speechThatInterruptsInShortBurstsStillEnds() {
        var vad = VADConfiguration()
        (vad.threshold, vad.windowSize, vad.minimumAudio, vad.lockout) = (4, 40, .zero, .zero)
        var hearing = Hearing(endpointing: EndpointingConfiguration(), vad: vad)
        hearing.gate?.responseOpened()
        hearing.gate?.audioSent(at: .start)
        // Two windows of speech, then two of silence: never three in a row, so the endpointer alone hears nothing.
        var events: [Hearing.Event] = []
        for index in 0..<100 {
            let voiced = index < 12 && index % 4 < 2
            events += hearing.append(window: window(index), probability: voiced ? 0.9 : 0.1)
        }
        guard case .bargeIn = events.first, case .speechStopped = events.last else {
            Issue.record("expected a barge-in and its end, got \(events)")
            return
        }
        #expect(events.dropFirst().dropLast() == [.paused, .lingered])
    }

    @Test func chunkingNeverChangesWhatIsHeard() {
        var vad = VADConfiguration()
        (vad.threshold, vad.windowSize, vad.minimumAudio, vad.lockout) = (10, 24, .zero, .zero)
        vad.gracePeriod = .seconds(60)
        for seed in 0..<100 {
            var random = Seeded(seed)
            let track = random.track(windows: 300)
            func events(chunk: (inout Seeded) -> Int) -> [Hearing.Event] {
                var hearing = Hearing(endpointing: EndpointingConfiguration(), vad: vad)
                var (received, windows) = (0, 0)
                var events: [Hearing.Event] = []
                hearing.gate?.responseOpened()
                hearing.gate?.audioSent(at: .start)
                while windows < track.count {
                    received = min(received + chunk(&random), track.count * 512)
                    while (windows + 1) * 512 <= received {
                        events += hearing.append(window: window(windows), probability: track[windows])
                        windows += 1
                    }
                    events += hearing.received(at(received))
                }
                return events
            }
            let whole = events { _ in 512 }
            #expect(whole.contains { if case .bargeIn = $0 { true } else { false } }, "seed \(seed)")
            #expect(events { .random(in: 1...1000, using: &$0) } == whole, "seed \(seed)")
            #expect(events { _ in 160 } == whole, "seed \(seed)")
        }
    }

    @Test func pushToTalkNeverInterrupts() {
        var hearing = Hearing(endpointing: EndpointingConfiguration(), vad: nil)
        var random = Seeded(1)
        for (index, probability) in random.track(windows: 3000).enumerated() {
            for event in hearing.append(window: window(index), probability: probability) {
                if case .bargeIn = event { Issue.record("a barge-in without a vad block") }
            }
        }
    }
}
