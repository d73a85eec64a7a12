import TestSupport
import Testing

@testable import Doubles

struct DetectorTests {
    private func events(_ samples: [Int16], _ width: (Int) -> Int) -> [AzureSpeechDetector.Event] {
        var detector = AzureSpeechDetector(pauseMs: 300)
        var events: [AzureSpeechDetector.Event] = []
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + width(start))
            events += detector.add(Array(samples[start..<end]))
            start = end
        }
        return events
    }

    /// The cuts of the audio change nothing; speech begins and ends in turn, and everything loud is passed on.
    @Test(arguments: 0..<50) func theCutsChangeNothing(seed: Int) {
        var numbers = Seeded(seed)
        var samples: [Int16] = []
        for _ in 0..<6 {
            let loud: Int16 = Bool.random(using: &numbers) ? 4000 : 3
            samples += (0..<Int.random(in: 100...12_000, using: &numbers)).map { $0.isMultiple(of: 2) ? loud : -loud }
        }
        let whole = events(samples) { _ in samples.count }
        var widths = Seeded(seed + 1000)
        #expect(whole == events(samples) { _ in Int.random(in: 1...1000, using: &widths) })
        var isSpeaking = false
        for event in whole {
            switch event {
            case .began(let position):
                #expect(!isSpeaking && position >= 0 && position < samples.count)
                isSpeaking = true
            case .speech: #expect(isSpeaking)
            case .ended(let position):
                #expect(isSpeaking && position <= samples.count)
                isSpeaking = false
            }
        }
    }

    @Test func aPauseParts() {
        func tone(_ count: Int) -> [Int16] { (0..<count).map { $0.isMultiple(of: 2) ? 4000 : -4000 } }
        func silence(_ count: Int) -> [Int16] { [Int16](repeating: 0, count: count) }
        let samples = silence(3200) + tone(6400) + silence(1600) + tone(6400) + silence(8000) + tone(3200)
        let marks = events(samples) { _ in 500 }.filter { if case .speech = $0 { false } else { true } }
        #expect(marks == [.began(3200), .ended(17_600), .began(25_600)])
    }

    /// A click is no speech.
    @Test func clicksAreNone() {
        var samples = [Int16](repeating: 0, count: 16_000)
        samples[8000] = .max
        #expect(events(samples) { _ in 160 }.isEmpty)
    }

    @Test(arguments: [
        ("One. Two words! Three", ["One.", "Two words!", "Three"]), ("", []), ("no end", ["no end"]),
    ])
    func sentencesArePhrases(text: String, phrases: [String]) {
        #expect(AzureRecognitionTurn.sentences(text) == phrases)
    }
}
