import Foundation
import ONNXRuntime
import ProviderKit
import TestSupport
import Testing

@testable import SmartTurnProvider

@Suite struct SmartTurnTests {
    private static let file = LocalModels.folder + "/smart-turn/smart-turn-v3.2-cpu.onnx"
    private static let runtime = ModelRuntime(library: LocalModels.library)
    private static let judge = judge()

    private static func judge(_ file: String = file) -> SmartTurnJudge {
        SmartTurnJudge(model: file, runtime: runtime, workers: BlockingWorkers(name: "turn-test", count: 2))
    }

    /// Probabilities that a computation of the features in double precision gave, with ONNX Runtime 1.31. The network is
    /// made of small integers, so other versions and processors differ by some hundredths.
    @Test(arguments: [
        ("0870", 1, 0.985), ("0870", 0.3, 0.069), ("0930", 0.5, 0.021), ("0920", 1, 0.972), ("0880", 0.7, 0.028),
    ])
    func itJudgesAsTheModelDoes(name: String, part: Double, expected: Double) async throws {
        let speech = try Recordings.sentence(name)
        let audio = speech.prefix(Int(Double(speech.count) * part)) + Sounds.silence(0.2)
        #expect(abs(try await Self.judge.judge(Array(audio)) - expected) < 0.08)
    }

    @Test func onlyTheLastEightSecondsCount() async throws {
        let audio = try Recordings.sentence("0890") + Recordings.sentence("0870")
        #expect(try await Self.judge.judge(audio) == (try await Self.judge.judge(Array(audio.suffix(128_000)))))
        #expect(Self.judge.window == 128_000)
    }

    @Test(arguments: [0, 1, 399, 16000]) func anyAudioHasAProbability(count: Int) async throws {
        for audio in [
            Array(Sounds.hiss(1, peak: 32767, seed: count).prefix(count)), [Int16](repeating: .min, count: count),
        ] {
            #expect((0...1).contains(try await Self.judge.judge(audio)))
        }
    }

    @Test func callersAtOnceGetWhatTheyGetAlone() async throws {
        let turns = try (1...4).map { try Recordings.cards($0) }
        var alone: [Double] = []
        for turn in turns { alone.append(try await Self.judge.judge(turn)) }
        try await withThrowingTaskGroup(of: (Int, Double).self) { group in
            for caller in 0..<8 { group.addTask { (caller % 4, try await Self.judge.judge(turns[caller % 4])) } }
            for try await (caller, probability) in group { #expect(probability == alone[caller]) }
        }
    }

    @Test func whatIsMissingOrBrokenIsNamed() async throws {
        let folder = try ScratchFolder()
        for file in ["/nowhere/turn.onnx", try folder.copy(Self.file, first: 5000)] {
            let error = await #expect(throws: ProviderError.self) { try await Self.judge(file).judge([]) }
            #expect(error?.provider == "Local/SmartTurn")
            #expect(error?.message.contains(file) == true)
            #expect(error?.message.contains("parley models fetch") == true)
        }
    }

    @Test func aCancelledJudgementThrows() async throws {
        let judging = Task { try await Self.judge.judge([]) }
        judging.cancel()
        let result = await judging.result
        #expect(throws: CancellationError.self) { try result.get() }
    }

    // MARK: Features

    @Test(arguments: [2, 4, 6, 10, 14, 200, 400, 1200]) func theTransformIsTheDefinition(length: Int) {
        var random = Seeded(length)
        let signals = (0..<length).map { _ in
            RealTransform.Lanes((0..<8).map { _ in Float.random(in: -1...1, using: &random) })
        }
        let power = RealTransform(length: length).power(of: signals)
        #expect(power.count == length / 2 + 1)
        for frequency in 0...length / 2 {
            for lane in 0..<8 {
                let angle = -2 * Double.pi * Double(frequency) / Double(length)
                var (real, imaginary) = (0.0, 0.0)
                for (sample, values) in signals.enumerated() {
                    real += Double(values[lane]) * cos(angle * Double(sample))
                    imaginary += Double(values[lane]) * sin(angle * Double(sample))
                }
                #expect(
                    abs(Double(power[frequency][lane]) - real * real - imaginary * imaginary) < 1e-4 * Double(length))
            }
        }
    }

    /// Numbers of a computation in double precision with numpy.
    @Test func theFeaturesAreThoseOfWhisper() {
        let audio = (0..<48000).map { sample -> Int16 in
            let time = Double(sample) / 16000
            return Int16((8000 * sin(2 * .pi * 220 * time) * abs(sin(2 * .pi * 3 * time))).rounded(.toNearestOrEven))
        }
        let features = Features().compute(audio)
        #expect(features.count == 64000)
        let expected: [(band: Int, frame: Int, value: Float)] = [
            (10, 700, 0.588_856_2), (40, 750, -0.180_301_3), (0, 0, -0.180_301_3), (79, 799, -0.180_301_3),
        ]
        for (band, frame, value) in expected { #expect(abs(features[band * 800 + frame] - value) < 1e-4) }
        let mean = features.reduce(0.0) { $0 + Double($1) } / 64000
        #expect(abs(mean + 0.103_971_2) < 1e-4)
    }
}
