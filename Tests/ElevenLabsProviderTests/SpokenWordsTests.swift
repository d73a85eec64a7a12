import ProviderKit
import ProviderTransport
import TestSupport
import Testing

@testable import Vendors

@Suite struct SpokenWordsTests {
    /// `spoken` in chunks, one character every 10 ms, times from the beginning.
    private func timings(_ text: String, spoken: String, cuts: inout Seeded) -> [WordTiming] {
        var words = SpokenWords(text)
        var found: [WordTiming] = []
        let characters = Array(spoken)
        var position = 0
        while position < characters.count {
            let end = min(characters.count, position + Int.random(in: 1...9, using: &cuts))
            let alignment = Alignment([
                "chars": .array(characters[position..<end].map { .string(String($0)) }),
                "charStartTimesMs": .array((0..<(end - position)).map { .int($0 * 10) }),
                "charDurationsMs": .array((position..<end).map { _ in 10 }),
            ])
            if let alignment { found += words.add(alignment, base: .milliseconds(position * 10)) }
            position = end
        }
        return found + words.finish(at: .milliseconds(characters.count * 10))
    }

    private func check(_ text: String, _ timings: [WordTiming]) {
        let characters = Array(text)
        let covered = timings.map { String(characters[$0.range]) }.joined()
        #expect(covered == text.filter { !$0.isWhitespace })
        #expect(
            zip(timings, timings.dropFirst()).allSatisfy {
                $0.end <= $1.start && $0.range.upperBound <= $1.range.lowerBound
            })
        #expect(timings.allSatisfy { $0.start <= $0.end })
    }

    @Test(arguments: 0..<100) func aTextAsItIsIsFoundExactly(seed: Int) {
        var random = Seeded(seed)
        let vocabulary = ["bonds", "a", "I'm", "“quoted”", "ten", "ünïcode", "e.g.", "👋", "—", "year's,"]
        let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)]
        }.joined(separator: " ")
        let found = timings(text, spoken: " " + text + " ", cuts: &random)
        check(text, found)
        // A word with letters begins with its first letter or a sign before it.
        for timing in found where Array(text)[timing.range].contains(where: \.isLetter) {
            let start = Int(timing.start / .milliseconds(10)) - 1
            #expect(abs(start - timing.range.lowerBound) <= 2)
        }
    }

    @Test(arguments: 0..<100) func whatIsReadOtherwiseStillCovers(seed: Int) {
        var random = Seeded(seed)
        let text = "I owe you $25 for 3 days, Dr. Smith."
        check(
            text, timings(text, spoken: "I owe you twenty five dollars for three days, Doctor Smith. ", cuts: &random))
        check(text, timings(text, spoken: "something else altogether", cuts: &random))
        check(text, timings(text, spoken: "I owe", cuts: &random))
        check(text, timings(text, spoken: text + text, cuts: &random))
    }

    @Test func numbersTakeTheTimeOfTheirWords() {
        var random = Seeded(1)
        let found = timings("for 25 days", spoken: "for twenty five days", cuts: &random)
        #expect(found.map(\.range) == [0..<3, 4..<6, 7..<11])
        #expect(found[1].start == .milliseconds(40) && found[1].end == .milliseconds(150))
        #expect(found[2].start == .milliseconds(160))
    }

    @Test func chineseWordsAreCharacters() {
        var random = Seeded(2)
        let text = "你好，世界。"
        let found = timings(text, spoken: text, cuts: &random)
        check(text, found)
        #expect(found.count == 4)
        #expect(found[2].start == .milliseconds(30))
    }

    @Test func withoutTimesNothingIsClaimed() {
        var words = SpokenWords("No times.")
        let found = words.finish(at: .seconds(1))
        #expect(found.isEmpty)
        #expect(Alignment(nil) == nil && Alignment(["chars": "x"]) == nil && Alignment(.string("x")) == nil)
        // Lists of unequal length: as far as all go.
        let uneven = Alignment(["chars": ["a", "b"], "charStartTimesMs": [0, 10], "charDurationsMs": [5]])
        #expect(uneven?.characters.count == 1)
        let wild = Alignment([
            "characters": ["a"], "character_start_times_seconds": [1e300], "character_end_times_seconds": [-5],
        ])
        #expect(wild?.characters.first?.end == .seconds(86_400))
    }

    @Test(arguments: ["", "x", "[]", "{", "{}", #"{"audio":"***"}"#]) func nonsenseIsNone(text: String) {
        #expect(ContextMessage.read(text) == nil)
    }

    @Test func errorsAreRead() throws {
        let read = try #require(ContextMessage.read(#"{"message":"m","error":"quota_exceeded","code":1008}"#))
        #expect(read.message == .error(code: "quota_exceeded", close: 1008) && read.context == nil)
    }
}
