import TestSupport
import Testing

@testable import TurnTaking

/// What was heard of a piece whose voice times its words.
@Suite struct HeardWordsTests {
    /// A piece of which all was sent, with one word of `spoken` every half second.
    private func ledger(_ text: String, spoken: String, isWhole: Bool = true) -> HeardLedger {
        var ledger = HeardLedger()
        ledger.begin(speaker: "Ada", text: text, spoken: spoken)
        let tokens = SpokenForm.tokens(of: spoken)
        ledger.time(
            tokens.enumerated().map { SpokenWord(textEnd: $1.soundEnd, end: .milliseconds(500 * ($0 + 1))) })
        ledger.send(.milliseconds(500 * tokens.count + 200))
        if isWhole { ledger.finish() }
        return ledger
    }

    private func heard(_ ledger: HeardLedger, words: Int) -> String {
        ledger.heard(played: .milliseconds(500 * words)).first?.text ?? ""
    }

    @Test func aWordIsHeardWhenItIsOver() {
        let ledger = ledger("Buy bonds, then wait.", spoken: "Buy bonds, then wait.")
        #expect(ledger.heard(played: .milliseconds(999)).first?.text == "Buy")
        #expect(ledger.heard(played: .milliseconds(1000)).first?.text == "Buy bonds,")
        #expect(ledger.heard(played: .milliseconds(2000)).first?.text == "Buy bonds, then wait.")
        #expect(ledger.heard(played: .milliseconds(2000)).first?.isComplete == true)
    }

    static let forms: [(shown: String, spoken: String, heard: [String])] = [
        (
            "It costs $300 today.", "It costs three hundred dollars today.",
            ["It", "It costs", "It costs", "It costs", "It costs $300", "It costs $300 today."]
        ),
        (
            "Dr. Smith & Co. win.", "Doctor Smith and Company win.",
            ["Dr.", "Dr. Smith", "Dr. Smith &", "Dr. Smith & Co.", "Dr. Smith & Co. win."]
        ),
        ("**Keep** calm 🙂 please", "Keep calm please", ["**Keep**", "**Keep** calm 🙂", "**Keep** calm 🙂 please"]),
        ("See https://a.org/b?c now", "See a.org now", ["See", "See https://a.org/b?c", "See https://a.org/b?c now"]),
        ("明天会下雨。", "明天会下雨。", ["明", "明天", "明天会", "明天会下", "明天会下雨。"]),
    ]

    @Test(arguments: forms) func spokenWordsAreLaidOnTheShown(shown: String, spoken: String, words: [String]) {
        let ledger = ledger(shown, spoken: spoken, isWhole: false)
        #expect((1...words.count).map { heard(ledger, words: $0) } == words)
    }

    @Test func whatFillsASilenceIsNotHeardAsAnAnswer() {
        var ledger = HeardLedger()
        ledger.begin(speaker: "Ada", text: "One moment.", isFiller: true)
        ledger.send(.seconds(1))
        ledger.finish()
        ledger.begin(speaker: "Ada", text: "Buy bonds.")
        ledger.send(.seconds(1))
        ledger.finish()
        #expect(ledger.heard(played: .seconds(1)).isEmpty)
        #expect(ledger.speaker(at: .milliseconds(500)) == "Ada")
        #expect(ledger.heard(played: .seconds(2)) == [.init(speaker: "Ada", text: "Buy bonds.", isComplete: true)])
        #expect(ledger.text(of: "Ada") == "Buy bonds.")
    }

    /// Random pieces in random spoken forms and times: heard is a prefix, more time never unhears, and nothing is claimed
    /// that the times do not say.
    @Test(arguments: 0..<150) func laws(seed: Int) {
        var random = Seeded(seed)
        let vocabulary = ["the", "bond", "$5", "12%", "a", "very-long-word", "end.", "–", "买", "x,"]
        let readings = ["$5": "five dollars", "12%": "twelve percent", "–": "", "买": "买入"]
        let shown = (0..<Int.random(in: 1...14, using: &random)).map { _ in
            vocabulary.randomElement(using: &random) ?? "a"
        }
        let spoken = shown.map { word in Bool.random(using: &random) ? readings[word] ?? word : word }
            .filter { !$0.isEmpty }
        let (text, speech) = (shown.joined(separator: " "), spoken.joined(separator: " "))
        var ledger = HeardLedger()
        ledger.begin(speaker: "Ada", text: text, spoken: speech)
        var (time, words): (Duration, [SpokenWord]) = (.zero, [])
        for token in SpokenForm.tokens(of: speech) {
            time += .milliseconds(.random(in: 0...600, using: &random))
            words.append(SpokenWord(textEnd: token.soundEnd, end: time))
        }
        ledger.time(Array(words.prefix(.random(in: 1...max(words.count, 1), using: &random))))
        ledger.send(time + .milliseconds(50))
        let needed = SpokenForm.needed(
            SpokenForm.tokens(of: text).map(\.key), SpokenForm.tokens(of: speech).map(\.key))
        #expect(zip(needed, needed.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(needed.allSatisfy { $0 >= 0 && $0 <= words.count })
        var before = ""
        for step in 0..<100 {
            let played: Duration = .milliseconds(step * 100)
            let heard = ledger.heard(played: played).first?.text ?? ""
            #expect(text.hasPrefix(heard) && heard.hasPrefix(before), "seed \(seed)")
            let over = words.prefix { $0.end <= played }.count
            let count = SpokenForm.tokens(of: heard).count
            #expect(count == 0 || needed[count - 1] <= over, "seed \(seed): \(heard) after \(over) words")
            before = heard
        }
    }
}
