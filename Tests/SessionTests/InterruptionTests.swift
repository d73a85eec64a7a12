import Agents
import AudioCore
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// Speech over an answer: it pauses first; with words it is interrupted.
@Suite struct InterruptionTests {
    private func script(_ transcripts: [String]) -> Script {
        var script = Script()
        script.transcripts = transcripts
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        return script
    }

    /// Asks, is answered, and talks over the answer from 8.5 s on for `seconds`.
    private func interrupted(_ project: Project, _ script: Script, seconds: Double, until end: Duration) -> Simulation {
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(seconds)
        simulation.stayQuiet(90)
        simulation.run(until: end)
        return simulation
    }

    private let onset: Duration = .milliseconds((46 + 62 + 156) * 32)

    @Test func speechOverTheAnswerPausesInterruptsAndIsTheNextTurn() throws {
        let script = script(["how can i protect my investments", "what about stocks"])
        var simulation = interrupted(TestProjects.advisor(), script, seconds: 1.5, until: .seconds(90))
        let pause = try #require(simulation.told.first { $0.event.isPause })
        // Threshold 15 × 30 ms after the onset.
        #expect(pause.at - onset >= .milliseconds(420) && pause.at - onset <= .milliseconds(482), "\(pause.at - onset)")
        let cut = try #require(simulation.told.first { $0.event.isInterruption })
        guard case .interrupted(ResponseID(1), let agent, let heard) = cut.event else {
            Issue.record("another response was interrupted")
            return
        }
        #expect(agent == "Stock" && heard.hasPrefix("This is a long sentence of the plan. This is"))
        guard case .paused(ResponseID(1), "Stock", heard) = pause.event else {
            Issue.record("what was heard is known when it pauses")
            return
        }
        #expect(simulation.statuses == [.interrupted, .completed])
        let done = simulation.first { $0 == .responseDone(ResponseID(1), .interrupted) }
        #expect(done == cut.at, "the end of the response waits for nobody")
        let next = try #require(simulation.first { $0 == .responseStarted(ResponseID(2)) })
        #expect(!simulation.plays.contains { $0.at > pause.at && $0.at < next }, "no audio of an interrupted response")
        // The onset of the second speech on the frame grid, less the padding.
        let from = simulation.requests.compactMap {
            if case .beginRecognition(_, let from) = $0.request { from.samples } else { nil }
        }
        let frameOfOnset = (46 + 62 + 156) * 512 / 480 * 480
        #expect(from.last == frameOfOnset - 4800)
        simulation.client(.text("and now"), at: .seconds(91))
        simulation.run(until: .seconds(93))
        let said = simulation.remembered
        #expect(said.first?.content == "how can i protect my investments")
        #expect(said.contains { $0.content.contains(heard) })
    }

