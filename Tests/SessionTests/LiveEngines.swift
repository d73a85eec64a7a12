import AudioCore
import ProviderKit
import Synchronization
import VoiceActivity

@testable import Session

/// What happened when in one conversation with live engines.
final class Timeline: Sendable {
    enum Mark: Hashable, Sendable {
        case generationBegan, sentenceWritten, synthesisBegan, audioMade, audioSent, cancelled
        case generationStopped, synthesisStopped
    }

    private struct State {
        var marks: [Mark: ContinuousClock.Instant] = [:]
        var made = 0
        var sent = 0
        var furthestAhead = 0
        var waiting: [(Mark, CheckedContinuation<Void, Never>)] = []
        var pieces: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// The first time counts.
    func mark(_ mark: Mark) {
        let waiting = state.withLock { state in
            if state.marks[mark] == nil { state.marks[mark] = .now }
            defer { state.waiting.removeAll { $0.0 == mark } }
            return state.waiting.filter { $0.0 == mark }
        }
        for (_, continuation) in waiting { continuation.resume() }
    }

    func reached(_ mark: Mark) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.marks[mark] != nil { return true }
                state.waiting.append((mark, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// A piece of audio was given out and the synthesiser may go on.
    func made() {
        state.withLock { state in
            state.made += 1
            state.furthestAhead = max(state.furthestAhead, state.made - state.sent)
        }
    }

    func sent() {
        mark(.audioSent)
        let waiting = state.withLock { state in
            state.sent += 1
            defer { state.pieces.removeAll { $0.0 <= state.sent } }
            return state.pieces.filter { $0.0 <= state.sent }
        }
        for (_, continuation) in waiting { continuation.resume() }
    }

    /// Waits until so many pieces of audio have been sent.
    func sent(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sent >= count { return true }
                state.pieces.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// How many pieces the synthesiser was ahead of what was sent, at the most.
    var furthestAhead: Int { state.withLock { $0.furthestAhead } }

    func between(_ first: Mark, _ second: Mark) -> Duration? {
        state.withLock { state in
            guard let from = state.marks[first], let to = state.marks[second] else { return nil }
            return from.duration(to: to)
        }
    }
}

/// A model that writes one sentence word by word, and then thinks until it is stopped.
struct EndlessWriter: LanguageModel {
    let timeline: Timeline
    var name: String { "Test/Writer" }

    func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws {
        timeline.mark(.generationBegan)
        defer { timeline.mark(.generationStopped) }
        let words = ["This ", "is ", "the ", "first ", "whole ", "sentence. "]
        for word in words {
            if word == words.last { timeline.mark(.sentenceWritten) }
            try await emit(.text(word))
        }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        for await _ in stream {}
        continuation.finish()
        try Task.checkCancellation()
    }
}

/// A voice that makes a minute of audio as fast as it is let.
struct EagerVoice: SpeechSynthesizer {
    let timeline: Timeline
    var name: String { "Test/Voice" }

    func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        timeline.mark(.synthesisBegan)
        defer { timeline.mark(.synthesisStopped) }
        let chunk = AudioChunk(samples: Array(repeating: 1, count: 1600), sampleRate: 16000)
        timeline.mark(.audioMade)
        for _ in 0..<600 {
            try await emit(.audio(chunk))
            timeline.made()
        }
    }
}

struct DeafRecognizer: SpeechRecognizer {
    var name: String { "Test/Ears" }

    func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        for await _ in utterance {}
        try await emit(Transcript(text: "", isFinal: true))
    }
}

extension Engines {
    /// Engines that keep `timeline`.
    static func live(_ timeline: Timeline, voiceActivity: SileroModel) -> Engines {
        let clock = ChainClock.continuous
        let breaker = CircuitBreaker(clock: clock)
        let ears = RecognitionChain(
            [ChainLink(DeafRecognizer(), breaker: breaker)], finalTranscript: nil, policy: .once, clock: clock)
        let voice = SynthesisChain(
            [ChainLink(EagerVoice(timeline: timeline), breaker: breaker)],
            deadlines: PieceDeadlines(first: .seconds(9)), clock: clock)
        let writer = GenerationChain(
            [ChainLink(EndlessWriter(timeline: timeline), breaker: breaker)],
            deadlines: PieceDeadlines(first: .seconds(9)), clock: clock)
        return Engines(
            voiceActivity: voiceActivity, recognizer: ears, synthesizer: { _ in voice }, languageModel: { _ in writer })
    }
}
