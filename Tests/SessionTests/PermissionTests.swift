import AudioCore
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// Who may be interrupted by what: the keys `interruptible`, `min_words` and `back_channels` of a project.
@Suite struct PermissionTests {
    /// The answer begins at about 4.3 s and takes 20 seconds.
    private func conversation(
        _ permission: Interruption.Permission = .always, words: Int = 0, said: [String], knowsPauses: Bool = false,
        backChannels: [String]? = nil, bargeIn: Bool = true
    ) -> Simulation {
        var project = TestProjects.single(bargeIn: bargeIn)
        project.agents[0].interruption.permission = permission
        project.agents[0].interruption.minimumWords = words
        project.audio.vad?.backChannels = backChannels
        var script = Script()
        script.transcripts = ["a question"] + said
        script.answers["Stock"] = (1...8).map { "This is sentence number \($0) of the answer here. " }.joined()
        var simulation = Simulation(project, script, knowsPauses: knowsPauses)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(3)
        return simulation
    }

    private func questions(_ simulation: Simulation) -> [String] {
        simulation.generations.filter { $0.brief.task == .plan }.map(\.brief.callerWords)
    }

    @Test func whoMayNotBeInterruptedIsHeardToTheEnd() {
        var simulation = conversation(.never, said: ["stop"])
        simulation.speak(3)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(60))
        #expect(simulation.count(\.isPause) == 0 && simulation.count(\.isInterruption) == 0)
        #expect(simulation.statuses == [.completed])
        #expect(questions(simulation) == ["a question"])
        #expect(simulation.warnings.map(\.code) == ["audio_not_heard"])
        #expect(simulation.warnings.first?.message.contains("push-to-talk") == false)
    }

    /// What still goes on at the end of the answer is the caller's next turn.
    @Test func whoStillSpeaksAtTheEndHasTheFloor() throws {
        var simulation = conversation(.never, said: ["and what of bonds"])
        simulation.stayQuiet(10)
        simulation.speak(20)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(90))
        #expect(simulation.count(\.isPause) == 0 && simulation.count(\.isInterruption) == 0)
        #expect(simulation.statuses == [.completed, .completed])
        #expect(questions(simulation) == ["a question", "and what of bonds"])
        let begin = simulation.requests.compactMap { at, request in
            if case .beginRecognition(_, let position) = request { (at, position) } else { nil }
        }
        let second = try #require(begin.last)
        #expect(begin.count == 2 && Duration.samples(second.1.samples, at: 16000) < second.0 - .seconds(3))
    }

    @Test func afterTheFirstSentenceTheAnswerMayBeInterrupted() throws {
        var simulation = conversation(.afterFirstSentence, said: ["stop now"])
        let begin = Duration.milliseconds(4600)
        simulation.speak(8)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(40))
        let sentence = try #require(simulation.spoken.first).count
        let stop = try #require(simulation.first { $0.isPause || $0.isInterruption })
        #expect(stop >= begin + .milliseconds(60 * sentence) - .seconds(1))
        #expect(simulation.statuses.first == .interrupted)
        let always = { () -> Simulation in
            var simulation = conversation(said: ["stop now"])
            simulation.speak(8)
            simulation.stayQuiet(30)
            simulation.run(until: .seconds(40))
            return simulation
        }()
        #expect(try #require(always.first { $0.isPause || $0.isInterruption }) < stop)
    }

    @Test(arguments: [("wait now", ResponseStatus.completed), ("wait right now", .interrupted)])
    func fewerWordsThanWantedAreNoise(words: String, status: ResponseStatus) {
        var simulation = conversation(words: 3, said: [words])
        simulation.stayQuiet(2)
        simulation.speak(1)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(80))
        #expect(simulation.count(\.isPause) == 1)
        #expect(simulation.statuses.first == status)
    }

    /// The agent that is heard decides, not the one whose audio goes out already.
    @Test(arguments: [(0, 5, ResponseStatus.interrupted), (5, 0, .completed)])
    func theAgentThatIsHeardDecides(first: Int, second: Int, status: ResponseStatus) throws {
        var project = TestProjects.advisor(closes: false)
        project.agents[0].interruption.minimumWords = first
        project.agents[1].interruption.minimumWords = second
        func conversation(speakingAt begin: Duration?) -> Simulation {
            var script = Script()
            script.transcripts = ["a question", "stop"]
            script.answers["Stock"] = "This is the whole plan for stocks."
            var simulation = Simulation(project, script)
            simulation.stayQuiet(1.5)
            simulation.speak(2)
            if let begin {
                simulation.stayQuiet(begin / .seconds(1) - 3.5)
                simulation.speak(0.8)
            }
            simulation.stayQuiet(60)
            simulation.run(until: .seconds(60))
            return simulation
        }
        let last = conversation(speakingAt: nil).plays.last { $0.source.agent == "Stock" }
        // It is played 400 ms later. Half a second of speech interrupts.
        let end = try #require(last?.at)
        let simulation = conversation(speakingAt: end - .milliseconds(300))
        let pause = try #require(simulation.first(\.isPause))
        #expect(pause > end)
        guard case .paused(_, let agent, _)? = simulation.events.first(where: \.isPause) else { return }
        #expect(agent == "Stock")
        #expect(simulation.statuses.first == status)
    }

    @Test(arguments: [
        (true, [String]?.none, true), (false, nil, false), (true, [], false), (false, ["mhm"], true),
        (true, ["go on"], false),
    ])
    func backChannelsOnlyHold(knowsPauses: Bool, list: [String]?, goesOn: Bool) {
        var simulation = conversation(said: ["mhm"], knowsPauses: knowsPauses, backChannels: list)
        simulation.stayQuiet(2)
        simulation.speak(1)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(80))
        #expect(simulation.count(\.isPause) == 1)
        #expect(simulation.count(\.isResumption) == (goesOn ? 1 : 0))
        #expect(simulation.statuses.first == (goesOn ? .completed : .interrupted))
    }

    @Test(arguments: Interruption.Permission.allCases)
    func typedWordsAlwaysStop(permission: Interruption.Permission) {
        var simulation = conversation(permission, words: 20, said: [])
        simulation.client(.text("stop"), at: .seconds(7))
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(80))
        #expect(simulation.statuses == [.interrupted, .completed])
        #expect(questions(simulation).last == "stop")
    }

    @Test(arguments: Interruption.Permission.allCases)
    func aPressOfStopAlwaysStops(permission: Interruption.Permission) {
        var simulation = conversation(permission, words: 20, said: [])
        simulation.client(.cancelResponse, at: .seconds(7))
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(80))
        #expect(simulation.statuses == [.cancelled])
    }

    /// In push-to-talk the button interrupts, whoever speaks.
    @Test func theButtonAlwaysInterrupts() {
        var simulation = conversation(.never, said: ["stop"], bargeIn: false)
        simulation.client(.startRecording, at: .seconds(7))
        simulation.client(.stopRecording, at: .seconds(9))
        simulation.stayQuiet(0.5)
        simulation.speak(1.5)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(80))
        #expect(simulation.statuses == [.interrupted, .completed])
        #expect(questions(simulation).last == "stop")
    }

    /// A client counts what it has played. What comes twice after a pause counts twice; a client that knows no pauses takes it
    /// for another response and counts anew.
    @Test(arguments: [true, false]) func whatComesAfterAPauseIsCountedAsTheClientCounts(knowsPauses: Bool) throws {
        var simulation = conversation(said: [""], knowsPauses: knowsPauses)
        simulation.script.clientSignals = false
        simulation.stayQuiet(3)
        simulation.speak(1)
        simulation.stayQuiet(2)
        simulation.client(.playbackProgress(.milliseconds(3400)), at: .milliseconds(10600))
        simulation.stayQuiet(10)
        simulation.run(until: .seconds(12))
        let pause = try #require(simulation.first(\.isPause))
        let resumption = try #require(simulation.first(\.isResumption))
        try #require(pause < .milliseconds(10600) && resumption > .milliseconds(10600), "\(pause) \(resumption)")
        let first = try #require(simulation.plays.first { $0.at >= resumption })
        let begin: Duration = .samples(first.range.lowerBound, at: 16000)
        let sentences = simulation.synthesized.prefix { $0.id < first.segment }.map { $0.speech.text.count * 960 }
        let offset = begin + .samples(sentences.reduce(0, +), at: 16000)
        #expect(offset <= .milliseconds(3400))
        // A second after it went on the client has played a second more.
        let later = max(resumption + .seconds(1), simulation.now)
        let more = later - resumption
        simulation.client(.playbackProgress((knowsPauses ? .milliseconds(3400) : .zero) + more), at: later)
        simulation.client(.text("stop"), at: later)
        simulation.run(until: later + .seconds(1))
        guard case .interrupted(_, _, let heard)? = simulation.events.last(where: \.isInterruption) else {
            Issue.record("no interruption")
            return
        }
        // 60 ms a character, as the voice speaks.
        let expected = (offset + more) / .milliseconds(60)
        #expect(Double(heard.count) <= expected + 8 && Double(heard.count) > expected - 24, "\(heard): \(expected)")
    }
}
