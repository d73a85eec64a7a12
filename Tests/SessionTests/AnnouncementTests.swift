import AudioCore
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// What is said before anything else, such as that the conversation is recorded.
@Suite struct AnnouncementTests {
    private let words = "This conversation is recorded, so that we can learn from it."

    private func conversation(
        _ project: Project = TestProjects.single(), said: [String] = [], _ change: (inout Script) -> Void = { _ in }
    ) -> Simulation {
        var script = Script()
        script.transcripts = said
        change(&script)
        return Simulation(project, script, announcement: words)
    }

    @Test func itComesFirstAndIsAResponseOfItsOwn() throws {
        var simulation = conversation()
        simulation.run(until: .seconds(20))
        let kinds = simulation.events.prefix(3)
        guard case .created = kinds.first, kinds.last?.isFiller == true else {
            Issue.record("\(kinds)")
            return
        }
        #expect(kinds.dropFirst().first?.isResponse == true)
        #expect(simulation.fillers.map(\.text) == [words] && simulation.texts.isEmpty)
        #expect(simulation.generations.isEmpty)
        #expect(simulation.statuses == [.completed])
        #expect(simulation.speakers == ["orchestrator"])
        #expect(simulation.synthesized.map(\.speech.voice.names) == [["en-AU-WilliamNeural"]])
        #expect(
            simulation.plays.last?.range.upperBound == simulation.synthesized.first.map { $0.speech.text.count * 960 })
    }

    @Test func withoutAVoiceOfItsOwnTheFirstAgentSaysIt() {
        var project = TestProjects.single()
        project.orchestrator.speech = nil
        project.agents[0].speech = TestProjects.voice("en-CA-LiamNeural")
        var simulation = conversation(project)
        simulation.run(until: .seconds(20))
        #expect(simulation.speakers == ["Stock"])
        #expect(simulation.synthesized.map(\.speech.voice.names) == [["en-CA-LiamNeural"]])
    }

    @Test func aProjectThatIsSilentShowsIt() {
        var project = TestProjects.single()
        project.orchestrator.speech = nil
        project.agents[0].speech = TestProjects.silent()
        var simulation = conversation(project)
        simulation.run(until: .seconds(20))
        #expect(simulation.fillers.map(\.text) == [words] && simulation.plays.isEmpty)
        #expect(simulation.statuses == [.completed])
    }

    @Test func aVoiceThatFailsIsReplacedByTheLocalOne() {
        var project = TestProjects.single()
        let hosted = ModelReference(provider: "Azure", model: "AI-Speech")
        project.audio.synthesizer = ModelChain(hosted)
        var simulation = conversation(project) { $0.voiceFails = { $0.voice.model.first == hosted } }
        simulation.run(until: .seconds(20))
        #expect(simulation.fillers.map(\.text) == [words], "shown once")
        #expect(simulation.plays.first?.segment == simulation.synthesized.last?.id)
        #expect(simulation.statuses == [.completed])
    }

    @Test func noModelIsToldIt() {
        var simulation = conversation()
        simulation.client(.text("a question"), at: .seconds(10))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed, .completed])
        #expect(simulation.remembered.isEmpty)
        #expect(!simulation.generations.flatMap(\.messages).contains { $0.content.contains("recorded") })
    }

    /// Nobody speaks over it, whether the caller may interrupt by voice or not. Who still speaks at its end is heard.
    @Test(arguments: [true, false]) func whoSpeaksDuringItIsHeardAfterwards(bargeIn: Bool) throws {
        var simulation = conversation(TestProjects.single(bargeIn: bargeIn), said: ["a question"])
        simulation.stayQuiet(1.5)
        simulation.speak(5)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(40))
        #expect(simulation.count(\.isPause) == 0 && simulation.count(\.isInterruption) == 0)
        #expect(simulation.statuses == [.completed, .completed])
        let begun = simulation.requests.compactMap { at, request in
            if case .beginRecognition(_, let position) = request { (at, position) } else { nil }
        }
        let only = try #require(begun.first)
        #expect(begun.count == 1 && only.1.samples < 16000 * 3 / 2 + 1000, "from where they began")
        let done = try #require(simulation.first { if case .responseDone = $0 { true } else { false } })
        // Audio is not lost; a caller who may interrupt other answers is told that this one goes on.
        let told = simulation.told.compactMap { at, event in
            if case .warning(let problem) = event, at <= done { problem.code } else { nil }
        }
        #expect(told == (bargeIn ? ["audio_not_heard"] : []))
        #expect(only.0 >= done)
        #expect(simulation.generations.first?.brief.callerWords == "a question")
    }

    @Test func typedWordsAndAPressOfStopEndIt() {
        var typed = conversation()
        typed.client(.text("a question"), at: .seconds(1))
        typed.run(until: .seconds(30))
        #expect(typed.statuses == [.interrupted, .completed])
        #expect(typed.generations.first?.brief.callerWords == "a question")
        for bargeIn in [true, false] {
            var stopped = conversation(TestProjects.single(bargeIn: bargeIn))
            stopped.client(.cancelResponse, at: .seconds(1))
            stopped.run(until: .seconds(30))
            #expect(stopped.plays.allSatisfy { $0.at <= .seconds(1) })
            #expect(stopped.statuses.count == 1)
        }
    }

    @Test func withoutOneNothingIsSaid() {
        var simulation = Simulation(TestProjects.single())
        simulation.run(until: .seconds(20))
        #expect(simulation.count(\.isResponse) == 0)
    }
}
