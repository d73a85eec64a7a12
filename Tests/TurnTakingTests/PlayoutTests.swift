import AudioCore
import TestSupport
import Testing

@testable import TurnTaking

@Suite struct PlayoutClockTests {
    @Test(arguments: 0..<100) func neverMoreThanTheLeadAhead(seed: Int) {
        var random = Seeded(seed)
        var clock = PlayoutClock(lead: .milliseconds(400))
        var now: Duration = .zero
        var sent: Duration = .zero
        for _ in 0..<300 {
            let piece: Duration = .milliseconds(.random(in: 20...100, using: &random))
            now = max(now, clock.nextSend ?? now) + .milliseconds(Int.random(in: 0...150, using: &random))
            clock.send(piece, now: now)
            sent += piece
            #expect(sent - clock.played(now: now) <= .milliseconds(400) + piece)
            #expect(clock.sent == sent)
        }
        #expect(clock.played(now: now + .seconds(10)) == sent)
    }

    @Test func anUnderrunDoesNotCountAsPlayed() {
        var clock = PlayoutClock(lead: .milliseconds(400))
        clock.send(.seconds(1), now: .zero)
        clock.send(.seconds(1), now: .seconds(5))
        #expect(clock.played(now: .seconds(5)) == .seconds(1))
        #expect(clock.played(now: .milliseconds(5500)) == .milliseconds(1500))
    }

    @Test func theClientsWordCountsMoreThanTheEstimate() {
        var clock = PlayoutClock(lead: .milliseconds(400))
        clock.send(.seconds(2), now: .zero)
        clock.progress(.milliseconds(300), now: .seconds(1))
        #expect(clock.played(now: .seconds(1)) == .milliseconds(300))
        clock.progress(.seconds(99), now: .seconds(1))
        #expect(clock.played(now: .seconds(1)) == .seconds(2), "nobody plays what was not sent")
    }

    @Test func theFirstStartedSignalMovesTheEstimateOnce() {
        var clock = PlayoutClock(lead: .milliseconds(400))
        clock.send(.seconds(2), now: .zero)
        clock.started(now: .milliseconds(80))
        clock.started(now: .milliseconds(900))
        #expect(clock.playedOut == .milliseconds(2080))
    }
}

extension PlayoutClockTests {
    /// What was sent beyond that place is sent again, and nothing of it plays meanwhile.
    @Test func goingBackForgetsWhatWasSent() {
        var clock = PlayoutClock(lead: .milliseconds(400))
        clock.send(.seconds(2), now: .zero)
        clock.started(now: .milliseconds(80))
        clock.progress(.seconds(1), now: .seconds(1))
        clock.rewind(to: .milliseconds(700))
        #expect(clock.sent == .milliseconds(700) && clock.nextSend == nil && clock.playedOut == nil)
        #expect(clock.played(now: .seconds(9)) == .milliseconds(700))
        clock.send(.seconds(1), now: .seconds(10))
        #expect(clock.played(now: .seconds(10)) == .milliseconds(700))
        #expect(clock.played(now: .milliseconds(10_500)) == .milliseconds(1200))
        clock.started(now: .milliseconds(10_080))
        #expect(clock.playedOut == .milliseconds(11_080), "the loudspeaker may start again")
        clock.rewind(to: .seconds(99))
        #expect(clock.sent == .milliseconds(1700), "never forward")
    }
}

@Suite struct HeardLedgerTests {
    private func ledger() -> HeardLedger {
        var ledger = HeardLedger()
        ledger.begin(speaker: "Stock", text: "one two three four")
        ledger.send(.seconds(2))
        ledger.finish()
        ledger.begin(speaker: "Currency", text: "five six seven eight nine ten")
        ledger.send(.seconds(3))
        ledger.finish()
        return ledger
    }

    @Test func whatWasPlayedWasHeard() {
        #expect(ledger().heard(played: .zero).isEmpty)
        #expect(
            ledger().heard(played: .seconds(1)) == [.init(speaker: "Stock", text: "one two", isComplete: false)])
        #expect(
            ledger().heard(played: .milliseconds(3499)) == [
                .init(speaker: "Stock", text: "one two three four", isComplete: true),
                .init(speaker: "Currency", text: "five six", isComplete: false),
            ])
        #expect(ledger().speaker(at: .seconds(1)) == "Stock")
        #expect(ledger().speaker(at: .milliseconds(2100)) == "Currency")
    }

    @Test func anUnfinishedPieceIsNotTakenForWhole() {
        var ledger = HeardLedger()
        ledger.begin(speaker: "Stock", text: "a sentence of which only the first tenth was sent to the caller so far")
        ledger.send(.milliseconds(400))
        #expect(ledger.heard(played: .seconds(1)).first?.text.count ?? 0 < 20)
    }

    @Test(arguments: 0..<100) func moreTimeNeverUnhearsAWord(seed: Int) {
        var random = Seeded(seed)
        var ledger = HeardLedger()
        for index in 0..<8 {
            let words = (0..<Int.random(in: 1...12, using: &random)).map { "word\($0)" }.joined(separator: " ")
            ledger.begin(speaker: "agent\(index / 3)", text: words)
            ledger.send(.milliseconds(.random(in: 100...4000, using: &random)))
            ledger.finish()
        }
        var before = ""
        for step in 0..<200 {
            let heard = ledger.heard(played: .milliseconds(step * 200)).map(\.text).joined(separator: " ")
            #expect(heard.hasPrefix(before))
            before = heard
        }
        #expect(before == ledger.entries.map(\.text).joined(separator: " "))
    }
}

@Suite struct AudioBudgetTests {
    private func verdicts(_ pieces: [(Duration, at: Duration)]) -> [Bool] {
        var budget = AudioBudget()
        return pieces.map { budget.accept($0.0, now: $0.at) }
    }

    @Test func thirtySecondsAheadAreAllowed() {
        let pieces = Array(repeating: (Duration.seconds(1), at: Duration.zero), count: 31)
        #expect(verdicts(pieces) == Array(repeating: true, count: 30) + [false])
        #expect(verdicts(pieces + [(.seconds(1), at: .seconds(1))]).last == true)
    }

    @Test func aPauseIsNotSavedUp() {
        let hour: Duration = .seconds(3600)
        #expect(verdicts([(.seconds(1), .zero), (.seconds(31), hour), (.seconds(30), hour)]) == [true, false, true])
    }
}
