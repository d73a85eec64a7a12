import TestSupport
import Testing
import VoiceActivity

@testable import MoonshineProvider

/// The parts of Moonshine that need no model.
@Suite struct MoonshinePartsTests {
    private func hypothesis(_ text: String, _ mean: Double) -> Hypothesis {
        Hypothesis(text: text, logProbabilities: [mean, mean, mean])
    }

    @Test func whatIsUnlikelyOrNoTextIsNoSpeech() {
        #expect(hypothesis("Good morning.", -0.2).plausibleText == "Good morning.")
        #expect(hypothesis("Good morning.", -0.81).plausibleText == "")
        #expect(hypothesis("♪♪♪", -0.1).plausibleText == "")
        #expect(hypothesis("謝謝", -0.1).plausibleText == "")
        #expect(hypothesis("", -0.1).plausibleText == "")
        #expect(hypothesis("42", -0.1).plausibleText == "42")
        #expect(hypothesis("You", -0.3).plausibleText == "")
        #expect(hypothesis("Thank you for watching.", -0.3).plausibleText == "")
        #expect(hypothesis("You.", -0.01).plausibleText == "")
        #expect(hypothesis("Thank you for watching.", -0.1).plausibleText != "")
        #expect(hypothesis("Thank you.", -0.3).plausibleText != "")
        #expect(hypothesis("You are right.", -0.3).plausibleText == "You are right.")
    }

    @Test func confidenceIsTheMeanOfTheTokens() {
        #expect(hypothesis("a", 0).confidence == 1)
        #expect(abs(hypothesis("a", -0.5).confidence - 0.6065) < 0.001)
    }

    @Test func piecesAreJoinedWithoutWhatIsNoSpeech() {
        let pieces = [hypothesis("Good morning.", -0.1), hypothesis("You.", -2), hypothesis("It is late.", -0.3)]
        let whole = Hypothesis.joining(pieces)
        #expect(whole.text == "Good morning. It is late.")
        #expect(abs(whole.meanLogProbability + 0.2) < 0.001)
        #expect(Hypothesis.joining([]).text == "")
    }

    @Test func wordsAreShownOnceTwoDecodingsAgree() {
        var agreement = Agreement()
        #expect(agreement.add("How can Excel") == "")
        #expect(agreement.add("How can I excel Excel Excel") == "How can")
        #expect(agreement.add("how can I, protect my") == "how can I,")
        // Nothing that was shown goes away.
        #expect(agreement.add("Who could") == "how can I,")
        #expect(agreement.add("How can I protect my investments") == "how can I,")
        #expect(agreement.add("How can I protect my investments?") == "How can I protect my investments?")
    }

    @Test func tokensAreReadOrRefused() {
        let long = [UInt8](repeating: 65, count: 300)
        // 300 = 44 + 256: the first byte is 44 + 128, the second 2.
        let file: [UInt8] = [1, 66, 0, 4, 0xE2, 0x96, 0x81, 67, 172, 2] + long
        let table = TokenTable(file, count: 4)
        #expect(table?.text(of: [2, 0, 1, 2]) == "CB C")
        #expect(table?.text(of: [3]) == String(repeating: "A", count: 300))
        #expect(table?.text(of: [-1, 4, 0]) == "B")
        for count in 1..<file.count where ![2, 3, 8].contains(count) {
            #expect(TokenTable(Array(file.prefix(count)), count: 4) == nil)
        }
        #expect(TokenTable(file, count: 5) == nil)
    }

    /// A character may be spread over tokens.
    @Test func tokensMayHoldPartsOfCharacters() {
        #expect(TokenTable([1, 0xC3, 1, 0xA9], count: 2)?.text(of: [0, 1]) == "é")
    }

    private func pieces(_ probabilities: [Float]) -> [Segmenter.Piece] {
        var segmenter = Segmenter()
        var pieces = probabilities.compactMap { segmenter.add($0) }
        if let open = segmenter.open { pieces.append(open) }
        return pieces
    }

    private func track(_ runs: (Float, Int)...) -> [Float] {
        runs.flatMap { [Float](repeating: $0.0, count: $0.1) }
    }

    @Test func aPieceEndsWithALongPause() {
        let short = pieces(track((0, 5), (1, 20), (0, 31), (1, 10)))
        #expect(short.map { [$0.first, $0.last] } == [[5, 65]])
        let long = pieces(track((0, 5), (1, 20), (0, 32), (1, 10)))
        #expect(long.map { [$0.first, $0.last] } == [[5, 24], [57, 66]])
    }

    @Test func theLongerAPieceTheShorterThePauseThatEndsIt() {
        #expect(pieces(track((1, 400), (0, 10), (1, 5))).count == 1)
        #expect(pieces(track((1, 480), (0, 6), (1, 5))).count == 1)
        #expect(pieces(track((1, 480), (0, 7), (1, 5))).count == 2)
        #expect(pieces(track((1, 640), (0, 3), (1, 5))).count == 2)
    }

    @Test func speechWithoutAPauseIsCutWhereItWasQuietest() {
        var probabilities = track((0.9, 1000))
        probabilities[700] = 0.5
        let cut = pieces(probabilities)
        #expect(cut.map { [$0.first, $0.last] } == [[0, 700], [701, 999]])
        #expect(cut.map(\.isCut) == [true, false])
    }

    /// Pieces follow each other, hold every window with speech, and are never too long.
    @Test(arguments: 0..<40) func piecesHoldAllSpeech(seed: Int) {
        var random = Seeded(seed)
        let probabilities = random.track(windows: 4000)
        let pieces = pieces(probabilities)
        #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.last < $1.first })
        #expect(pieces.allSatisfy { $0.first <= $0.last && $0.last - $0.first <= Segmenter.longest })
        for (window, probability) in probabilities.enumerated() where probability >= Segmenter.speech {
            #expect(pieces.contains { ($0.first...$0.last).contains(window) })
        }
    }

    /// What is given to the model does not depend on how the audio came, and little is kept of it.
    @Test(arguments: [1, 160, 512, 5000, 100_000]) func piecesHaveTheSameSamplesHoweverTheyCame(width: Int) throws {
        let model = try SileroModel()
        let speech = try Recordings.cards(5)
        let audio = (0..<4).flatMap { _ in speech + Sounds.silence(1.2) }
        func pieces(width: Int) -> [Hearing.Piece] {
            var hearing = Hearing()
            var pieces: [Hearing.Piece] = []
            for start in stride(from: 0, to: audio.count, by: width) {
                pieces += hearing.add(Array(audio[start..<min(audio.count, start + width)]), model: model)
            }
            return pieces + (hearing.open.map { [$0] } ?? [])
        }
        let wanted = pieces(width: audio.count)
        #expect(wanted.count >= 4)
        #expect(pieces(width: width) == wanted)
        for piece in wanted {
            #expect(piece.samples.count == piece.range.count)
            let inside = piece.range.clamped(to: 0..<audio.count)
            #expect(
                piece.samples.dropFirst(inside.lowerBound - piece.range.lowerBound).prefix(inside.count)
                    == audio[inside])
        }
    }
}
