import AudioCore
import ProviderConformance
import ProviderKit
import TestSupport
import Testing

/// Speech that goes on when its synthesiser does not.
struct SynthesisChainTests {
    private static let text =
        "The quick brown fox jumps over the lazy dog, and then it rests. Nobody knows why it does so."

    /// A chain of engines whose fates the seed decides.
    private static func chain(
        _ seeded: inout Seeded, _ stage: Stage, text: String = text
    ) -> (SynthesisChain, engines: Int) {
        let clock = ChainClock(stage.clock) { 0.5 }
        let count = Int.random(in: 1...4, using: &seeded)
        let links = (0..<count).map { index in
            let synthesizer = ScriptedSynthesizer(
                name: "Test/\(index)", stage: stage,
                fates: Fates((0..<3).map { _ in Fate.random(pieces: 30, using: &seeded) }),
                mark: Int16(index), letter: .random(in: 20...80, using: &seeded),
                givesTimes: .random(using: &seeded), givesTimesFirst: .random(using: &seeded),
                pause: .milliseconds(.random(in: 0...50, using: &seeded)),
                width: .random(in: 50...2000, using: &seeded), whole: text)
            return ChainLink(synthesizer, breaker: CircuitBreaker(clock: clock))
        }
        let policy = RetryPolicy(attempts: .random(in: 1...3, using: &seeded))
        return (
            SynthesisChain(links, deadlines: PieceDeadlines(first: .seconds(4)), policy: policy, clock: clock), count
        )
    }

    @Test(arguments: 0..<400)
    func everyWordIsSpokenInOrderAndNothingTwice(seed: Int) throws {
        var seeded = Seeded(seed)
        let time = VirtualTime()
        let stage = Stage(clock: time.clock)
        let (chain, _) = Self.chain(&seeded, stage)
        let audio = Collected<AudioChunk>()
        let words = Collected<WordTiming>()
        let reports = Collected<ProviderReport>()
        let slow = Bool.random(using: &seeded)
        let request = SynthesisRequest(text: Self.text, voice: VoiceRequest(), sampleRate: 1000)
        var failure: ProviderError?
        do {
            try time.run {
                try await chain.synthesize(request, report: { reports.add($0) }) { piece in
                    // A consumer that is slower than any deadline.
                    if slow { try await stage.clock.sleep(for: .seconds(9)) }
                    switch piece {
                    case .audio(let chunk): audio.add(chunk)
                    case .words(let new): for word in new { words.add(word) }
                    }
                }
            }
        } catch { failure = try #require(error as? ProviderError) }
        #expect(stage.running == 0)
        #expect(time.clock.sleeping == 0)
        let samples = audio.all.flatMap(\.samples)
        let total = reports.all.reduce(Duration.zero) { $0 + $1.audioOut }
        #expect(total == audio.all.reduce(.zero) { $0 + $1.duration })
        #expect(reports.all.contains { $0.outcome == .completed } == (failure == nil) || failure == nil)
        // What was said, as offsets of characters, each once for its run of samples.
        var said: [Int] = []
        for sample in samples where said.last != Int(sample) - 1 { said.append(Int(sample) - 1) }
        let steps = zip(said, said.dropFirst())
        // Ahead one by one, or back at a seam; nothing is left out.
        #expect(said.first ?? 0 == 0)
        #expect(steps.allSatisfy { $1 <= $0 + 1 })
        let goesBack = steps.count { $1 < $0 }
        #expect(goesBack < max(1, reports.all.count { $0.audioOut > .zero }))
        if failure == nil { #expect(said.last == Self.text.count - 1) }
        // A seam is at the beginning of a word.
        let characters = Array(Self.text)
        #expect(steps.allSatisfy { $1 > $0 || $1 == 0 || characters[$1 - 1] == " " })
        // Each word's time is told once, in order, and truly.
        let told = words.all
        #expect(
            zip(told, told.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound && $0.end <= $1.start })
        #expect((told.last?.end ?? .zero) <= total)
        for word in told where word.end <= total {
            let span = samples[word.start.samples(at: 1000)..<word.end.samples(at: 1000)]
            #expect(span.first == Int16(word.range.lowerBound + 1))
            #expect(span.last == Int16(word.range.upperBound))
        }
    }
}
