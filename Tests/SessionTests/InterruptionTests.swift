import Agents
import AudioCore
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// What clients and engines do around an interruption, at awkward moments.
@Suite struct InterruptionTests {
    private func script(_ transcripts: [String]) -> Simulation.Script {
        var script = Simulation.Script()
        script.transcripts = transcripts
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        return script
    }

    private func statuses(_ simulation: Simulation) -> [ResponseStatus] {
        simulation.events.compactMap { if case .responseDone(_, let status) = $0 { status } else { nil } }
    }

    private func interruptions(_ simulation: Simulation) -> Int {
        simulation.events.count { if case .interrupted = $0 { true } else { false } }
    }

    /// Asks, is answered, and talks over the answer from 8.5 s on for `seconds`.
    private func interrupted(_ project: Project, _ script: Simulation.Script, seconds: Double) -> Simulation {
        var simulation = Simulation(project, script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 5)
        simulation.speak(seconds: seconds)
        simulation.stayQuiet(seconds: 60)
        return simulation
    }

    @Test func aRecogniserThatFailsDoesNotMakeTheAnswerStutter() {
        var script = script(["a question"])
        script.recognitionFails = { $0 > 0 }
        var simulation = interrupted(TestProjects.single(), script, seconds: 4)
        simulation.run(until: .seconds(60))
        #expect(interruptions(simulation) == 1)
        #expect(statuses(simulation) == [.interrupted], "it is not known that nobody spoke")
    }

    @Test func aCancelThatComesLateDoesNotMeetTheNextAnswer() {
        var script = script([])
        script.cancelsAfterInterruption = false
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.text("another")), at: .seconds(5))
        simulation.schedule(.client(.cancelResponse), at: .milliseconds(5400))
        simulation.run(until: .seconds(90))
        #expect(statuses(simulation) == [.interrupted, .completed])
    }

    @Test func aSecondCancelIsMeant() {
        var script = script([])
        script.cancelsAfterInterruption = false
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.text("another")), at: .seconds(5))
        simulation.schedule(.client(.cancelResponse), at: .milliseconds(5400))
        simulation.schedule(.client(.cancelResponse), at: .milliseconds(5600))
        simulation.run(until: .seconds(90))
        #expect(statuses(simulation) == [.interrupted, .cancelled])
    }

    @Test func turningTheMicrophoneOffIsNoFalseAlarm() {
        var simulation = interrupted(TestProjects.single(), script(["a question", ""]), seconds: 1)
        simulation.schedule(.client(.stopRecording), at: .milliseconds(9300))
        simulation.run(until: .milliseconds(20_000))
        #expect(interruptions(simulation) == 1)
        #expect(statuses(simulation) == [.interrupted])
    }

    @Test func silenceThatWasHeardIsNotWaitedForAgain() {
        var simulation = Simulation(TestProjects.single(), script: script(["a question"]))
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 1)
        simulation.stayQuiet(seconds: 0.5)
        simulation.run(until: .seconds(20))
        let metrics = simulation.events.compactMap { if case .turnMetrics(let timings) = $0 { timings } else { nil } }
        #expect(metrics.first.map { $0.endpointing <= .milliseconds(732) } == true)
    }

    @Test func whatWasSkippedIsNotRememberedAsSaid() {
        var simulation = Simulation(TestProjects.advisor(bargeIn: false), script: script(["a question"]))
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 60)
        simulation.schedule(.client(.cancelResponse), at: .seconds(8))
        simulation.run(until: .seconds(60))
        let stock = simulation.machine.history.entries.first { $0.speaker == .agent("Stock") }
        #expect(stock?.wasInterrupted == true)
        #expect(stock.map { $0.text.count < 200 } == true)
    }

    /// A slow model is stopped with its voice, in the same step. When no words follow it is asked to go on behind what it had
    /// written, and the caller hears every sentence of the answer.
    @Test func writingStopsAtOnceAndGoesOnWhenNobodySpoke() throws {
        var script = script(["a question", ""])
        script.tokenDelay = .milliseconds(150)
        script.answers["Stock"] = (1...20).map { "This is sentence number \($0) of a plan. " }.joined()
        var simulation = interrupted(TestProjects.single(), script, seconds: 2)
        var stoppedAt: Duration?
        while stoppedAt == nil, simulation.now < .seconds(20) {
            simulation.run(until: simulation.now + .milliseconds(10))
            if !simulation.cancelled.isEmpty { stoppedAt = simulation.now }
        }
        let interruption = try #require(
            simulation.told.first { if case .interrupted = $0.event { true } else { false } })
        #expect(stoppedAt.map { $0 - interruption.at <= .milliseconds(10) } == true)
        simulation.run(until: .seconds(150))
        #expect(statuses(simulation) == [.interrupted, .completed])
        let whole = simulation.events.reversed().compactMap { event in
            if case .agentTextDone(_, let text) = event { text } else { nil }
        }.first
        #expect(whole == script.answers["Stock"])
        let spoken = simulation.synthesized.map(\.text).joined(separator: " ")
        for number in ["one", "ten", "twenty"] { #expect(spoken.contains("number \(number) of")) }
    }

    /// The answer has 60 ms a character, so every word's end is known; numbers are spoken otherwise than shown.
    @Test(arguments: [true, false]) func theWordsThatWereOverAreHeard(timesWords: Bool) {
        var script = script(["a question", "another"])
        script.timesWords = timesWords
        script.answers["Stock"] = String(repeating: "Put $300 into bonds of 12 countries each year. ", count: 20)
        var simulation = interrupted(TestProjects.single(), script, seconds: 2)
        simulation.run(until: .seconds(30))
        guard let cut = simulation.told.first(where: { if case .interrupted = $0.event { true } else { false } }),
            case .interrupted(_, let heard) = cut.event
        else {
            Issue.record("no interruption")
            return
        }
        let sent = simulation.told.reduce(Duration.zero) { sum, told in
            if case .agentAudio(_, let chunk) = told.event { sum + chunk.duration } else { sum }
        }
        #expect(sent > .seconds(4))
        // What the client had played by then, in characters of the spoken text.
        let first = simulation.told.first { if case .agentAudio = $0.event { true } else { false } }
        let played = first.map { cut.at - $0.at } ?? .zero
        let spoken = "Put three hundred dollars into bonds of twelve countries each year."
        let rest = Int(played.milliseconds / 60) % spoken.count
        let sentences = Int(played.milliseconds / 60) / spoken.count
        let whole = heard.components("year.")
        #expect(whole.count - 1 == sentences, "\(heard)")
        let shown = ["Put": 4, "$300": 26, "into": 31, "bonds": 37, "of": 40, "12": 47, "countries": 57, "each": 62]
        let last = String(whole.last?.split(separator: " ").last ?? "")
        if timesWords {
            let over = shown.filter { $0.value <= rest }.max { $0.value < $1.value }?.key ?? ""
            #expect(last == over, "\(heard) at \(rest)")
        } else {
            #expect(shown[last] ?? 0 <= rest + 12, "\(heard) at \(rest)")
        }
        let remembered = simulation.machine.history.entries.first { $0.wasInterrupted }
        #expect(remembered?.text == heard)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
