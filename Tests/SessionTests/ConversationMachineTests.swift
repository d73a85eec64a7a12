import Agents
import AudioCore
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// Whole conversations on virtual time.
@Suite struct ConversationMachineTests {
    private func started(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentStarted(let agent, _) = $0 { agent } else { nil } }
    }

    private func speakers(_ simulation: Simulation) -> [String] {
        simulation.events.reduce(into: []) { names, event in
            if case .agentAudio(let agent, _) = event, names.last != agent { names.append(agent) }
        }
    }

    private func statuses(_ simulation: Simulation) -> [ResponseStatus] {
        simulation.events.compactMap { if case .responseDone(_, let status) = $0 { status } else { nil } }
    }

    private func asked(_ project: Project, _ script: Simulation.Script = .init()) -> Simulation {
        var script = script
        if script.transcripts.isEmpty { script.transcripts = ["how can i protect my investments"] }
        var simulation = Simulation(project, script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 60)
        return simulation
    }

    @Test func aQuestionIsAnsweredByTheGraphInTurn() {
        var simulation = asked(TestProjects.advisor())
        simulation.run(until: .seconds(60))
        #expect(started(simulation) == ["Stock", "Currency", "Risk", "Advisor"])
        #expect(speakers(simulation) == ["Stock", "Currency", "Advisor"], "Risk has no voice")
        #expect(statuses(simulation) == [.completed])
        #expect(simulation.recognitions.first.map { $0.from } == 46 * 512 - 4800, "300 ms before the onset")
    }

    @Test func theEndOfTheTurnIsTheSilenceAfterTheLastWord() {
        var simulation = asked(TestProjects.single())
        simulation.run(until: .seconds(20))
        let metrics = simulation.events.compactMap { if case .turnMetrics(let timings) = $0 { timings } else { nil } }
        #expect(metrics.count == 1)
        let timings = metrics[0]
        #expect(timings.endpointing >= .milliseconds(700) && timings.endpointing <= .milliseconds(732))
        #expect(timings.transcription == .milliseconds(100))
        #expect(timings.firstToken == .milliseconds(20))
        #expect(timings.synthesis == .milliseconds(60))
        let firstAudio = simulation.told.first { if case .agentAudio = $0.event { true } else { false } }
        let speechEnd: Duration = .milliseconds(46 * 32 + 62 * 32)
        #expect(firstAudio.map { $0.at - speechEnd } == timings.total, "the parts sum to what the clock says")
    }

    @Test func audioIsSentAtThePaceOfPlayout() {
        var simulation = asked(TestProjects.single())
        simulation.run(until: .seconds(60))
        var ahead: Duration = .zero
        var start: Duration?
        for (at, event) in simulation.told {
            guard case .agentAudio(_, let chunk) = event else { continue }
            let begin = start ?? at
            start = begin
            ahead += chunk.duration
            #expect(ahead - (at - begin) <= .milliseconds(500))
        }
        #expect(ahead > .milliseconds(1500))
    }

    @Test func speechOverTheAnswerInterruptsAndIsTheNextTurn() {
        var script = Simulation.Script()
        script.transcripts = ["how can i protect my investments", "what about stocks"]
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        var simulation = Simulation(TestProjects.advisor(), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 5)
        simulation.speak(seconds: 1.5)
        simulation.stayQuiet(seconds: 90)
        simulation.run(until: .seconds(90))
        let events = simulation.events
        guard let cut = events.firstIndex(where: { if case .interrupted = $0 { true } else { false } }) else {
            Issue.record("no interruption")
            return
        }
        guard case .interrupted(let agent, let heard) = events[cut] else { return }
        #expect(agent == "Stock")
        #expect(heard.hasPrefix("This is a long sentence of the plan. This is"))
        #expect(events[(cut + 1)...].contains { $0 == .responseDone(id: "resp_1", status: .interrupted) })
        let again = events[(cut + 1)...].firstIndex { $0 == .responseStarted(id: "resp_2") } ?? events.endIndex
        let audioBetween = events[(cut + 1)..<again].contains { if case .agentAudio = $0 { true } else { false } }
        #expect(!audioBetween, "no audio of an interrupted response")
        #expect(statuses(simulation) == [.interrupted, .completed])
        // The onset of the second speech on the frame grid, less the padding.
        let frameOfOnset = (46 + 62 + 156) * 512 / 480 * 480
        #expect(simulation.recognitions.last.map { $0.from } == frameOfOnset - 4800)
        // Threshold 15 × 30 ms after the onset.
        let onset: Duration = .milliseconds((46 + 62 + 156) * 32)
        let reaction = simulation.told[cut].at - onset
        #expect(reaction >= .milliseconds(420) && reaction <= .milliseconds(482), "\(reaction)")
        let history = simulation.machine.history.entries.map(\.text)
        #expect(history.first == "how can i protect my investments")
        #expect(history.contains(heard))
    }

    @Test func aCoughDoesNotInterrupt() {
        var script = Simulation.Script()
        script.transcripts = ["how can i protect my investments"]
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 2.5)
        simulation.speak(seconds: 0.2)
        simulation.stayQuiet(seconds: 30)
        simulation.run(until: .seconds(40))
        #expect(statuses(simulation) == [.completed])
    }

    @Test func anAnswerThatNoiseInterruptedGoesOnFromTheCutSentence() {
        var script = Simulation.Script()
        script.transcripts = ["how can i protect my investments", ""]
        script.answers["Stock"] = (1...9).map { "This is sentence number \($0) of a plan. " }.joined()
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 4)
        simulation.speak(seconds: 0.7)
        simulation.stayQuiet(seconds: 60)
        simulation.run(until: .seconds(60))
        #expect(statuses(simulation) == [.interrupted, .completed])
        let cut = simulation.events.firstIndex { if case .interrupted = $0 { true } else { false } } ?? 0
        guard case .interrupted(_, let heard) = simulation.events[cut] else { return }
        let after = simulation.events[cut...].compactMap { event -> String? in
            if case .agentText(_, let text) = event { text } else { nil }
        }
        let wholeSentences = heard.split(separator: ".", omittingEmptySubsequences: true).filter {
            $0.hasSuffix("plan")
        }
        #expect(after.first == "This is sentence number \(wholeSentences.count + 1) of a plan. ")
        #expect(after.last == "This is sentence number 9 of a plan. ")
        #expect(simulation.machine.history.entries.map(\.wasInterrupted) == [false, false])
    }

    @Test func anAnswerThatMayNotGoOnStaysSilent() {
        var project = TestProjects.single()
        project.audio.vad?.resumeAfterFalseBargeIn = false
        var script = Simulation.Script()
        script.transcripts = ["how can i protect my investments", ""]
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        var simulation = Simulation(project, script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 2)
        simulation.stayQuiet(seconds: 4)
        simulation.speak(seconds: 0.7)
        simulation.stayQuiet(seconds: 60)
        simulation.run(until: .seconds(60))
        #expect(statuses(simulation) == [.interrupted])
        #expect(simulation.machine.history.entries.last?.wasInterrupted == true)
    }

    @Test func withoutACancelTheInterruptedResponseEndsByItself() {
        var script = Simulation.Script()
        script.transcripts = ["a question", "another"]
        script.cancelsAfterInterruption = false
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 1)
        simulation.stayQuiet(seconds: 1.8)
        simulation.speak(seconds: 2)
        simulation.run(until: .seconds(7))
        let cut = simulation.told.first { if case .interrupted = $0.event { true } else { false } }
        let done = simulation.told.first { if case .responseDone = $0.event { true } else { false } }
        #expect(cut != nil && done != nil)
        if let cut, let done { #expect(done.at - cut.at == .milliseconds(250)) }
    }

    @Test func speechBeforeTheFirstSoundJoinsTheQuestion() {
        var script = Simulation.Script()
        script.transcripts = ["how can i protect my investments", "against currency risk"]
        script.tokenDelay = .seconds(2)
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1.5)
        simulation.speak(seconds: 1.5)
        simulation.stayQuiet(seconds: 1)
        simulation.speak(seconds: 1)
        simulation.stayQuiet(seconds: 60)
        simulation.run(until: .seconds(60))
        #expect(
            simulation.machine.history.entries.first?.text == "how can i protect my investments against currency risk")
        #expect(statuses(simulation) == [.interrupted, .completed])
    }

    @Test func nothingUnderstoodOpensNoResponse() {
        var script = Simulation.Script()
        script.transcripts = [""]
        script.clientSignals = false
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1)
        simulation.speak(seconds: 1)
        simulation.stayQuiet(seconds: 10)
        simulation.run(until: .seconds(20))
        #expect(simulation.events == [.callerTranscript(Transcribed(text: "", isFinal: true))])
    }

    @Test func aClientThatStopsSendingHasEndedItsTurn() {
        var script = Simulation.Script()
        script.transcripts = ["a question"]
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.stayQuiet(seconds: 1)
        simulation.speak(seconds: 1)
        simulation.run(until: .seconds(30))
        #expect(statuses(simulation) == [.completed])
    }

    @Test func typedWordsAreAnsweredAndInterrupt() {
        var script = Simulation.Script()
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        var simulation = Simulation(TestProjects.single(), script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.text("another")), at: .seconds(5))
        simulation.run(until: .seconds(90))
        #expect(statuses(simulation) == [.interrupted, .completed])
    }

    @Test func inPushToTalkCancelSkipsTheAgentThatSpeaks() {
        var script = Simulation.Script()
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 20)
        var simulation = asked(TestProjects.advisor(bargeIn: false), script)
        simulation.schedule(.client(.cancelResponse), at: .seconds(8))
        simulation.run(until: .seconds(60))
        #expect(speakers(simulation) == ["Stock", "Currency", "Advisor"])
        let lastOfStock = simulation.told.last { if case .agentAudio("Stock", _) = $0.event { true } else { false } }
        #expect(lastOfStock.map { $0.at < .milliseconds(8001) } ?? false)
        #expect(statuses(simulation) == [.completed])
    }

    @Test func cancelWithNothingActiveDoesNothing() {
        var simulation = Simulation(TestProjects.single(), script: .init())
        simulation.schedule(.client(.cancelResponse), at: .seconds(1))
        simulation.run(until: .seconds(5))
        #expect(simulation.events.isEmpty)
    }

    @Test func anAgentThatFailsIsPassedOver() {
        var script = Simulation.Script()
        script.failingAgents = ["Currency"]
        var simulation = asked(TestProjects.advisor(), script)
        simulation.run(until: .seconds(60))
        #expect(speakers(simulation) == ["Stock", "Advisor"])
        #expect(statuses(simulation) == [.completed])
    }

    @Test func aVoiceThatFailsLeavesItsWordsOnTheScreen() {
        var script = Simulation.Script()
        script.failingVoices = true
        var simulation = asked(TestProjects.single(), script)
        simulation.run(until: .seconds(60))
        #expect(simulation.events.contains { if case .agentText = $0 { true } else { false } })
        #expect(statuses(simulation) == [.completed])
    }

    @Test func inGraphOrderTheLaterWaitForTheEarlier() {
        var project = TestProjects.advisor(floor: .graphOrder)
        project.agents[2].speech = TestProjects.voice("en-GB-LibbyNeural")
        var script = Simulation.Script()
        script.answers["Currency"] = String(repeating: "words and words and ", count: 20) + "an end."
        var simulation = asked(project, script)
        simulation.run(until: .seconds(120))
        #expect(speakers(simulation) == ["Stock", "Currency", "Risk", "Advisor"])
        var ready = project
        ready.superAgents[0].floor = .ready
        var other = asked(ready, script)
        other.run(until: .seconds(120))
        #expect(speakers(other) == ["Stock", "Risk", "Currency", "Advisor"])
    }

    @Test func theTenthBadMessageInAMinuteCloses() {
        var simulation = Simulation(TestProjects.single(), script: .init())
        for index in 0..<10 {
            simulation.schedule(.client(.malformed(BadInput(code: "x", message: "y"))), at: .seconds(index * 5))
        }
        simulation.run(until: .seconds(44))
        #expect(!simulation.events.contains { if case .failure = $0 { true } else { false } })
        simulation.run(until: .seconds(60))
        #expect(simulation.events.contains { if case .failure(_, 1008) = $0 { true } else { false } })
    }

    @Test func liveSettingsCountFromTheNextFrameOn() {
        var update = SessionUpdate()
        update.threshold = 3
        update.reportsFrames = true
        var simulation = asked(TestProjects.single())
        simulation.schedule(.client(.update(update)), at: .milliseconds(10))
        update.threshold = 99
        simulation.schedule(.client(.update(update)), at: .milliseconds(20))
        simulation.run(until: .seconds(2))
        #expect(simulation.events.contains { if case .vadFrame = $0 { true } else { false } })
        #expect(simulation.machine.hearing.gate?.configuration.threshold == 3)
        #expect(
            simulation.events.contains { if case .warning(let w) = $0 { w.code == "invalid_settings" } else { false } })
    }
}
