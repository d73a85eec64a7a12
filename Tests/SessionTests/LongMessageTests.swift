import AudioCore
import ProjectModel
import ProviderKit
import Synchronization
import Testing

@testable import Session

/// Keeps what it is given of each utterance.
private final class KeepingEars: SpeechRecognizer {
    let name = "Test/Ears"
    private let kept = Mutex<[[Int16]]>([])

    var utterances: [[Int16]] { kept.withLock { $0 } }

    func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        var samples: [Int16] = []
        for await case .audio(let chunk) in utterance { samples += chunk }
        let number = kept.withLock { kept in
            kept.append(samples)
            return kept.count
        }
        try await emit(Transcript(text: "utterance \(number)", isFinal: true))
    }
}

/// Clients choose how much audio a message holds. What each utterance is given does not depend on it.
@Suite(.timeLimit(.minutes(2))) struct LongMessageTests {
    /// Two questions, a second and a half of silence between them.
    private func utterances(_ speech: [Int16], messageSamples: Int) throws -> [[Int16]] {
        let ears = KeepingEars()
        var call = Call()
        call.recognizer = ears
        call.messageSamples = messageSamples
        call.silence(1)
        call.say(speech)
        call.silence(1.5)
        call.say(speech)
        call.silence(4)
        _ = try call.run(until: call.position + .seconds(1))
        return ears.utterances
    }

    @Test(arguments: [100, 4000, 16_000, 300_000]) func oneMessageMayHoldTwoUtterances(samples: Int) async throws {
        let speech = try await WholeConversationTests.sentence()
        let usual = try utterances(speech, messageSamples: 640)
        let other = try utterances(speech, messageSamples: samples)
        #expect(usual.count == 2 && other.count == 2)
        for (one, two) in zip(usual, other) {
            // The last piece before the decision is longer or shorter.
            #expect(abs(one.count - two.count) <= 1024, "\(one.count) and \(two.count)")
            let shared = min(one.count, two.count)
            let isSame = one.prefix(shared) == two.prefix(shared)
            #expect(isSame)
        }
    }
}
