import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// How a question is answered: who works, who speaks in which order, and when.
@Suite struct AnswerTests {
    private func asked(_ project: Project, _ script: Script = Script(), until end: Duration = .seconds(60))
        -> Simulation
    {
        var script = script
        if script.transcripts.isEmpty { script.transcripts = ["how can i protect my investments"] }
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: end)
        return simulation
    }

    private func started(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentStarted(let source, _) = $0 { source.agent } else { nil } }
    }

    @Test func aQuestionIsAnsweredByTheGraphInTurn() {
        let simulation = asked(TestProjects.advisor())
        #expect(started(simulation) == ["Stock", "Currency", "Risk", "Advisor"])
        #expect(simulation.speakers == ["Stock", "Currency", "Advisor"], "Risk has no voice")
        #expect(simulation.statuses == [.completed])
        let from = simulation.requests.compactMap {
            if case .beginRecognition(_, let from) = $0.request { from.samples } else { nil }
        }
        #expect(from == [46 * 512 - 4800], "300 ms before the onset")
    }

    @Test func theEndOfTheTurnIsTheSilenceAfterTheLastWord() throws {
        let simulation = asked(TestProjects.single(), until: .seconds(20))
        let metrics = simulation.events.compactMap {
            if case .turnMetrics(_, let timings) = $0 { timings } else { nil }
        }
        try #require(metrics.count == 1)
        let timings = metrics[0]
        #expect(timings.endpointing >= .milliseconds(700) && timings.endpointing <= .milliseconds(732))
        #expect(timings.transcription == .milliseconds(100))
        #expect(timings.firstToken == .milliseconds(20))
        #expect(timings.synthesis == .milliseconds(60))
        let speechEnd: Duration = .milliseconds(46 * 32 + 62 * 32)
        #expect(
            simulation.plays.first.map { $0.at - speechEnd } == timings.total, "the parts sum to what the clock says")
    }

    @Test func audioIsSentAtThePaceOfPlayout() {
        let simulation = asked(TestProjects.single())
        var ahead: Duration = .zero
        let begin = simulation.plays.first?.at ?? .zero
        for play in simulation.plays {
            ahead += play.length
            #expect(ahead - (play.at - begin) <= .milliseconds(500))
        }
        #expect(ahead > .milliseconds(1500))
    }

    /// Every sample of every segment is sent once, in order, and nothing else.
    @Test func everySampleIsSentOnce() {
        let simulation = asked(TestProjects.advisor())
        for (id, speech, _) in simulation.synthesized {
            let ranges = simulation.plays.filter { $0.segment == id }.map(\.range)
            #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == speech.text.count * 960)
            for (before, after) in zip(ranges, ranges.dropFirst()) { #expect(before.upperBound == after.lowerBound) }
        }
    }

    @Test func inGraphOrderTheLaterWaitForTheEarlier() {
        var project = TestProjects.advisor(floor: .graphOrder)
        project.agents[2].speech = TestProjects.voice("en-GB-LibbyNeural")
        var script = Script()
        script.answers["Currency"] = String(repeating: "words and words and ", count: 20) + "an end."
        let simulation = asked(project, script, until: .seconds(120))
        #expect(simulation.speakers == ["Stock", "Currency", "Risk", "Advisor"])
        var ready = project
        ready.superAgents[0].floor = .ready
        let other = asked(ready, script, until: .seconds(120))
        #expect(other.speakers == ["Stock", "Risk", "Currency", "Advisor"])
    }

    @Test func whoIsToAnswerIsChosen() {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Currency"]
        let simulation = asked(project)
        #expect(started(simulation) == ["Currency"], "the script chooses the last")
        #expect(simulation.statuses == [.completed])
        var script = Script()
        script.failingAgents = ["orchestrator"]
        #expect(started(asked(project, script)) == ["Stock"], "nobody chose: the first")
    }

    @Test func anAgentThatFailsIsPassedOver() {
        var script = Script()
        script.failingAgents = ["Currency"]
        let simulation = asked(TestProjects.advisor(), script)
        #expect(simulation.speakers == ["Stock", "Advisor"])
        #expect(simulation.statuses == [.completed])
        #expect(simulation.warnings.map(\.code) == ["agent_failed"])
        #expect(simulation.fillers.isEmpty, "somebody was heard: nothing is to be sorry for")
    }

    @Test func nothingCompetesWithTheFirstSound() {
        var script = Script()
        script.answers["Stock"] = "This is the first sentence. This is the second one. This is the third sentence."
        script.tokenDelay = .milliseconds(1)
        script.synthesisDelay = .milliseconds(300)
        let simulation = asked(TestProjects.single(), script)
        let at = simulation.requests.compactMap { if case .synthesize = $0.request { $0.at } else { nil } }
        #expect(at.count == 3)
        if at.count == 3, let sound = simulation.plays.first?.at {
            #expect(at[0] < sound && at[1] == sound, "the second waits for the sound of the first")
            #expect(at[2] > sound)
        }
    }

    /// A voice that fails at once does not hold up the next sentence.
    @Test func oneSentenceThatFailsIsShown() {
        var script = Script()
        script.answers["Stock"] = "This is the first sentence. This is the second one."
        script.voiceFails = { $0.text.contains("first") }
        let simulation = asked(TestProjects.single(), script)
        #expect(simulation.texts.count == 2)
        #expect(simulation.warnings.map(\.code) == ["synthesis_failed"])
        #expect(Set(simulation.plays.map(\.segment)).count == 1)
        #expect(simulation.statuses == [.completed])
        #expect(simulation.fillers.isEmpty, "the second was heard")
    }

    @Test func aTextThatIsTooLongIsCutAndSaysSo() {
        var script = Script()
        script.answers["Stock"] = String(repeating: "word ", count: 4000)
        script.tokenDelay = .milliseconds(1)
        var project = TestProjects.single()
        project.agents[0].speech = TestProjects.silent()
        var simulation = Simulation(project, script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        #expect(simulation.warnings.map(\.code) == ["answer_cut"])
        #expect(simulation.texts.map(\.count) == [ReplyMember.longestAnswer])
        script.answers["Stock"] = String(repeating: "word ", count: ReplyMember.longestAnswer / 5)
        var fits = Simulation(project, script)
        fits.client(.text("a question"), at: .seconds(1))
        fits.run(until: .seconds(60))
        #expect(fits.warnings.isEmpty)
        #expect(fits.texts.map(\.count) == [ReplyMember.longestAnswer])
    }

    /// Whoever speaks a summary shows the whole text, and only the summary is heard.
    @Test func aSummaryIsSpokenInsteadOfALongText() {
        var project = TestProjects.single()
        project.agents[0].speaksSummary = true
        var script = Script()
        script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 10)
        let simulation = asked(project, script)
        #expect(simulation.texts.first == script.answers["Stock"])
        #expect(simulation.spoken == ["In short, one answers."])
        #expect(simulation.statuses == [.completed])
    }

    @Test func sleepersAreWokenAtTheHeartbeat() {
        var simulation = Simulation(TestProjects.single())
        simulation.run(until: .seconds(61))
        let beats = simulation.log.compactMap { if case .tell(.heartbeat) = $0.output { $0.at } else { nil } }
        #expect(beats == [15, 30, 45, 60].map { .seconds($0) })
    }
}
