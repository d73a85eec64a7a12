import TestSupport
import Testing

@testable import TurnTaking

/// Where an answer goes on after a pause.
@Suite struct ResumptionTests {
    /// One piece with a word every half second, timed or not.
    private func ledger(_ text: String, isTimed: Bool) -> HeardLedger {
        var ledger = HeardLedger()
        ledger.begin(speaker: "Ada", text: text)
        let tokens = SpokenForm.tokens(of: text)
        if isTimed {
            ledger.time(
                tokens.enumerated().map { SpokenWord(textEnd: $1.soundEnd, end: .milliseconds(500 * ($0 + 1))) })
        }
        ledger.send(.milliseconds(500 * tokens.count))
        ledger.finish()
        return ledger
    }

    @Test func wordsThatAreTimedAreNotSaidTwice() {
        let ledger = ledger("Buy some bonds and wait.", isTimed: true)
        #expect(ledger.resumption(at: .milliseconds(1400)) == .seconds(1), "the third word comes again")
        #expect(ledger.resumption(at: .milliseconds(1500)) == .milliseconds(1500))
        #expect(ledger.resumption(at: .milliseconds(200)) == .zero)
    }

    @Test func withoutTimesAClauseComesAgain() {
        let ledger = ledger("Aaaa bbbb cccc, dddd eeee ffff, gggg hhhh iiii.", isTimed: false)
        let clause = ledger.resumption(at: .milliseconds(2000))
        #expect(clause == .milliseconds(1500))
        #expect(ledger.resumption(at: .milliseconds(1200)) == .zero, "from the beginning of the first")
        #expect(ledger.resumption(at: .milliseconds(4400)) == .milliseconds(3000))
    }

    @Test func aLongClauseDoesNotComeAgain() {
        let ledger = ledger("one two three four five six seven eight nine ten eleven twelve", isTimed: false)
        #expect(ledger.resumption(at: .seconds(5)) == .seconds(5), "its beginning is too long ago")
        #expect(ledger.resumption(at: .seconds(5), reach: .seconds(9)) == .zero)
    }

    @Test func behindTheEndNothingComesAgain() {
        let ledger = ledger("Buy bonds.", isTimed: true)
        #expect(ledger.resumption(at: .seconds(1)) == .seconds(1))
        #expect(ledger.resumption(at: .seconds(7)) == .seconds(7))
        #expect(HeardLedger().resumption(at: .seconds(1)) == .seconds(1))
    }

    @Test func whatComesAgainWasNotHeard() {
        var ledger = ledger("Buy some bonds and wait.", isTimed: true)
        ledger.begin(speaker: "Ada", text: "Then sell them.")
        ledger.send(.milliseconds(300))
        #expect(ledger.rewind(to: .seconds(1)) == 1)
        #expect(ledger.rest(played: .seconds(1)) == "bonds and wait.")
        #expect(ledger.heard(played: .seconds(9)).map(\.text) == ["Buy some"])
        ledger.send(.milliseconds(1500))
        ledger.finish()
        #expect(ledger.heard(played: .milliseconds(2500)).map(\.text) == ["Buy some bonds and wait."])
        #expect(ledger.rest(played: .milliseconds(2500)) == "")
    }

    @Test func atAnEdgeThePieceStaysWhole() {
        var ledger = ledger("Buy bonds.", isTimed: true)
        ledger.begin(speaker: "Ben", text: "Or not.")
        ledger.send(.seconds(1))
        ledger.finish()
        #expect(ledger.rewind(to: .seconds(1)) == 1)
        #expect(ledger.entries.first?.isWhole == true)
        #expect(ledger.heard(played: .seconds(1)).map(\.text) == ["Buy bonds."])
    }

    /// Never later than what was played, never more than the reach earlier, and what is said from there on completes it.
    @Test(arguments: 0..<200) func laws(seed: Int) {
        var random = Seeded(seed)
        var whole = HeardLedger()
        for index in 0..<6 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map {
                "word\($0)" + (Int.random(in: 0..<4, using: &random) == 0 ? "," : "")
            }.joined(separator: " ")
            whole.begin(speaker: "agent\(index / 3)", text: text)
            let length: Duration = .milliseconds(.random(in: 300...5000, using: &random))
            if Bool.random(using: &random) {
                let tokens = SpokenForm.tokens(of: text)
                whole.time(
                    tokens.enumerated().map {
                        SpokenWord(textEnd: $1.soundEnd, end: length * (Double($0 + 1) / Double(tokens.count)))
                    })
            }
            whole.send(length)
            whole.finish()
        }
        let end = whole.entries.reduce(Duration.zero) { $0 + $1.sent }
        for _ in 0..<20 {
            let played = end * Double.random(in: 0...1.1, using: &random)
            let target = whole.resumption(at: played)
            #expect(target <= played && target >= .zero)
            var cut = whole
            let pieces = cut.rewind(to: target)
            let sent = cut.entries.reduce(Duration.zero) { $0 + $1.sent }
            #expect(sent == min(target, end), "seed \(seed)")
            #expect(pieces == cut.entries.count)
            let before = cut.heard(played: target).map(\.text).joined(separator: " ")
            let all = whole.heard(played: end).map(\.text).joined(separator: " ")
            #expect(all.hasPrefix(before), "seed \(seed)")
        }
    }
}

@Suite struct BackChannelsTests {
    private let english = BackChannels.usual(in: "en-US")

    @Test(arguments: ["mhm", "Mhm.", "Yeah, okay!", "I see", "uh-huh, I see, right"])
    func whatAListenerSays(words: String) { #expect(BackChannels.isOnly(words, of: english)) }

    @Test(arguments: ["", "  ", "okay but", "stop", "I", "see you", "mhmm no", "yeah 3"])
    func whatACallerSays(words: String) { #expect(!BackChannels.isOnly(words, of: english)) }

    @Test func languages() {
        #expect(BackChannels.isOnly("Ach so, genau", of: BackChannels.usual(in: "de_AT")))
        #expect(!BackChannels.isOnly("oui", of: english))
        #expect(BackChannels.usual(in: "xx").isEmpty && !BackChannels.isOnly("mhm", of: []))
    }

    @Test(arguments: [("", 0), ("Stop!", 1), ("wait a moment", 3), ("...", 0), ("等一下", 3)])
    func wordsAreCounted(words: String, count: Int) { #expect(BackChannels.wordCount(words) == count) }
}
