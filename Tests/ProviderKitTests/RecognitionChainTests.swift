import AudioCore
import ProviderConformance
import ProviderKit
import TestSupport
import Testing

/// Utterances that are understood by the next recogniser when the first fails.
struct RecognitionChainTests {
    @Test(arguments: 0..<400)
    func oneFinalTranscriptOfTheWholeUtterance(seed: Int) throws {
        var seeded = Seeded(seed)
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let chunks = Int.random(in: 0...20, using: &seeded)
        let links = (0..<Int.random(in: 1...4, using: &seeded)).map { index in
            let recognizer = ScriptedRecognizer(
                name: "Test/\(index)", stage: stage,
                fates: Fates((0..<3).map { _ in Fate.random(pieces: 20, using: &seeded) }),
                thinks: .milliseconds(.random(in: 0...3500, using: &seeded)))
            return ChainLink(recognizer, breaker: CircuitBreaker(clock: clock))
        }
        let chain = RecognitionChain(
            links, finalTranscript: .seconds(3), policy: RetryPolicy(attempts: .random(in: 1...3, using: &seeded)),
            clock: clock)
        let transcripts = Collected<Transcript>()
        let reports = Collected<ProviderReport>()
        let pause = Duration.milliseconds(.random(in: 0...300, using: &seeded))
        var failure: ProviderError?
        do {
            try time.run {
                let (audio, source) = AsyncStream.makeStream(of: UtteranceInput.self)
                async let caller: Void = {
                    for chunk in 0..<chunks {
                        if pause > .zero { try await time.clock.sleep(for: pause) }
                        source.yield(.audio(Array(repeating: Int16(chunk), count: 160)))
                    }
                    source.finish()
                }()
                try await chain.recognize(audio, language: "en-US", report: { reports.add($0) }) { transcripts.add($0) }
                try await caller
            }
        } catch { failure = try #require(error as? ProviderError) }
        #expect(stage.running == 0 && time.clock.sleeping == 0)
        let all = transcripts.all
        #expect(all.dropLast().allSatisfy { !$0.isFinal })
        #expect(all.last?.isFinal == true || failure != nil)
        #expect(failure == nil || all.allSatisfy { !$0.isFinal })
        if failure == nil {
            #expect(all.last?.text == (0..<chunks).map { "w\($0)" }.joined(separator: " "))
            #expect(reports.all.last?.audioIn == .samples(chunks * 160, at: 16000))
        }
        #expect(reports.all.count { $0.outcome != .skipped } == stage.calls.count)
        #expect(reports.all.allSatisfy { $0.audioIn <= .samples(chunks * 160, at: 16000) })
    }

    /// Answers each pause with the number of samples that it has heard, or fails there.
    private struct PauseCounter: SpeechRecognizer {
        let name: String
        let fails: Bool

        func recognize(
            _ utterance: AsyncStream<UtteranceInput>, language: String,
            emit: @Sendable (Transcript) async throws -> Void
        ) async throws {
            var count = 0
            for await input in utterance {
                switch input {
                case .audio(let samples): count += samples.count
                case .pause where fails: throw ProviderError(.unavailable, provider: name, message: "as scripted")
                case .pause(let number):
                    try await emit(Transcript(text: "\(count)", isFinal: false, mark: .pause(number)))
                case .resumed: break
                }
            }
            try Task.checkCancellation()
            try await emit(Transcript(text: "\(count)", isFinal: true))
        }
    }

    @Test func whoTakesOverIsToldOfThePause() async throws {
        let clock = ChainClock.continuous
        let links = [true, false].map { fails in
            ChainLink(PauseCounter(name: "Test/\(fails)", fails: fails), breaker: CircuitBreaker(clock: clock))
        }
        let chain = RecognitionChain(links, finalTranscript: nil, policy: .once, clock: clock)
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        source.yield(.audio(Array(repeating: 0, count: 100)))
        source.yield(.pause(7))
        source.finish()
        let transcripts = Collected<Transcript>()
        try await chain.recognize(utterance, language: "en-US", report: { _ in }) { transcripts.add($0) }
        #expect(
            transcripts.all == [
                Transcript(text: "100", isFinal: false, mark: .pause(7)), Transcript(text: "100", isFinal: true),
            ])
    }

