import AudioCore
import ProviderConformance
import ProviderKit
import TestSupport
import Testing

/// Speech that goes on when its synthesiser does not.
struct SynthesisChainTests {
    private static let text =
        "The quick brown fox jumps over the lazy dog, and then it rests. Nobody knows why it does so."
    private static let request = SynthesisRequest(text: text, voice: VoiceRequest(), sampleRate: 1000)

    /// A chain of engines whose fates the seed decides.
    private static func chain(
        _ seeded: inout Seeded, _ stage: Stage, _ clock: ChainClock, deadline: Duration = .seconds(4),
        pauses: ClosedRange<Int> = 0...50
    ) -> SynthesisChain {
        let links = (0..<Int.random(in: 1...4, using: &seeded)).map { index in
            let synthesizer = ScriptedSynthesizer(
                name: "Test/\(index)", stage: stage,
                fates: Fates((0..<3).map { _ in Fate.random(pieces: 30, using: &seeded) }),
                mark: Int16(index), letter: .random(in: 20...80, using: &seeded),
                givesTimes: .random(using: &seeded), givesTimesFirst: .random(using: &seeded),
                pause: .milliseconds(Int.random(in: pauses, using: &seeded)),
                width: .random(in: 50...2000, using: &seeded), whole: text)
            return ChainLink(synthesizer, breaker: CircuitBreaker(clock: clock))
        }
        return SynthesisChain(
            links, deadlines: PieceDeadlines(first: deadline),
            policy: RetryPolicy(attempts: .random(in: 1...3, using: &seeded), firstPause: .milliseconds(10)),
            clock: clock)
    }

    /// What came of one request.
    private struct Spoken {
        let audio = Collected<AudioChunk>()
        let words = Collected<WordTiming>()
        let reports = Collected<ProviderReport>()

        func take(_ piece: SynthesisPiece) {
            switch piece {
            case .audio(let chunk): audio.add(chunk)
            case .words(let new): for word in new { words.add(word) }
            }
        }

        /// The offsets of the characters that were said, each once for its run of samples.
        var said: [Int] {
            var said: [Int] = []
            for sample in audio.all.flatMap(\.samples) where said.last != Int(sample) - 1 {
                said.append(Int(sample) - 1)
            }
            return said
        }

