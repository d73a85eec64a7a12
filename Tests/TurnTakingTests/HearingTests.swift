import AudioCore
import Testing

@testable import TurnTaking

@Suite struct HearingTests {
    @Test func speechThatInterruptsInShortBurstsStillEnds() {
        var vad = VADConfiguration()
        (vad.threshold, vad.windowSize, vad.minimumAudio) = (4, 40, .zero)
        var hearing = Hearing(endpointing: EndpointingConfiguration(), vad: vad)
        hearing.gate?.responseOpened()
        // Two windows of speech, then two of silence: never three in a row, so the endpointer alone hears nothing.
        var events: [Hearing.Event] = []
        for index in 0..<100 {
            let voiced = index < 12 && index % 4 < 2
            events += hearing.append(window: index * 512..<(index + 1) * 512, probability: voiced ? 0.9 : 0.1)
        }
        guard case .bargeIn = events.first, case .speechStopped = events.last else {
            Issue.record("expected a barge-in and its end, got \(events)")
            return
        }
        #expect(events.count == 2)
    }

    @Test func pushToTalkNeverInterrupts() {
        var hearing = Hearing(endpointing: EndpointingConfiguration(), vad: nil)
        var random = Seeded(1)
        for (index, probability) in random.track(windows: 3000).enumerated() {
            for event in hearing.append(window: index * 512..<(index + 1) * 512, probability: probability) {
                if case .bargeIn = event { Issue.record("a barge-in without a vad block") }
            }
        }
    }
}
