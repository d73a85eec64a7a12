import AudioCore
import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// Words are settled while the caller pauses, so that the end of a turn costs nothing; and nothing is lost by it.
@Suite struct SettlingTests {
    private static let window: Duration = .milliseconds(32)

    private func simulation(
        _ project: Project = TestProjects.single(), _ change: (inout Script) -> Void = { _ in }
    ) -> Simulation {
        var script = Script()
        script.transcripts = ["a question", "another question"]
        script.pauseDelay = { _ in .milliseconds(50) }
        change(&script)
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1)
        return simulation
    }

    private func times(_ simulation: Simulation, _ isMeant: (Request) -> Bool) -> [Duration] {
        simulation.requests.filter { isMeant($0.request) }.map(\.at)
    }

    private func isEnd(_ request: Request) -> Bool { if case .endRecognition = request { true } else { false } }

    private func finals(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap {
            if case .callerTranscript(let words) = $0, words.isFinal { words.text } else { nil }
        }
    }

    /// The end of the last voiced window, when a caller spoke for a second after a second of silence.
    private let spoken: Duration = .milliseconds(32 * 31 * 2)

    @Test func theAnswerBeginsWithTheEndOfTheTurn() {
        var simulation = simulation()
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(3))
        let ends = times(simulation, isEnd)
        // 22 windows are the first that last 700 ms.
        #expect(ends == [spoken + Self.window * 22])
        #expect(simulation.first(\.isResponse) == ends.first)
        #expect(finals(simulation) == ["a question"])
    }

    @Test(arguments: [200, 900]) func anAnswerThatIsLateIsAwaited(final: Int) {
        var simulation = simulation {
            $0.pauseDelay = { _ in .milliseconds(1000) }
            $0.transcriptionDelay = { _ in .milliseconds(final) }
        }
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(5))
        // Whatever comes first: the answer to the pause, or the final transcript.
        let settled = spoken + Self.window * 3 + .milliseconds(1000)
        #expect(simulation.first(\.isResponse) == min(settled, spoken + Self.window * 22 + .milliseconds(final)))
        #expect(finals(simulation) == ["a question"])
    }

    @Test func whatIsSaidAfterThePauseRevisesIt() {
        var simulation = simulation {
            $0.hears = { from, to in to - from > .milliseconds(2500) ? "first second" : "first" }
        }
        simulation.speak(1)
        simulation.stayQuiet(0.4)
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(5))
        #expect(finals(simulation) == ["first second"])
        let told: [String] = simulation.requests.compactMap {
            switch $0.request {
            case .beginRecognition: "begin"
            case .pauseRecognition(_, let number): "pause \(number)"
            case .resumeRecognition: "resume"
            case .endRecognition: "end"
            default: nil
            }
        }
        #expect(told == ["begin", "pause 1", "resume", "pause 2", "end"])
    }

    /// The recognizer hears a soft word that is no speech for us: its final transcript decides.
    @Test func wordsThatAreHeardInThePauseAreNotLost() {
        var simulation = simulation()
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.engine(
            .transcript(UtteranceID(1), Transcript(text: "a question please", isFinal: false)),
            at: spoken + .milliseconds(400))
        simulation.script.hears = { from, to in
            to - from > .milliseconds(1700) ? "a question please" : "a question"
        }
        simulation.run(until: .seconds(4))
        #expect(finals(simulation) == ["a question please"])
    }

    /// The caller pauses at random, reports come in any order and late, and each word is there once, in order of speech.
    @Test(arguments: 0..<300) func eachWordOnceInOrder(seed: Int) {
        var random = Seeded(seed)
        var words: [(place: AudioPosition, word: String)] = []
        var track = Array(repeating: Float(0.02), count: 40)
        while track.count < 1400 {
            for index in 0..<Int.random(in: 3...30, using: &random) {
                if index % 8 == 1 {
                    words.append((AudioPosition(samples: track.count * 512 + 256), "w\(words.count)"))
                }
                track.append(.random(in: 0.6...1, using: &random))
            }
            for _ in 0..<Int.random(in: 1...40, using: &random) { track.append(.random(in: 0...0.3, using: &random)) }
        }
        track += Array(repeating: 0.02, count: 200)
        var project = TestProjects.single()
        project.audio.endpointing.silence = .milliseconds(.random(in: 350...900, using: &random))
        if Bool.random(using: &random) {
            project.audio.endpointing.endOfTurn = EndOfTurnPolicy(
                judge: "Local/SmartTurn", shortest: .milliseconds(320), longest: project.audio.endpointing.silence)
        }
        var script = Script()
        // Nothing of ours is ever heard, so that all speech is the caller's turn.
        script.holdsGenerations = true
        script.hears = { [words] from, to in
            words.filter { from <= $0.place && $0.place < to }.map(\.word).joined(separator: " ")
        }
        let lateness = (0..<97).map { _ in Duration.milliseconds(.random(in: 1...1200, using: &random)) }
        script.pauseDelay = { $0 % 7 == 0 ? nil : lateness[$0 * 31 % 97] }
        script.transcriptionDelay = { lateness[$0 * 17 % 97] }
        if Bool.random(using: &random) { script.interimDelay = .milliseconds(.random(in: 1...900, using: &random)) }
        script.judgement = { ($0.isMultiple(of: 2) ? 0.9 : 0.1, lateness[$0 * 7 % 97] / 4) }
        var simulation = Simulation(project, script)
        // No piece holds more than one window: what comes in one message with the end of an utterance belongs to it, too.
        simulation.hear(track) { .random(in: 100...512, using: &random) }
        simulation.run(until: .seconds(70))
        let all = words.map(\.word).joined(separator: " ")
        #expect(finals(simulation).joined(separator: " ") == all, "seed \(seed)")
        #expect(simulation.generations.last?.brief.callerWords == all, "seed \(seed)")
    }

    // MARK: - Judges

    private func judged(_ change: (inout Script) -> Void) -> [Duration] {
        var project = TestProjects.single()
        project.audio.endpointing.endOfTurn = EndOfTurnPolicy(judge: "Local/SmartTurn", longest: .milliseconds(1500))
        var simulation = simulation(project, change)
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(5))
        return times(simulation, isEnd).map { $0 - spoken }
    }

    @Test func aJudgeThatHearsAnEndShortensTheSilence() {
        #expect(judged { $0.judgement = { _ in (0.9, .milliseconds(45)) } } == [Self.window * 10])
        // It is asked after six windows.
        #expect(judged { $0.judgement = { _ in (0.51, .milliseconds(600)) } } == [.milliseconds(192 + 600)])
    }

    @Test func aJudgeThatFailsIsLateOrHearsNoEndChangesNothing() {
        let longest = Self.window * 47
        #expect(judged { _ in } == [longest])
        #expect(judged { $0.judgement = { _ in (0.5, .milliseconds(45)) } } == [longest])
        #expect(judged { $0.judgement = { _ in (1, .seconds(2)) } } == [longest])
    }

    @Test func aJudgeIsAskedOnceAPauseAndItsWordIsAboutThatPause() {
        var project = TestProjects.single()
        project.audio.endpointing.endOfTurn = EndOfTurnPolicy(judge: "Local/SmartTurn", longest: .milliseconds(1500))
        // What it finds of the first pause comes in the second.
        var simulation = simulation(project) { $0.judgement = { $0 == 1 ? (0.9, .milliseconds(1250)) : (0.1, .zero) } }
        simulation.speak(1)
        simulation.stayQuiet(0.3)
        simulation.speak(1)
        simulation.stayQuiet(4)
        simulation.run(until: .seconds(6))
        let asked = times(simulation) { if case .judgeEndOfTurn = $0 { true } else { false } }
        #expect(asked.count == 2)
        let last = spoken + .milliseconds(32 * (9 + 31))
        #expect(times(simulation, isEnd) == [last + Self.window * 47])
    }

    @Test(arguments: [true, false]) func theRecognizersOwnWordIsEvidence(isEarly: Bool) {
        var project = TestProjects.single()
        project.audio.endpointing.endOfTurn = EndOfTurnPolicy(longest: .milliseconds(1500))
        var simulation = simulation(project)
        simulation.speak(1)
        simulation.stayQuiet(4)
        let word = Transcript(text: "a question", isFinal: false, mark: .endOfSpeech)
        simulation.engine(
            .transcript(UtteranceID(1), word), at: spoken + .milliseconds(isEarly ? 20 : 260))
        simulation.run(until: .seconds(5))
        #expect(times(simulation, isEnd) == [spoken + Self.window * 10])
    }
}