        /// The laws that hold whatever went wrong.
        func check(isWhole: Bool) {
            let samples = audio.all.flatMap(\.samples)
            let total = reports.all.reduce(Duration.zero) { $0 + $1.audioOut }
            #expect(total == audio.all.reduce(.zero) { $0 + $1.duration })
            #expect(isWhole || !reports.all.contains { $0.outcome == .completed })
            // Ahead one by one, or back to the beginning of a word at a seam; no letter is left out.
            let said = said
            let steps = zip(said, said.dropFirst())
            let characters = Array(SynthesisChainTests.text)
            #expect(said.first ?? 0 == 0)
            #expect(steps.allSatisfy { $1 <= $0 + 1 || !characters[($0 + 1)..<$1].contains { $0.isLetter } })
            #expect(steps.allSatisfy { $1 > $0 || $1 == 0 || characters[$1 - 1] == " " })
            #expect(steps.count { $1 < $0 } < max(1, reports.all.count { $0.audioOut > .zero }))
            #expect(!isWhole || said.last == characters.count - 1)
            // Each word's time is told once, in order, and truly.
            let told = words.all
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.end <= $1.start })
            #expect((told.last?.end ?? .zero) <= total)
            for word in told where word.end <= total {
                let span = samples[word.start.samples(at: 1000)..<word.end.samples(at: 1000)]
                #expect(span.first == Int16(word.range.lowerBound + 1))
                #expect(span.last == Int16(word.range.upperBound))
            }
        }
    }

    @Test(arguments: 0..<400)
    func everyWordIsSpokenInOrderAndNothingTwice(seed: Int) throws {
        var seeded = Seeded(seed)
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let chain = Self.chain(&seeded, stage, ChainClock(time.clock) { 0.5 })
        let slow = Bool.random(using: &seeded)
        let spoken = Spoken()
        var failure: ProviderError?
        do {
            try time.run {
                try await chain.synthesize(Self.request, report: { spoken.reports.add($0) }) { piece in
                    // A consumer that is slower than any deadline.
                    if slow { try await stage.clock.sleep(for: .seconds(9)) }
                    spoken.take(piece)
                }
            }
        } catch { failure = try #require(error as? ProviderError) }
        #expect(stage.running == 0 && time.clock.sleeping == 0)
        spoken.check(isWhole: failure == nil)
    }

    /// The same with real threads and a real clock, many at once, with deadlines so short that they strike anywhere.
    @Test func theLawsHoldInParallel() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<200 {
                group.addTask {
                    var seeded = Seeded(seed)
                    let stage = Stage(clock: ManualClock())
                    let chain = Self.chain(
                        &seeded, stage, .continuous, deadline: .microseconds(.random(in: 50...20000, using: &seeded)),
                        pauses: 0...0)
                    let spoken = Spoken()
                    var failure: ProviderError?
                    do {
                        try await chain.synthesize(
                            Self.request, report: { spoken.reports.add($0) }, emit: { spoken.take($0) })
                    } catch { failure = try #require(error as? ProviderError) }
                    #expect(stage.running == 0)
                    spoken.check(isWhole: failure == nil)
                }
            }
            try await group.waitForAll()
        }
    }

    /// With times, the next engine begins at the very word that was cut, and every word is told.
    @Test(arguments: 0..<100)
    func withTimesOnlyTheCutWordIsSaidAgain(seed: Int) throws {
        var seeded = Seeded(seed)
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        let fails = Fate.fails(after: .random(in: 2...30, using: &seeded), .unavailable, retryAfter: nil)
        let links = [fails, .well].map { fate in
            ChainLink(
                ScriptedSynthesizer(
                    name: "Test", stage: stage, fates: Fates([fate]), letter: .random(in: 20...80, using: &seeded),
                    givesTimes: true, givesTimesFirst: true, width: .random(in: 50...300, using: &seeded),
                    whole: Self.text), breaker: CircuitBreaker(clock: clock))
        }
        let chain = SynthesisChain(links, deadlines: nil, clock: clock)
        let spoken = Spoken()
        try time.run {
            try await chain.synthesize(Self.request, report: { spoken.reports.add($0) }) { spoken.take($0) }
        }
        spoken.check(isWhole: true)
        let characters = Array(Self.text)
        for (before, after) in zip(spoken.said, spoken.said.dropFirst()) where after < before {
            #expect(!characters[after..<before].contains(" "))
        }
        let words = Self.text.split(separator: " ").map(String.init)
        #expect(spoken.words.all.map { String(characters[$0.range]) } == words)
    }

    /// Without times, what an engine has been heard to do says how much was said.
    @Test func anEnginesPaceIsLearnt() throws {
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let clock = ChainClock(time.clock) { 0.5 }
        // Half the pace that is presumed: only who has heard it before can know.
        let fates: [Fate] = [.well, .fails(after: 12, .unavailable, retryAfter: nil)]
        let links = [fates, [.well]].map { fates in
            ChainLink(
                ScriptedSynthesizer(
                    name: "Test", stage: stage, fates: Fates(fates), letter: 200, width: 1000, whole: Self.text),
                breaker: CircuitBreaker(clock: clock))
        }
        let chain = SynthesisChain(links, deadlines: nil, clock: clock)
        for _ in 0..<2 {
            let spoken = Spoken()
            try time.run {
                try await chain.synthesize(Self.request, report: { spoken.reports.add($0) }) { spoken.take($0) }
            }
            spoken.check(isWhole: true)
        }
    }

    @Test func eachEngineHasItsOwnVoice() throws {
        struct Listener: SpeechSynthesizer {
            let name: String
            let heard: Collected<String>
            func synthesize(
                _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
            ) async throws { heard.add(request.voice.name ?? "-") }
        }
        let time = VirtualTime()
        let clock = ChainClock(time.clock)
        let heard = Collected<String>()
        let links = ["A", "B"].map {
            ChainLink(Listener(name: $0, heard: heard), breaker: CircuitBreaker(clock: clock))
        }
        let chain = SynthesisChain(links, deadlines: nil, clock: clock)
        // Both are silent, which is a failure.
        #expect {
            try time.run {
                try await chain.synthesize(
                    Self.request, voice: { VoiceRequest(name: "voice \($0)") }, report: { _ in }, emit: { _ in })
            }
        } throws: { ($0 as? ProviderError)?.code == .protocolViolation }
        #expect(heard.all == ["voice 0", "voice 1"])
        // What has no letter is rightly spoken as nothing.
        try time.run {
            let dash = SynthesisRequest(text: " — !", voice: VoiceRequest(name: "x"), sampleRate: 1000)
            try await chain.synthesize(dash, report: { _ in }, emit: { _ in })
        }
        #expect(heard.all.last == "x")
    }
}
