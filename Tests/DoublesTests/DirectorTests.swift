import ProviderKit
import TestSupport
import Testing

@testable import Doubles

struct DirectorTests {
    private let start = ContinuousClock.now

    private func random(_ random: inout Seeded) -> DoublesScript {
        let wires: [Wire?] = [nil, .openAIChat, .ollamaChat, .openAISpeech]
        let faults: [Fault?] = [nil, .silent, .cut(after: 2), .stall(after: 1), .malformed(after: 3), .lateFinal(50)]
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        return DoublesScript(
            seed: UInt64(number(0...99)),
            rules: (0..<number(0...5)).map { index in
                Rule(
                    wire: wires[number(0...3)], skip: number(0...1) == 0 ? nil : number(0...4),
                    times: number(0...1) == 0 ? nil : number(1...4), text: ["\(index)a", "\(index)b"],
                    firstMs: number(0...500), betweenMs: number(0...50), jitterMs: number(0...80),
                    finalMs: number(0...100), fault: faults[number(0...5)])
            })
    }

    /// Against the rules as they are written down, done in the plainest way.
    @Test(arguments: 0..<300)
    func theFirstRuleThatFitsDecides(seed: Int) {
        var numbers = Seeded(seed)
        let script = random(&numbers)
        var director = Director(script)
        var came = Array(repeating: 0, count: script.rules.count)
        for _ in 0..<40 {
            let wire =
                [Wire.openAIChat, .ollamaChat, .openAISpeech, .azureToken].randomElement(using: &numbers) ?? .openAIChat
            var expected: (rule: Rule, text: String)?
            for (index, rule) in script.rules.enumerated() where [nil, wire].contains(rule.wire) {
                came[index] += 1
                let first = (rule.skip ?? 0) + 1
                let last = rule.times.map { first + $0 - 1 } ?? .max
                if (first...last).contains(came[index]) {
                    expected = (rule, "\(index)" + ((came[index] - first) % 2 == 0 ? "a" : "b"))
                    break
                }
            }
            let cue = director.cue(for: wire, start: start)
            #expect(cue.fault == expected?.rule.fault)
            #expect(cue.text == (expected?.rule.fault == .silent ? "" : expected?.text))
        }
    }

    /// Times depend on the seed and on the requests of the same wire, keep to their bounds, and are never negative.
    @Test(arguments: 0..<200)
    func timesAreSeededAndBounded(seed: Int) {
        var numbers = Seeded(seed)
        let rule = Rule(
            firstMs: Int.random(in: 0...300, using: &numbers), betweenMs: Int.random(in: 0...60, using: &numbers),
            jitterMs: Int.random(in: 0...100, using: &numbers), finalMs: Int.random(in: 0...200, using: &numbers))
        let script = DoublesScript(seed: UInt64(seed), rules: [rule])
        var alone = Director(script)
        var mixed = Director(script)
        var dues: Set<Duration> = []
        for _ in 0..<10 {
            let cue = alone.cue(for: .openAIChat, start: start)
            if Bool.random(using: &numbers) { _ = mixed.cue(for: .ollamaChat, start: start) }
            let same = mixed.cue(for: .openAIChat, start: start)
            for piece in 0..<20 {
                let due = cue.due(piece)
                dues.insert(due)
                #expect(due == same.due(piece))
                let centre = Duration.milliseconds(rule.firstMs + piece * rule.betweenMs)
                let jitter = Duration.milliseconds(rule.jitterMs)
                #expect(due >= .zero && due >= centre - jitter && due <= centre + jitter)
            }
            #expect(cue.finalDelay == same.finalDelay && cue.finalDelay >= .zero)
            #expect(cue.finalDelay <= .milliseconds(rule.finalMs + rule.jitterMs))
        }
        if rule.jitterMs > 1, rule.firstMs > rule.jitterMs { #expect(dues.count > 100, "requests differ") }
    }

    @Test func faultsBeginAtTheirPiece() {
        func turns(_ fault: Fault?) -> [Cue.Turn] {
            var director = Director(DoublesScript(rules: [Rule(fault: fault)]))
            let cue = director.cue(for: .openAIChat, start: start)
            return (0..<4).map { cue.turn(at: $0) }
        }
        #expect(turns(nil) == [.go, .go, .go, .go])
        #expect(turns(.silent) == [.go, .go, .go, .go])
        #expect(turns(.cut(after: 0)) == [.cut, .cut, .cut, .cut])
        #expect(turns(.stall(after: 2)) == [.go, .go, .stall, .stall])
        #expect(turns(.malformed(after: 3)) == [.go, .go, .go, .malformed])
    }

    @Test func aRefusalAndALateFinalAreInTheCue() {
        var director = Director(
            DoublesScript(rules: [
                Rule(times: 1, fault: .status(503, retryAfter: 9)), Rule(finalMs: 20, fault: .lateFinal(500)),
            ]))
        #expect(director.cue(for: .openAIChat, start: start).refusal == Cue.Refusal(status: 503, retryAfter: 9))
        let late = director.cue(for: .deepgramListen, start: start)
        #expect(late.refusal == nil && late.finalDelay == .milliseconds(520))
    }

    @Test func wordTimesCoverTheSpeechInOrder() {
        let words = estimatedWords(of: "  One two,  three ", over: .seconds(2))
        #expect(words.map(\.range) == [2..<5, 6..<10, 12..<17])
        #expect(words.first?.start == .zero && words.last?.end == .seconds(2))
        #expect(zip(words, words.dropFirst()).allSatisfy { $0.end <= $1.start })
        #expect(estimatedWords(of: " \n", over: .seconds(1)).isEmpty)
    }
}
