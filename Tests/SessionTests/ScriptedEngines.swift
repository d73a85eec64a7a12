import AudioCore
import ProviderKit
import Synchronization

@testable import Session

/// Things that are taken one after the other; the last one stays.
final class Turns<Element: Sendable>: Sendable {
    private let rest: Mutex<[Element]>

    init(_ all: [Element]) { rest = Mutex(all) }

    func next() -> Element? { rest.withLock { $0.count > 1 ? $0.removeFirst() : $0.first } }
}

/// Understands what it is told to; where that is nil, it fails.
struct ScriptedEars: SpeechRecognizer {
    let name = "Test/Ears"
    let words: Turns<String?>
    let clock: ChainClock

    func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        guard let words = words.next() ?? nil else {
            throw ProviderError(.unsupported, provider: name, message: "as scripted")
        }
        for await _ in utterance {}
        try await clock.sleep(clock.now() + .milliseconds(100))
        try await emit(Transcript(text: words, isFinal: true))
    }
}

/// Writes an answer word by word, after a while.
struct ScriptedWriter: LanguageModel {
    var name = "Test/Writer"
    let clock: ChainClock
    var answer = "I hear you. This is what I say."
    /// How long it thinks before each answer in turn; the last stays.
    var thinking = Turns([Duration.milliseconds(200)])
    /// Fails after so many words.
    var failsAfter = Int.max
    /// Sees what it is asked.
    var asked: @Sendable (GenerationRequest) -> Void = { _ in }

    func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws {
        asked(request)
        try await clock.sleep(clock.now() + (thinking.next() ?? .zero))
        let written = request.messages.last { $0.role == .assistant }?.content.split(separator: " ").count ?? 0
        for (index, word) in answer.split(separator: " ").enumerated().dropFirst(written) {
            if index >= failsAfter { throw ProviderError(.unavailable, provider: name, message: "as scripted") }
            try await emit(.text(word + " "))
            try await clock.sleep(clock.now() + .milliseconds(20))
        }
    }
}

/// Speaks 60 ms a character, each sample the number of its character; as fast as it is let.
struct ScriptedVoice: SpeechSynthesizer {
    var name = "Test/Voice"
    /// Fails after so many characters.
    var failsAfter = Int.max

    func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        let length = request.sampleRate * 60 / 1000
        let words = request.text.split(separator: " ", omittingEmptySubsequences: false)
        var (place, timings): (Int, [WordTiming]) = (0, [])
        for word in words {
            let end = place + word.count
            timings.append(
                WordTiming(range: place..<end, start: .milliseconds(60 * place), end: .milliseconds(60 * (end + 1))))
            place = end + 1
        }
        try await emit(.words(timings))
        for index in 0..<request.text.count {
            if index >= failsAfter { throw ProviderError(.unavailable, provider: name, message: "as scripted") }
            let samples = Array(repeating: Int16(index), count: length)
            try await emit(.audio(AudioChunk(samples: samples, sampleRate: request.sampleRate)))
        }
    }
}

/// Hears the caller and says so itself.
final class ScriptedDialogue: SpeechToSpeechModel {
    let name = "Test/Dialogue"
    private let told = Mutex<[SpeechToSpeechInput]>([])

    /// What it was told, in order.
    var inputs: [SpeechToSpeechInput] { told.withLock { $0 } }

    func converse(
        _ request: SpeechToSpeechRequest, inputs: AsyncStream<SpeechToSpeechInput>,
        emit: @Sendable (SpeechToSpeechPiece) async throws -> Void
    ) async throws {
        for await input in inputs {
            told.withLock { $0.append(input) }
            guard case .respond(let number, _) = input else { continue }
            for (index, word) in ["I ", "hear ", "you."].enumerated() {
                try await emit(.text(number, word))
                let samples = Array(repeating: Int16(index + 1), count: request.sampleRate / 2)
                try await emit(.audio(number, AudioChunk(samples: samples, sampleRate: request.sampleRate)))
            }
            try await emit(.done(number, nil))
        }
    }
}
