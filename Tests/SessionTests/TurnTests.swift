import AudioCore
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// What makes a turn of the caller, spoken or typed.
@Suite struct TurnTests {
    private func simulation(
        _ transcripts: [String], _ project: Project = TestProjects.single(), _ change: (inout Script) -> Void = { _ in }
    ) -> Simulation {
        var script = Script()
        script.transcripts = transcripts
        change(&script)
        return Simulation(project, script)
    }

    private func finals(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap {
            if case .callerTranscript(let words) = $0, words.isFinal { words.text } else { nil }
        }
    }

    @Test func nothingUnderstoodOpensNoResponse() {
        var simulation = simulation([""]) { $0.clientSignals = false }
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(20))
        #expect(finals(simulation) == [""])
        #expect(simulation.count(\.isResponse) == 0)
    }

    @Test func aClientThatStopsSendingHasEndedItsTurn() {
        var simulation = simulation(["a question"])
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed])
    }

    /// In mid-speech the line may only have stalled.
    @Test(arguments: [(1.2, 1), (2.5, 2)]) func aStallOfTheLineIsWaitedFor(seconds: Double, utterances: Int) {
        var simulation = simulation(["a long", "question"])
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stall(seconds)
        simulation.speak(1)
        simulation.stayQuiet(3)
        simulation.run(until: .seconds(8))
        let ends = simulation.told.compactMap { if case .speechStopped = $0.event { $0.at } else { nil } }
        #expect(ends.count == utterances)
        if utterances == 2 {
            let spoken: Duration = .milliseconds(31 * 32 * 2)
            #expect(ends.first.map { $0 == spoken + Ear.uplinkPatience } == true)
        }
    }

    /// Audio that stops in a pause may only have stalled, too; the whole silence is not waited for behind that.
    @Test func aStallInAPauseEndsTheTurn() throws {
        var simulation = simulation(["a question"])
        simulation.stayQuiet(1.5)
        simulation.speak(1)
        simulation.stayQuiet(0.5)
        simulation.run(until: .seconds(20))
        let metrics = simulation.events.compactMap {
            if case .turnMetrics(_, let timings) = $0 { timings } else { nil }
        }
        #expect(metrics.first.map { $0.endpointing <= .milliseconds(480) + Ear.uplinkPatience } == true)
    }

    /// Words are shown, and answered, in the order of speech, whatever the recognizer does first.
    @Test func transcriptsKeepTheOrderOfSpeech() {
        var simulation = simulation(["the first part", "and the second"]) {
            $0.transcriptionDelay = { $0 == 1 ? .seconds(4) : .milliseconds(100) }
        }
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(20))
        #expect(finals(simulation) == ["the first part", "and the second"])
        #expect(simulation.generations.first?.brief.callerWords == "the first part and the second")
        #expect(simulation.count(\.isResponse) == 1)
    }

    @Test func interimWordsWaitForThoseBefore() {
        var simulation = simulation(["the first part", "and the second"]) {
            $0.transcriptionDelay = { $0 == 1 ? .seconds(4) : .milliseconds(100) }
            $0.interimDelay = .milliseconds(300)
        }
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(20))
        let shown = simulation.events.compactMap { if case .callerTranscript(let words) = $0 { words } else { nil } }
        #expect(shown.map(\.isFinal) == [false, true, true])
        #expect(shown.map(\.utterance) == [1, 1, 2].map { UtteranceID($0) })
    }

    @Test func speechBeforeTheFirstSoundJoinsTheQuestion() {
        var simulation = simulation(["how can i protect my investments", "against currency risk"]) {
            $0.tokenDelay = .seconds(2)
        }
        simulation.stayQuiet(1.5)
        simulation.speak(1.5)
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(60))
        let asked = simulation.generations.map(\.brief.callerWords)
        #expect(asked.last == "how can i protect my investments against currency risk")
        #expect(simulation.statuses == [.interrupted, .completed])
        #expect(simulation.count(\.isPause) == 0, "nothing could be heard that pauses")
    }

    /// While an answer is made and nothing can be heard, speech is a turn at once: no threshold, no lockout.
    @Test func speechInASilenceIsATurnAtOnce() {
        var simulation = simulation(["a question", "one more thing"]) { $0.tokenDelay = .seconds(9) }
        simulation.stayQuiet(1.5)
        simulation.speak(1)
        simulation.stayQuiet(2)
        simulation.speak(0.2)
        simulation.stayQuiet(20)
        simulation.run(until: .seconds(7))
        let starts = simulation.told.compactMap { if case .speechStarted = $0.event { $0.at } else { nil } }
        let spokenAt: Duration = .milliseconds((46 + 31 + 62) * 32)
        #expect(starts.count == 2)
        #expect(starts.last.map { $0 - spokenAt <= .milliseconds(3 * 32) } == true, "three windows")
        #expect(simulation.generations.last?.brief.callerWords == "a question one more thing")
    }

    /// Noise in that silence holds the draft without a word, and the draft goes on: nothing is asked for again.
    @Test func noiseInASilenceHoldsTheDraft() {
        var simulation = simulation(["a question", ""]) { $0.tokenDelay = .milliseconds(900) }
        simulation.stayQuiet(1.5)
        simulation.speak(1)
        simulation.stayQuiet(1.5)
        simulation.speak(3)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(40))
        #expect(simulation.statuses == [.completed])
        #expect(simulation.generations.count == 1)
        #expect(!simulation.events.contains { $0.isPause || $0.isResumption || $0.isInterruption })
        let stopped = simulation.told.compactMap { if case .speechStopped = $0.event { $0.at } else { nil } }
        #expect(simulation.plays.first.map { $0.at >= stopped[1] } == true, "no sound while the caller may be speaking")
    }

    @Test func typedWordsAreAnsweredAndInterrupt() {
        var simulation = simulation([]) {
            $0.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        }
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.text("another"), at: .seconds(5))
        simulation.run(until: .seconds(90))
        #expect(simulation.statuses == [.interrupted, .completed])
        #expect(finals(simulation) == ["a question", "another"])
        #expect(simulation.count(\.isPause) == 0, "words that were typed are no noise")
    }

    @Test func whatCannotBeTranscribedIsAnsweredWithAnApology() throws {
        var simulation = simulation(["", "a question"]) { $0.recognitionFails = { $0 == 1 } }
        simulation.stayQuiet(1)
        simulation.speak(1)
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(20))
        #expect(simulation.warnings.map(\.code) == ["recognition_failed"])
        #expect(simulation.fillers.map(\.text) == [Apology.standard(in: "en-US")])
        #expect(simulation.statuses == [.failed])
        #expect(!simulation.plays.isEmpty)
        let stopped = try #require(simulation.first { if case .speechStopped = $0 { true } else { false } })
        #expect(simulation.first(\.isResponse).map { $0 >= stopped } == true, "not into the caller's words")
    }

    @Test func whatWasLostDoesNotHideWhatWasUnderstood() {
        var simulation = simulation(["", "a question"]) { $0.recognitionFails = { $0 == 1 } }
        simulation.stayQuiet(1)
        simulation.client(.text("typed meanwhile"), at: .milliseconds(1500))
        simulation.speak(1)
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(20))
        #expect(simulation.generations.first?.brief.callerWords == "typed meanwhile")
        #expect(simulation.statuses == [.completed])
    }

    @Test func anUtteranceThatIsClearedIsForgotten() {
        var simulation = simulation(["never mind", "a question"])
        simulation.stayQuiet(1)
        simulation.speak(2)
        simulation.client(.clearAudio, at: .milliseconds(2000))
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(7))
        let cancelled = simulation.requests.contains { $0.request == .cancelRecognition(UtteranceID(1)) }
        #expect(cancelled)
        #expect(!finals(simulation).contains("never mind"))
    }

    @Test func theTenthBadMessageInAMinuteCloses() {
        var simulation = simulation([])
        for index in 0..<10 {
            simulation.client(.malformed(BadInput(code: "x", message: "y")), at: .seconds(index * 5))
        }
        simulation.run(until: .seconds(44))
        #expect(!simulation.events.contains { if case .failure = $0 { true } else { false } })
        simulation.run(until: .seconds(60))
        #expect(simulation.events.contains { if case .failure(_, 1008) = $0 { true } else { false } })
    }

    @Test func audioThatWasNotTakenDoesNotCountAsBad() {
        var simulation = simulation([])
        for index in 0..<30 { simulation.client(.refused(BadInput(code: "x", message: "y")), at: .seconds(index)) }
        simulation.run(until: .seconds(60))
        #expect(simulation.warnings.count == 30)
        #expect(!simulation.events.contains { if case .failure = $0 { true } else { false } })
    }

    @Test func liveSettingsAreAcknowledgedOrRefused() {
        var update = SessionUpdate()
        update.threshold = 3
        update.reportsFrames = true
        var simulation = simulation([])
        simulation.stayQuiet(2)
        simulation.client(.update(update), at: .milliseconds(10))
        update.threshold = 99
        simulation.client(.update(update), at: .milliseconds(20))
        simulation.run(until: .seconds(2))
        #expect(simulation.events.contains { if case .vadFrame = $0 { true } else { false } })
        let reports = simulation.events.compactMap { if case .settings(let report) = $0 { report } else { nil } }
        #expect(reports.map { $0.vad?.threshold } == [3])
        #expect(reports.map(\.reportsFrames) == [true])
        #expect(simulation.warnings.map(\.code) == ["invalid_settings"])
    }

    @Test func liveSettingsDecideTheNextInterruption() {
        var update = SessionUpdate()
        update.threshold = 3
        var simulation = simulation(["a question", "stop now please"]) {
            $0.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        }
        simulation.client(.update(update), at: .milliseconds(10))
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(1)
        simulation.stayQuiet(5)
        simulation.run(until: .seconds(12))
        let onset: Duration = .milliseconds((46 + 62 + 156) * 32)
        #expect(simulation.first(\.isPause).map { $0 - onset <= .milliseconds(122) } == true, "three frames of 30 ms")
    }
}
