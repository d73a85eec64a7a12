import AudioCore
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Everything is bounded, and the bounds hold at their edges.
@Suite struct BoundsTests {
    private let marks = TurnTimings.Marks(speechEnd: .zero, turnEnd: .zero, transcript: .zero)

    // MARK: - A caller's turn

    @Test func aTurnHasSoManyScalars() {
        var turn = CallerTurn()
        let half = String(repeating: "a", count: CallerTurn.longest / 2)
        let isTaken = [turn.type(half), turn.type(half), turn.type("b"), turn.type("")]
        #expect(isTaken == [true, true, false, true])
        #expect(turn.words.unicodeScalars.count == CallerTurn.longest + 1, "and a space between")
    }

    /// One character may be made of any number of scalars.
    @Test func combiningMarksCount() {
        var turn = CallerTurn()
        let mark = "a" + String(repeating: "\u{301}", count: CallerTurn.longest)
        let isTaken = turn.type(mark)
        #expect(!isTaken && turn.words.isEmpty)
    }

    @Test func whatIsSpokenIsCutAtTheBound() {
        var turn = CallerTurn()
        _ = turn.type(String(repeating: "a", count: CallerTurn.longest - 3))
        turn.begin(UtteranceID(1))
        _ = turn.stop(marks: marks)
        let isOurs = turn.transcribe(UtteranceID(1), Transcript(text: "bcdefg", isFinal: true), now: .zero)
        #expect(isOurs && turn.words.hasSuffix("a bcd"))
        turn.begin(UtteranceID(2))
        _ = turn.stop(marks: marks)
        _ = turn.transcribe(UtteranceID(2), Transcript(text: "more", isFinal: true), now: .zero)
        #expect(turn.words.hasSuffix("a bcd") && turn.isComplete)
    }

    /// Words to which nobody answers are carried on, but never without end.
    @Test func whatIsCarriedOnIsBounded() {
        var turn = CallerTurn()
        turn.prepend(String(repeating: "a", count: 20_000) + "end")
        #expect(turn.words.unicodeScalars.count == CallerTurn.longest && turn.words.hasSuffix("aend"))
        var simulation = Simulation(TestProjects.single())
        simulation.script.holdsGenerations = true
        let words = String(repeating: "a", count: CallerTurn.longest)
        for number in 1...8 { simulation.client(.text(words), at: .seconds(number)) }
        simulation.run(until: .seconds(20))
        let longest = simulation.generations.map { $0.brief.callerWords.unicodeScalars.count }.max() ?? 0
        #expect(longest <= 2 * CallerTurn.longest + 1, "what was said now, and of what was said before the end")
    }

    @Test func anUtteranceEndsAfterTwoMinutes() throws {
        var script = Script()
        script.transcripts = ["a long speech", "and its rest"]
        var simulation = Simulation(TestProjects.single(), script)
        simulation.hear(Array(repeating: 0.9, count: 130 * 1000 / 32))
        simulation.stayQuiet(2)
        simulation.run(until: .seconds(140))
        let began = try #require(simulation.first { if case .speechStarted = $0 { true } else { false } })
        let ended = try #require(simulation.first { if case .speechStopped = $0 { true } else { false } })
        #expect(ended - began <= Ear.longestUtterance && ended - began >= Ear.longestUtterance - .milliseconds(200))
        let cuts = simulation.count { if case .speechStopped = $0 { true } else { false } }
        #expect(cuts == 2, "what follows is another utterance")
    }

    @Test func typedWordsThatDoNotFitAreRefused() {
        var simulation = Simulation(TestProjects.single())
        simulation.client(.text(String(repeating: "a", count: CallerTurn.longest + 1)), at: .seconds(1))
        simulation.client(.text(String(repeating: "a", count: CallerTurn.longest)), at: .seconds(2))
        simulation.run(until: .seconds(3))
        #expect(simulation.warnings.map(\.code) == ["text_too_long"])
        #expect(simulation.count(\.isResponse) == 1)
    }

    // MARK: - Fillers

    private func line(_ number: Int, after: Duration = .seconds(1)) throws -> FillerLine {
        let voice = TestProjects.single().voice(of: "Stock", within: [])
        return try #require(FillerLine(Filler(text: "Line \(number).", after: after), agent: "Stock", voice: voice))
    }

