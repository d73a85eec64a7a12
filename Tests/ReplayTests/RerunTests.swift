import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// Recorded conversations under the same settings and under others.
@Suite struct RerunTests {
    /// Engines that answer by content, and a simulated client, give the same conversation when nothing is changed.
    @Test(arguments: 0..<60) func unchangedSettingsGiveTheSameConversation(seed: Int) {
        var random = Seeded(seed)
        var call = ScriptedCall(.random(using: &random) ? ScriptedCall.advisor() : ScriptedCall.single())
        call.knowsPauses = .random(using: &random)
        call.script.utterances = (0..<30).map { $0 % 4 == 3 ? "" : "question \($0)" }
        call.script.transcriptionDelay = .microseconds(.random(in: 1000...600_000, using: &random))
        call.script.tokenDelay = .microseconds(.random(in: 1000...300_000, using: &random))
        call.script.synthesisDelay = .microseconds(.random(in: 1000...900_000, using: &random))
        if .random(using: &random) {
            call.script.interimDelay = .microseconds(.random(in: 100_000...900_000, using: &random))
        }
        if Int.random(in: 0..<3, using: &random) == 0 { call.script.startDelay = nil }
        if .random(using: &random) {
            call.script.pauseDelay = .microseconds(.random(in: 1000...900_000, using: &random))
        }
        if .random(using: &random) {
            call.project.audio.endpointing.endOfTurn = EndOfTurnPolicy(
                judge: "Local/SmartTurn", longest: .milliseconds(.random(in: 400...1200, using: &random)))
            call.script.judgement = (
                .random(in: 0...1, using: &random), .microseconds(.random(in: 1000...900_000, using: &random))
            )
        }
        call.hear(random.track(windows: 2500))
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            let signals: [ClientSignal] = [.text("typed"), .cancelResponse, .clearAudio, .commitAudio]
            guard let signal = signals.randomElement(using: &random) else { continue }
            call.act(signal, at: .microseconds(.random(in: 0...80_000_000, using: &random)))
        }
        let conversation = call.record()
        let recorded = conversation.asRecorded()
        let rerun = conversation.rerun(under: conversation.settings)
        let different = zip(recorded.told, rerun.told).first { $0 != $1 }
        #expect(different == nil, "seed \(seed)")
        #expect(recorded.told.count == rerun.told.count, "seed \(seed)")
        #expect(RunDiff(RunReport(recorded), RunReport(rerun)).isEqual)
    }

    @Test func lowerThresholdInterruptsOnceMore() throws {
        var call = ScriptedCall(ScriptedCall.single(threshold: 40))
        call.script.utterances = ["tell me all"]
        call.script.answers = ["Stock": String(repeating: "This is a rather long answer. ", count: 12)]
        call.stayQuiet(1.2)
        call.speak(1)
        call.stayQuiet(4)
        call.speak(0.7)
        call.stayQuiet(6)
        let conversation = call.record()
        #expect(RunReport(conversation.asRecorded()).interruptions.isEmpty)
        var settings = conversation.settings
        try settings.set("audio_config.vad.threshold=12")
        let rerun = conversation.rerun(under: settings)
        let report = RunReport(rerun)
        #expect(report.interruptions.map(\.verdict) == [.unknown])
        #expect(report.unknown.contains { $0.kind == "transcript" && $0.whole == 1 })
        #expect(rerun.unknown.contains { $0.kind == .text })
        #expect(report.answers.count == 2)
        #expect(report.answers.last?.question == AnswerLibrary.unknownWords)
        #expect(conversation.rerun(under: settings).told.map(\.event) == rerun.told.map(\.event))
    }

    @Test func shorterSilenceEndsTheTurnEarlierAndTheRestIsAnotherTurn() throws {
        var call = ScriptedCall(ScriptedCall.single())
        call.script.utterances = ["one two three four five six seven eight"]
        call.stayQuiet(1.2)
        call.speak(1)
        call.stayQuiet(0.5)
        call.speak(1)
        call.stayQuiet(8)
        let conversation = call.record()
        let before = RunReport(conversation.asRecorded())
        #expect(before.turnEnds.count == 1)
        #expect(before.answers.map(\.question) == ["one two three four five six seven eight"])
        var settings = conversation.settings
        try settings.set("audio_config.asr.silence_duration_ms=300")
        let after = RunReport(conversation.rerun(under: settings))
        #expect(after.turnEnds.count == 2)
        let (first, old) = (try #require(after.turnEnds.first), try #require(before.turnEnds.first))
        #expect(first.decided + .seconds(1) < old.decided)
        #expect(after.unknown.contains { $0.kind == "transcript" && $0.partial == 2 })
        #expect(after.unknown.contains { $0.kind == "text" })
        let said = after.answers.last?.question ?? ""
        #expect(said.hasSuffix("eight"), "\(said)")
    }

    @Test func higherProbabilityHearsNothing() throws {
        var call = ScriptedCall(ScriptedCall.single())
        call.script.utterances = ["hello"]
        call.stayQuiet(1.2)
        call.speak(1, probability: 0.6)
        call.stayQuiet(4)
        let conversation = call.record()
        #expect(RunReport(conversation.asRecorded()).answers.count == 1)
        var settings = conversation.settings
        try settings.set("audio_config.vad.speech_probability=0.8")
        #expect(RunReport(conversation.rerun(under: settings)).answers.isEmpty)
    }

    @Test func noiseIsAFalseInterruptionAndWordsAreATrueOne() {
        var call = ScriptedCall(ScriptedCall.single())
        call.script.utterances = ["tell me all", "", "stop that please"]
        call.script.answers = ["Stock": String(repeating: "This is a rather long answer. ", count: 20)]
        call.stayQuiet(1.2)
        for length in [1, 0.8, 1.2] {
            call.speak(length)
            call.stayQuiet(4)
        }
        let report = RunReport(call.record().asRecorded())
        #expect(report.interruptions.map(\.verdict) == [.mistaken, .real])
        #expect(report.pauses.count == 2)
        #expect(report.pauses.first?.resumed != nil)
        #expect(report.answers.first?.status == "interrupted")
        #expect(report.answers.first?.heard.first?.text.hasPrefix("This is a rather long") == true)
        #expect(report.answers.last?.question == "stop that please")
    }

    @Test func changesOfTheRecordedClientGiveWayToWhatIsSet() throws {
        var call = ScriptedCall(ScriptedCall.single(threshold: 40))
        var update = SessionUpdate()
        (update.threshold, update.lockout) = (45, .seconds(2))
        call.act(.update(update), at: .milliseconds(5))
        call.stayQuiet(1)
        let conversation = call.record()
        var settings = conversation.settings
        try settings.set("audio_config.vad.window_size=48")
        try settings.set("audio_config.vad.threshold=12")
        let allowed = settings.allowed(of: update)
        #expect(allowed.threshold == nil)
        #expect(allowed.lockout == .seconds(2))
    }

    @Test func answersAreFoundByContent() throws {
        var call = ScriptedCall(ScriptedCall.single())
        call.act(.text("first"), at: .seconds(1))
        call.act(.text("second"), at: .seconds(20))
        call.stayQuiet(40)
        let run = call.record().asRecorded()
        var library = AnswerLibrary(learnedFrom: run)
        let requests = run.steps.flatMap(\.outputs).compactMap { output -> (ModelChain, GenerationRequest)? in
            if case .request(.write(_, let models, let request)) = output { (models, request) } else { nil }
        }
        let second = try #require(requests.last)
        let text = { (answer: RecordedAnswer) in
            answer.pieces.reduce("") { if case .text(let text) = $1.content { $0 + text } else { $0 } }
        }
        #expect(text(library.writing(second.0, second.1)).contains("You said second."))
        // Another prompt about the same words.
        var other = second.1
        other.messages.removeLast()
        #expect(text(library.writing(second.0, other)).contains("You said second."))
        other.brief.callerWords = "third"
        let unknown = library.writing(second.0, other)
        #expect(text(unknown) == AnswerLibrary.unknownWords)
        #expect(unknown.known == 0)
    }
}
