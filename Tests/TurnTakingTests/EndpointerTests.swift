import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct EndpointerTests {
    private func run(_ track: [Float], silence: Duration = .milliseconds(700)) -> [Endpointer.Edge] {
        var configuration = EndpointingConfiguration()
        configuration.silence = silence
        var endpointer = Endpointer(configuration)
        return track.enumerated().compactMap { index, probability in
            endpointer.append(window: window(index), probability: probability)
        }
    }

    /// The beginnings and ends of speech.
    private func bounds(_ track: [Float]) -> [Endpointer.Edge] {
        run(track).filter { ![.paused, .lingered, .resumed].contains($0) }
    }

    @Test func aPauseIsToldOnceAndWhatFollowsItToo() {
        let stop = Endpointer.Edge.speechStopped(end: at(12 * 512))
        #expect(
            run(runs((5, 0.9), (2, 0), (5, 0.9), (30, 0))) == [.speechStarted(onset: .start), .paused, .lingered, stop])
        #expect(
            run(runs((5, 0.9), (3, 0), (4, 0.9), (30, 0)))
                == [.speechStarted(onset: .start), .paused, .resumed, .paused, .lingered, stop])
    }

    @Test func evidenceShortensTheSilenceOfItsPauseOnly() {
        var configuration = EndpointingConfiguration()
        configuration.endOfTurn = EndOfTurnPolicy(shortest: .milliseconds(320), longest: .milliseconds(960))
        var endpointer = Endpointer(configuration)
        var index = 0
        func hear(_ count: Int, _ probability: Float) -> [Endpointer.Edge] {
            (0..<count).compactMap { _ in
                defer { index += 1 }
                return endpointer.append(window: window(index), probability: probability)
            }
        }
        #expect(hear(10, 0.9).count == 1 && endpointer.expectEnd(at: at(10 * 512)) == nil, "there is no pause")
        #expect(hear(6, 0) == [.paused, .lingered])
        #expect(endpointer.expectEnd(at: at(16 * 512)) == nil)
        #expect(hear(2, 0.9) == [.resumed] && hear(29, 0) == [.paused, .lingered])
        #expect(endpointer.expectEnd(at: at(47 * 512)) == .speechStopped(end: at(18 * 512)))
    }

    private func runs(_ runs: (Int, Float)...) -> [Float] { runs.flatMap { Array(repeating: $1, count: $0) } }

    @Test func speechIsThreeWindowsInARowAndEndsAfterTheSilence() {
        let edges = bounds(runs((10, 0), (20, 0.9), (30, 0)))
        #expect(edges == [.speechStarted(onset: at(10 * 512)), .speechStopped(end: at(30 * 512))])
    }

    @Test func aClickIsNoSpeech() {
        #expect(run(runs((10, 0), (2, 0.9), (30, 0))).isEmpty)
    }

    @Test func aPauseShorterThanTheSilenceIsPartOfTheTurn() {
        let edges = bounds(runs((5, 0.9), (20, 0), (5, 0.9), (40, 0)))
        #expect(edges == [.speechStarted(onset: .start), .speechStopped(end: at(30 * 512))])
    }

    @Test func theEndIsDecidedWithTheWindowThatCompletesTheSilence() {
        var configuration = EndpointingConfiguration()
        configuration.silence = .milliseconds(3500)
        var endpointer = Endpointer(configuration)
        for index in 0..<10 { _ = endpointer.append(window: window(index), probability: 0.9) }
        // 3500 ms are 56,000 samples: 109 windows are 55,808, 110 are 56,320.
        for index in 10..<119 {
            #expect([nil, .paused, .lingered].contains(endpointer.append(window: window(index), probability: 0)))
        }
        #expect(endpointer.append(window: window(119), probability: 0) == .speechStopped(end: at(5120)))
    }

    @Test func hesitantVoicingKeepsSpeechGoing() {
        // 0.4 would not start speech, but it does not end it either.
        #expect(run(runs((5, 0.9), (60, 0.4))) == [.speechStarted(onset: .start)])
        #expect(run(runs((60, 0.4))).isEmpty)
    }

    @Test func stoppingEndsSpeechAtItsLastVoicedSample() {
        var endpointer = Endpointer(EndpointingConfiguration())
        for index in 0..<5 { _ = endpointer.append(window: window(index), probability: 0.9) }
        _ = endpointer.append(window: window(5), probability: 0)
        #expect(endpointer.stop() == .speechStopped(end: at(2560)))
        #expect(endpointer.stop() == nil)
    }

    @Test(arguments: 0..<200) func startsAndStopsAlternate(seed: Int) {
        var random = Seeded(seed)
        var speaking = false
        var last = AudioPosition.start
        for edge in run(random.track(windows: 2000), silence: .milliseconds(.random(in: 100...2000, using: &random))) {
            switch edge {
            case .speechStarted(let onset):
                #expect(!speaking && onset >= last)
                (speaking, last) = (true, onset)
            case .paused, .lingered, .resumed: #expect(speaking)
            case .speechStopped(let end):
                #expect(speaking && end > last)
                (speaking, last) = (false, end)
            }
        }
    }
}
