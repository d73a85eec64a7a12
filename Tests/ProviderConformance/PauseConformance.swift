import ProviderKit
import Testing

/// What recognisers that settle words at a pause keep to.
public enum PauseConformance {
    /// Gives `recognizer` an utterance with a pause in its middle and one at its end; each answer is waited for.
    /// - Returns: the answers to both pauses, and the final text.
    public static func check(
        _ recognizer: any SpeechRecognizer, before: [Int16], after: [Int16]
    ) async throws -> (first: String, second: String, whole: String) {
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        let transcripts = Collected<Transcript>()
        let gates = [Gate(), Gate()]
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Whoever waits for an answer of a recogniser that has failed waits no more.
                defer { for gate in gates { gate.open() } }
                try await recognizer.recognize(utterance, language: "en-US") { transcript in
                    transcripts.add(transcript)
                    if case .pause(let number) = transcript.mark { gates[number - 1].open() }
                }
            }
            let silence = [Int16](repeating: 0, count: 1600)
            source.yield(.audio(before + silence))
            source.yield(.pause(1))
            source.yield(.audio(silence))
            await gates[0].pass()
            source.yield(.resumed)
            source.yield(.audio(after + silence))
            source.yield(.pause(2))
            source.yield(.audio(silence))
            await gates[1].pass()
            source.finish()
            try await group.waitForAll()
            let all = transcripts.all
            let answers = all.filter(\.answersPause)
            #expect(answers.map(\.mark) == [.pause(1), .pause(2)], "each pause is answered once, in order")
            #expect(answers.allSatisfy { !$0.isFinal })
            #expect(all.count { $0.isFinal } == 1 && all.last?.isFinal == true)
            return (answers.first?.text ?? "", answers.last?.text ?? "", all.last?.text ?? "")
        }
    }

    /// Goes on before the answer to a pause is here; the words after it must not be lost.
    /// - Returns: the final text.
    public static func goOnAtOnce(
        _ recognizer: any SpeechRecognizer, before: [Int16], after: [Int16]
    ) async throws -> String {
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        let transcripts = Collected<Transcript>()
        for input: UtteranceInput in [
            .audio(before), .pause(1), .audio([Int16](repeating: 0, count: 1600)), .resumed, .audio(after), .pause(2),
        ] { source.yield(input) }
        source.finish()
        try await recognizer.recognize(utterance, language: "en-US") { transcripts.add($0) }
        #expect(transcripts.all.count { $0.isFinal } == 1)
        return transcripts.all.last?.text ?? ""
    }
}
