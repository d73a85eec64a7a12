import TestSupport
import Testing
import VoiceActivity

@Suite struct SileroModelTests {
    static let bound: Float = 1e-4

    private func floats(_ samples: [Int16]) -> [Float] { samples.map { Float($0) / 32768 } }

    private func probabilities(_ samples: [Int16], _ model: SileroModel) -> [Float] {
        var track = SpeechProbabilityTrack()
        return track.append(samples, model: model).map(\.probability)
    }

    @Test("ONNX Runtime and the kernel agree on every window", arguments: Reference.names)
    func agreesWithONNXRuntime(name: String) throws {
        let reference = try Reference.named(name)
        if name == "speech" { #expect(reference.samples.count >= 60 * 16_000) }
        for instructions in SileroModel.Instructions.allCases {
            let ours = probabilities(reference.samples, try SileroModel(instructions: instructions))
            try #require(ours.count == reference.probabilities.count)
            for (index, (our, their)) in zip(ours, reference.probabilities).enumerated() {
                // Written so that a NaN fails too.
                let agrees = abs(our - their) < Self.bound
                #expect(agrees, "\(name), \(instructions), window \(index): \(our), ONNX Runtime \(their)")
            }
        }
    }

    @Test func speechIsToldFromSilenceAndNoise() throws {
        let model = try SileroModel()
        let speech = probabilities(try Reference.named("speech").samples, model)
        #expect(speech.count(where: { $0 > 0.5 }) > speech.count / 2)
        for name in ["silence", "hum", "hiss"] {
            let others = probabilities(try Reference.named(name).samples, model)
            #expect(others.allSatisfy { $0 < 0.3 }, "\(name): \(others.max() ?? 1)")
        }
    }

    @Test("AVX2 and the portable path agree") func pathsAgree() throws {
        var generator = Seeded(1)
        let samples = (0..<16_000).map { _ in Int16.random(in: -32768...32767, using: &generator) }
        let portable = probabilities(samples, try SileroModel(instructions: .portable))
        let best = probabilities(samples, try SileroModel())
        #expect(zip(portable, best).allSatisfy { abs($0 - $1) < Self.bound })
    }

    @Test("A batch equals single calls to the bit", arguments: [1, 2, 3, 7, 8, 9, 16, 21])
    func batchEqualsSingle(sessions: Int) throws {
        let samples = floats(try Reference.named("noisy").samples)
        let length = SileroModel.windowLength
        for instructions in SileroModel.Instructions.allCases {
            let model = try SileroModel(instructions: instructions)
            var batched = [SileroState](repeating: SileroState(), count: sessions)
            var single = batched
            for step in 0..<12 {
                // Each session is elsewhere in the audio.
                let windows = (0..<sessions).map { session in
                    let start = (session * 91 + step) * length
                    return Array(samples[start..<start + length])
                }
                let together = model.probabilities(of: Array(windows.joined()), states: &batched)
                let alone = windows.indices.map { model.probability(of: windows[$0], state: &single[$0]) }
                #expect(together == alone)
            }
        }
    }

    @Test func aBatchOfNoneIsNothing() throws {
        var states: [SileroState] = []
        #expect(try SileroModel().probabilities(of: [], states: &states).isEmpty)
    }

    @Test func stateMattersAndANewOneStartsOver() throws {
        let model = try SileroModel()
        let samples = floats(try Reference.named("speech").samples)
        let windows = (20..<40).map { Array(samples[$0 * 512..<($0 + 1) * 512]) }
        var state = SileroState()
        let first = windows.map { model.probability(of: $0, state: &state) }
        let carriedOn = windows.map { model.probability(of: $0, state: &state) }
        state = SileroState()
        let again = windows.map { model.probability(of: $0, state: &state) }
        #expect(first == again)
        #expect(first != carriedOn)
    }

    @Test("Samples out of range, and none at all, stay probabilities") func extremes() throws {
        for instructions in SileroModel.Instructions.allCases {
            let model = try SileroModel(instructions: instructions)
            for value: Float in [0, 1, -1, 1e3, 1e-30] {
                var state = SileroState()
                for _ in 0..<50 {
                    let window = (0..<512).map { $0 % 2 == 0 ? value : -value }
                    let probability = model.probability(of: window, state: &state)
                    #expect((0...1).contains(probability), "\(value): \(probability)")
                }
            }
        }
    }
}
