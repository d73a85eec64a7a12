import AudioCore
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Noise over an answer: it pauses and goes on, as the same response and with the same audio.
@Suite struct PauseTests {
    private func noisy(
        _ noises: Int, answer: String, _ change: (inout Script) -> Void = { _ in }
    ) -> Simulation {
        var script = Script()
        script.transcripts = ["a question"]
        script.answers["Stock"] = answer
        change(&script)
        var simulation = Simulation(TestProjects.single(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(4)
        for _ in 0..<noises {
            simulation.speak(0.7)
            simulation.stayQuiet(4)
        }
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(100))
        return simulation
    }

    private let answer = (1...9).map { "This is sentence number \($0) of a plan. " }.joined()

    @Test func theAnswerGoesOnAndNothingIsMadeTwice() throws {
        let simulation = noisy(1, answer: answer)
        #expect(simulation.statuses == [.completed])
        #expect(simulation.count(\.isPause) == 1 && simulation.count(\.isResumption) == 1)
        #expect(simulation.generations.count == 1)
        #expect(simulation.spoken.count == 9, "no sentence is synthesized again")
        let done = simulation.events.compactMap { if case .agentTextDone(_, let text) = $0 { text } else { nil } }
        #expect(done == [answer])
        let pause = try #require(simulation.first(\.isPause))
        let resumed = try #require(simulation.first(\.isResumption))
        #expect(!simulation.plays.contains { $0.at > pause && $0.at < resumed })
    }

    /// What comes again after a pause begins at a word or clause that was cut, at most two seconds earlier.
    @Test(arguments: [true, false]) func itGoesOnWhereItWasCut(timesWords: Bool) throws {
        let simulation = noisy(1, answer: answer) { $0.timesWords = timesWords }
        let pause = try #require(simulation.first(\.isPause))
        let resumed = try #require(simulation.told.first { $0.event.isResumption })
        let before = simulation.plays.last { $0.at <= pause }
        let after = try #require(simulation.plays.first { $0.at >= resumed.at })
        #expect(before.map { after.segment <= $0.segment } == true, "it goes back")
        guard case .resumed(_, let source, let rest) = resumed.event else { return }
        // A clause may be the whole sentence; then it comes again as a sentence of its own.
        #expect(source?.agent == "Stock" || (source == nil && rest.isEmpty && !timesWords))
        if timesWords {
            // 960 samples a character: the sound begins behind a space of the spoken sentence.
            let spoken = simulation.synthesized.first { $0.id == after.segment }?.speech.text ?? ""
            let place = after.range.lowerBound / 960
            #expect(after.range.lowerBound % 960 == 0)
            #expect(place == 0 || Array(spoken)[place - 1] == " ", "\(place) in \(spoken)")
            #expect(simulation.texts.contains { $0.contains(rest) })
        }
        guard case .paused(_, _, let heard)? = simulation.events.first(where: \.isPause) else { return }
        let shown = answer.split(separator: " ")
        let wordsHeard = heard.split(separator: " ").count
        let restFirst = rest.split(separator: " ").first
        if let restFirst { #expect(shown[..<min(wordsHeard + 1, shown.count)].contains(restFirst)) }
    }

    /// Noises cost the caller time, but not the answer: it comes to its end, and is not heard over and over.
    @Test(arguments: [true, false]) func threeNoisesMakeTenSecondsAtMostSixteen(timesWords: Bool) {
        // 165 characters at 60 ms are ten seconds.
        let answer =
            "This is a sentence of which there are four in the answer here. This is a sentence of which there "
            + "are four in the answer. This is the third of them. This is the last one. "
        let simulation = noisy(3, answer: answer) { $0.timesWords = timesWords }
        let total = simulation.plays.reduce(Duration.zero) { $0 + $1.length }
        #expect(simulation.count(\.isPause) >= 2)
        #expect(simulation.statuses == [.completed])
        #expect(total <= .seconds(16), "\(total)")
        #expect(total >= .milliseconds(60 * 165))
    }

    @Test func cancelStopsAPausedAnswer() {
        var script = Script()
        script.transcripts = ["a question", ""]
        script.answers["Stock"] = answer
        var simulation = Simulation(TestProjects.single(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(4)
        simulation.speak(0.7)
        simulation.client(.cancelResponse, at: .milliseconds(8300))
        simulation.stayQuiet(20)
        simulation.run(until: .seconds(40))
        #expect(simulation.count(\.isPause) == 1 && simulation.count(\.isResumption) == 0)
        #expect(simulation.statuses == [.cancelled])
    }

    /// A client that tells what it has played is believed, also while the answer is paused.
    @Test func theClientsWordDecidesWhereItGoesOn() throws {
        var script = Script()
        script.transcripts = ["a question", ""]
        script.answers["Stock"] = answer
        script.timesWords = true
        script.clientSignals = false
        var simulation = Simulation(TestProjects.single(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(4)
        simulation.speak(0.7)
        simulation.client(.playbackProgress(.milliseconds(500)), at: .milliseconds(8300))
        simulation.stayQuiet(20)
        simulation.run(until: .seconds(60))
        let resumed = try #require(simulation.first(\.isResumption))
        let after = try #require(simulation.plays.first { $0.at >= resumed })
        // "This " and "is " have 480 ms.
        #expect(after.segment == simulation.plays.first?.segment && after.range.lowerBound == 8 * 960)
    }

    /// Text that a model writes while its answer is paused is not lost.
    @Test func writingGoesOnMeanwhile() {
        let simulation = noisy(1, answer: answer) { $0.tokenDelay = .milliseconds(150) }
        #expect(simulation.statuses == [.completed])
        #expect(simulation.generations.count == 1)
        for number in ["one", "five", "nine"] {
            #expect(simulation.spoken.contains { $0.contains("number \(number) of") })
        }
    }
}