    @Test func soManyLinesAreKept() throws {
        var fillers = Fillers()
        fillers.answerBegan(at: .zero)
        for number in 0..<Fillers.maximumLines {
            let line = try line(number)
            #expect(fillers.next(line, playedOut: nil)?.action == .prepare(line))
            fillers.prepare(line, as: SegmentID(number))
        }
        #expect(fillers.next(try line(99), playedOut: nil) == nil, "there is no room for one more")
        fillers.receive(samples: 5, for: SegmentID(0))
        fillers.finish(SegmentID(0), failed: false)
        #expect(fillers.next(try line(0), playedOut: nil) != nil, "those that are kept can be said")
    }

    @Test func aLineEndsAtItsBound() throws {
        var fillers = Fillers()
        fillers.answerBegan(at: .zero)
        fillers.prepare(try line(1), as: SegmentID(1))
        for _ in 0..<100 { fillers.receive(samples: 16_000, for: SegmentID(1)) }
        fillers.finish(SegmentID(1), failed: false)
        guard case .say(_, _, let samples, _)? = fillers.next(try line(1), playedOut: nil)?.action else {
            Issue.record("it cannot be said")
            return
        }
        #expect(samples == Fillers.longest.samples(at: 16_000))
    }

    // MARK: - Bad input

    @Test func theTenthWithinAMinuteIsTooMany() {
        var limit = BadInputLimit()
        let reached = (0..<10).map { limit.isReached(now: .seconds($0 * 6)) }
        #expect(reached == Array(repeating: false, count: 9) + [true])
        let isReachedLater = limit.isReached(now: .seconds(200))
        #expect(!isReachedLater)
        var slow = BadInputLimit()
        let isSlowReached = (0..<100).map { slow.isReached(now: .seconds($0 * 7)) }
        #expect(!isSlowReached.contains(true), "ten within 63 seconds are not too many")
    }

    // MARK: - Texts

    @Test func aTextGrowsToItsBound() {
        var text = BoundedText(limit: 5)
        let pieces = ["abc", "", "👩‍👩‍👧", "dé", "x", "yz"].map { text.append($0) }
        #expect(pieces == ["abc", "", "👩‍👩‍👧", "d", "", ""] && text.isCut)
        #expect(text.text == "abc👩‍👩‍👧d" && text.text.count == 5)
        var exact = BoundedText(limit: 3)
        _ = exact.append("abc")
        #expect(!exact.isCut)
    }

    /// A model that never comes to an end is cut in every part of an answer.
    @Test func whatIsJudgedIsBounded() throws {
        let project = TestProjects.single()
        let speaker = try #require(project.speakers(of: project.plan(running: "Stock")).values.first)
        var member = ReplyMember(speaker: speaker)
        member.reviews.beginJudging(2)
        for _ in 0..<1000 { member.reviews.judge("yes, yes and yes ", on: 1) }
        member.reviews.judge("out of range", on: 7)
        #expect(member.verdicts.map(\.count) == [0, ReplyMember.longestSummary])
    }

    /// Usage that belongs to no response yet is kept up to its bound.
    @Test func reportsWithoutAResponseAreBounded() {
        var usage = UsageObserver(prices: PriceTable())
        let report = ProviderReport(provider: "Test/Ears", kind: .recognition, outcome: .completed)
        for _ in 0..<(3 * UsageObserver.unassignedReports) { _ = usage.receive([report], for: nil) }
        _ = usage.observe([.tell(.responseStarted(ResponseID(1)))])
        let told = usage.observe([.tell(.responseDone(ResponseID(1), .completed))])
        guard case .tell(.turnUsage(let turn))? = told.last else {
            Issue.record("it is not told")
            return
        }
        #expect(turn.providers.first?.attempts == UsageObserver.unassignedReports && usage.isSettled)
    }

    // MARK: - Timers

    @Test func oneTimerRuns() {
        var timer = WakeTimer()
        #expect(timer.arm() == nil)
        timer.want(.seconds(5))
        let first = timer.arm()
        #expect(first?.at == .seconds(5) && first?.old == nil)
        #expect(timer.arm() == nil, "it runs")
        #expect(timer.arm(.seconds(2)).map { [$0.number, $0.old ?? 0] } == [2, 1], "an earlier one takes its place")
        timer.want(.seconds(9))
        #expect(timer.arm() == nil, "one that runs out early is harmless")
        let wasStale = timer.fired(1)
        let wasRunning = timer.fired(2)
        #expect(!wasStale && wasRunning)
        #expect(timer.arm()?.at == .seconds(9))
    }
}
