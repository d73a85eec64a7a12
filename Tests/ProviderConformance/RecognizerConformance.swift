import ProviderKit
import Testing

/// What every recogniser keeps to, whoever makes it.
public enum RecognizerConformance {
    /// Recognises `samples`, which arrive in pieces of `width`, and returns all transcripts.
    public static func recognize(
        _ recognizer: any SpeechRecognizer, _ samples: [Int16], width: Int = 320, language: String = "en-US"
    ) async throws -> [Transcript] {
        let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
        for start in stride(from: 0, to: samples.count, by: width) {
            source.yield(Array(samples[start..<min(samples.count, start + width)]))
        }
        source.finish()
        let transcripts = Collected<Transcript>()
        try await recognizer.recognize(audio, language: language) { transcripts.add($0) }
        return transcripts.all
    }

    /// Runs all the checks with an utterance that the provider understands.
    public static func check(_ recognizer: any SpeechRecognizer, utterance: [Int16]) async throws {
        let transcripts = try await recognize(recognizer, utterance)
        #expect(transcripts.last?.isFinal == true)
        #expect(transcripts.dropLast().allSatisfy { !$0.isFinal })
        #expect(zip(transcripts, transcripts.dropFirst()).allSatisfy { $0 != $1 })
        // Neither the cuts of the audio nor what was heard before change the words.
        for width in [1, 160, 4801, utterance.count] where width > 1 || utterance.count < 20000 {
            #expect(try await recognize(recognizer, utterance, width: width).last == transcripts.last)
        }
        // No audio and silence are utterances without words.
        #expect(try await recognize(recognizer, []) == [Transcript(text: "", isFinal: true)])
        let silence = try await recognize(recognizer, [Int16](repeating: 0, count: 32000))
        #expect(silence.last == Transcript(text: "", isFinal: true))
        try await checkInterims(recognizer, utterance)
        try await checkCancellation(recognizer, utterance)
    }

    /// Interim transcripts arrive while the caller speaks: the audio ends only when one is here.
    private static func checkInterims(_ recognizer: any SpeechRecognizer, _ utterance: [Int16]) async throws {
        let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
        let transcripts = Collected<Transcript>()
        source.yield(utterance)
        try await recognizer.recognize(audio, language: "en-US") { transcript in
            transcripts.add(transcript)
            source.finish()
        }
        #expect(transcripts.all.map(\.isFinal).firstIndex(of: true) == transcripts.count - 1)
    }

    /// Cancelled while it waits for audio, it throws, emits no final transcript, and its engine is free again.
    private static func checkCancellation(_ recognizer: any SpeechRecognizer, _ utterance: [Int16]) async throws {
        for _ in 0..<6 {
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            let transcripts = Collected<Transcript>()
            let heard = Gate()
            let listening = Task {
                try await recognizer.recognize(audio, language: "en-US") { transcript in
                    transcripts.add(transcript)
                    heard.open()
                }
            }
            source.yield(utterance)
            await heard.pass()
            listening.cancel()
            let result = await listening.result
            #expect(throws: CancellationError.self) { try result.get() }
            let finals = transcripts.all.filter(\.isFinal)
            #expect(finals.isEmpty)
            source.finish()
        }
        #expect(try await recognize(recognizer, utterance).last?.isFinal == true)
    }
}