    /// The client hears of it before engines are told to stop.
    @Test func theClientIsToldFirst() throws {
        let simulation = interrupted(
            TestProjects.single(), script(["a question", "stop now"]), seconds: 1, until: .seconds(20))
        let told = try #require(
            simulation.log.firstIndex { if case .tell(let event) = $0.output { event.isInterruption } else { false } })
        let stopped = try #require(
            simulation.log.firstIndex { if case .request(.cancelSpeech) = $0.output { true } else { false } })
        #expect(told < stopped)
    }

    /// With interim words nobody waits for the end of the utterance.
    @Test func interimWordsInterruptInMidSpeech() throws {
        var script = script(["a question", "what about stocks"])
        script.interimDelay = .milliseconds(300)
        let simulation = interrupted(TestProjects.single(), script, seconds: 4, until: .seconds(30))
        let pause = try #require(simulation.first(\.isPause))
        let cut = try #require(simulation.first(\.isInterruption))
        #expect(cut - pause == .milliseconds(300))
    }

    @Test func aCoughDoesNotEvenPause() {
        var simulation = Simulation(TestProjects.single(), script(["how can i protect my investments"]))
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(2.5)
        simulation.speak(0.2)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(70))
        #expect(simulation.statuses == [.completed])
        #expect(simulation.count(\.isPause) == 0)
    }

    @Test func anAnswerThatMayNotGoOnIsInterruptedAtOnce() {
        var project = TestProjects.single()
        project.audio.vad?.resumeAfterFalseBargeIn = false
        let simulation = interrupted(project, script(["a question", ""]), seconds: 0.7, until: .seconds(60))
        #expect(simulation.statuses == [.interrupted])
        #expect(simulation.count(\.isPause) == 0)
    }

    @Test func anInterruptionIsNotUndoneByARecognizerThatFails() {
        var script = script(["a question"])
        script.recognitionFails = { $0 > 1 }
        let simulation = interrupted(TestProjects.single(), script, seconds: 4, until: .seconds(60))
        #expect(simulation.count(\.isInterruption) == 1, "it is not known that nobody spoke")
        #expect(simulation.count(\.isResumption) == 0)
        #expect(simulation.statuses == [.interrupted, .failed], "an apology says that the words were lost")
        #expect(simulation.fillers.map(\.text) == [Apology.standard(in: "en-US")])
        let speechEnd = onset + .seconds(4)
        #expect(simulation.fillers.first.map { $0.at >= speechEnd } == true)
    }

    @Test(arguments: [
        ("mhm", true, true), ("mhm okay", true, true), ("mhm", false, false), ("okay but why", true, false),
    ])
    func wordsOfAListenerOnlyHold(words: String, knowsPauses: Bool, goesOn: Bool) {
        var simulation = Simulation(TestProjects.single(), script(["a question", words]), knowsPauses: knowsPauses)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(1)
        simulation.stayQuiet(90)
        simulation.run(until: .seconds(100))
        #expect(simulation.count(\.isResumption) == (goesOn ? 1 : 0))
        #expect(simulation.count(\.isInterruption) == (goesOn ? 0 : 1))
    }

    @Test func fewerWordsThanAnAgentAsksForAreNoise() {
        var project = TestProjects.single()
        project.agents[0].interruption.minimumWords = 3
        let noise = interrupted(project, script(["a question", "wait now"]), seconds: 1, until: .seconds(80))
        #expect(noise.count(\.isResumption) == 1 && noise.statuses == [.completed])
        let words = interrupted(project, script(["a question", "wait right now"]), seconds: 1, until: .seconds(80))
        #expect(words.count(\.isInterruption) == 1)
    }

    @Test func whoMayNotBeInterruptedIsNot() {
        var project = TestProjects.single()
        project.agents[0].interruption.permission = .never
        let simulation = interrupted(project, script(["a question", "stop now"]), seconds: 2, until: .seconds(80))
        #expect(simulation.count(\.isPause) == 0)
        #expect(simulation.statuses.first == .completed)
    }

    /// A model that stalls behind its first sentence: what may not be interrupted is over, and nothing spins.
    @Test func whoMayNotBeInterruptedMayStall() {
        var project = TestProjects.single()
        project.agents[0].interruption.permission = .never
        var simulation = Simulation(project)
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        let work = simulation.work(of: "Stock")
        simulation.engine(.text(work, "This is the first sentence. And"), at: .seconds(2))
        simulation.engine(.text(work, " this is the second one."), at: .seconds(30))
        simulation.engine(.textDone(work), at: .seconds(31))
        simulation.run(until: .seconds(60))
        #expect(simulation.statuses == [.completed])
    }

    @Test func afterItsFirstSentenceAnAgentMayBeInterrupted() throws {
        var project = TestProjects.single()
        project.agents[0].interruption.permission = .afterFirstSentence
        var script = script(["a question", "stop now"])
        script.answers["Stock"] =
            "This first sentence is so very long that the caller would like to say a word or two before it is at its end. "
            + String(repeating: "This is a long sentence of the plan. ", count: 20)
        let simulation = interrupted(project, script, seconds: 4, until: .seconds(30))
        let first = try #require(simulation.spoken.first).count
        let begin = try #require(simulation.plays.first?.at)
        let pause = try #require(simulation.first(\.isPause))
        #expect(pause >= begin + .milliseconds(60 * first))
    }

    /// The answer has 60 ms a character, so every word's end is known; numbers are spoken otherwise than shown.
    @Test(arguments: [true, false]) func theWordsThatWereOverAreHeard(timesWords: Bool) throws {
        var script = script(["a question", "another one"])
        script.timesWords = timesWords
        script.answers["Stock"] = String(repeating: "Put $300 into bonds of 12 countries each year. ", count: 20)
        let simulation = interrupted(TestProjects.single(), script, seconds: 2, until: .seconds(30))
        let pause = try #require(simulation.told.first { $0.event.isPause })
        guard case .paused(_, _, let heard) = pause.event else { return }
        // What the client had played by then, in characters of the spoken text.
        let played = pause.at - (simulation.plays.first?.at ?? .zero)
        let spoken = "Put three hundred dollars into bonds of twelve countries each year."
        let rest = Int(played.milliseconds / 60) % spoken.count
        let whole = heard.components("year.")
        #expect(whole.count - 1 == Int(played.milliseconds / 60) / spoken.count, "\(heard)")
        let shown = ["Put": 4, "$300": 26, "into": 31, "bonds": 37, "of": 40, "12": 47, "countries": 57, "each": 62]
        let last = String(whole.last?.split(separator: " ").last ?? "")
        if timesWords {
            let over = shown.filter { $0.value <= rest }.max { $0.value < $1.value }?.key ?? ""
            #expect(last == over, "\(heard) at \(rest)")
        } else {
            #expect(shown[last] ?? 0 <= rest + 12, "\(heard) at \(rest)")
        }
        guard case .interrupted(_, _, let cut)? = simulation.events.first(where: \.isInterruption) else { return }
        #expect(cut == heard, "nothing was played in between")
    }

    @Test func turningTheMicrophoneOffIsNoFalseAlarm() {
        var simulation = Simulation(TestProjects.single(), script(["a question", ""]))
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(5)
        simulation.speak(1)
        simulation.client(.stopRecording, at: .milliseconds(9300))
        simulation.run(until: .seconds(60))
        #expect(simulation.count(\.isPause) == 1 && simulation.count(\.isResumption) == 1)
        #expect(simulation.statuses == [.completed], "nobody said anything: the answer goes on")
    }
}

extension String {
    func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
