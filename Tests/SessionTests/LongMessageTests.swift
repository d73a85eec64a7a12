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
    /// What the recognizer is given of two questions with a second and a half of silence between them.
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

    private func loud(_ samples: [Int16]) -> Int { samples.count { $0.magnitude > 500 } }

    @Test(arguments: [100, 640, 4000, 16_000, 300_000]) func oneMessageMayHoldTwoUtterances(samples: Int) async throws {
        let speech = try await WholeConversationTests.sentence()
        let given = try utterances(speech, messageSamples: samples)
        #expect(given.count == 2)
        // Each holds one question, whole, and hardly anything of the silence between them.
        for utterance in given {
            #expect(abs(loud(utterance) - loud(speech)) * 50 < loud(speech), "\(utterance.count) samples")
            #expect(utterance.count < speech.count + 2 * 16_000)
        }
    }
}