    /// Answers pauses after a while, or not at all, and never gives a final transcript.
    private struct SilentAtTheEnd: SpeechRecognizer {
        let name = "Test/Silent"
        let answersAfter: Duration?
        let clock: ManualClock

        func recognize(
            _ utterance: AsyncStream<UtteranceInput>, language: String,
            emit: @Sendable (Transcript) async throws -> Void
        ) async throws {
            for await input in utterance {
                guard case .pause(let number) = input, let answersAfter else { continue }
                try await clock.sleep(for: answersAfter)
                try await emit(Transcript(text: "so far", isFinal: false, mark: .pause(number)))
            }
            for await _ in AsyncStream.makeStream(of: Void.self).stream {}
            throw CancellationError()
        }
    }

    /// What a recogniser that never ends an utterance makes of it.
    struct Silence: Sendable {
        /// How long after the pause, 1 s before the end of the audio, it answers that; nil: never.
        var answersAfter: Int?
        var goesOn = false
        var isFault: Bool
    }

    /// Nobody waits for a final transcript whose words are settled: it may be as late as it likes. It is a fault when the
    /// caller has gone on, or when the pause has no answer within the deadline.
    @Test(arguments: [
        Silence(answersAfter: 0, isFault: false), Silence(answersAfter: 0, goesOn: true, isFault: true),
        Silence(answersAfter: nil, isFault: true), Silence(answersAfter: 2000, isFault: false),
        Silence(answersAfter: 4500, isFault: true),
    ])
    func aFinalTranscriptBehindSettledWordsMayBeLate(silence: Silence) throws {
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let breaker = CircuitBreaker(clock: clock)
        let chain = RecognitionChain(
            [
                ChainLink(
                    SilentAtTheEnd(
                        answersAfter: silence.answersAfter.map(Duration.milliseconds), clock: time.clock),
                    breaker: breaker)
            ], finalTranscript: .seconds(3), policy: .once, clock: clock)
        let (transcripts, reports) = (Collected<Transcript>(), Collected<ProviderReport>())
        let result = Result {
            try time.run {
                let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
                async let caller: Void = {
                    source.yield(.audio([1, 2, 3]))
                    source.yield(.pause(1))
                    try await time.clock.sleep(for: .seconds(1))
                    if silence.goesOn { source.yield(.resumed) }
                    source.yield(.audio([4]))
                    source.finish()
                }()
                let report = { @Sendable in reports.add($0) }
                try await chain.recognize(utterance, language: "en", report: report) { transcripts.add($0) }
                try await caller
            }
        }
        if silence.isFault {
            #expect(throws: ProviderError.self) { try result.get() }
            #expect(reports.all.map(\.outcome) == [.failed(.timedOut)])
        } else {
            #expect(throws: Never.self) { try result.get() }
            #expect(transcripts.all.last == Transcript(text: "so far", isFinal: true))
            #expect(reports.all.map(\.outcome) == [.completed])
        }
        #expect(time.clock.sleeping == 0)
    }

    @Test func theDeadlineBeginsWhenTheAudioEnds() throws {
        for (thinks, isInTime) in [(2900, true), (3100, false)] {
            let time = VirtualTime()
            let clock = ChainClock(time.clock)
            let recognizer = ScriptedRecognizer(
                name: "Test/0", stage: Stage(clock: time.clock), fates: Fates([.well]), thinks: .milliseconds(thinks))
            let chain = RecognitionChain(
                [ChainLink(recognizer, breaker: CircuitBreaker(clock: clock))], finalTranscript: .seconds(3),
                policy: .once, clock: clock)
            let result = Result {
                try time.run {
                    let (audio, source) = AsyncStream.makeStream(of: UtteranceInput.self)
                    async let caller: Void = {
                        source.yield(.audio([1]))
                        try await time.clock.sleep(for: .seconds(60))
                        source.finish()
                    }()
                    try await chain.recognize(audio, language: "en", report: { _ in }) { _ in }
                    try await caller
                }
            }
            if isInTime {
                try result.get()
            } else {
                #expect { try result.get() } throws: { ($0 as? ProviderError)?.code == .timedOut }
            }
            #expect(time.clock.now.offset == .seconds(60) + .milliseconds(min(thinks, 3000)))
        }
    }
}
