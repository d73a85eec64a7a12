import AudioCore
import ProviderKit
import Synchronization
import TestSupport

/// How a scripted engine ends, after some of its pieces.
enum Fate: Equatable, Sendable {
    case well
    /// Throws after so many pieces.
    case fails(after: Int, ProviderError.Code, retryAfter: Duration?)
    /// Gives nothing more after so many pieces, until it is cancelled.
    case stalls(after: Int)
    /// Ends without an error and without a piece.
    case silent

    static func random(pieces: Int, using seeded: inout Seeded) -> Fate {
        let after = Int.random(in: 0...pieces, using: &seeded)
        let codes: [ProviderError.Code] = [
            .unavailable, .rejected, .rateLimited, .timedOut, .protocolViolation, .unsupported,
        ]
        switch Int.random(in: 0..<6, using: &seeded) {
        case 0, 1: return .well
        case 2: return .stalls(after: after)
        case 3: return .silent
        default:
            let code = codes.randomElement(using: &seeded) ?? .unavailable
            let wish: Duration? =
                Bool.random(using: &seeded) ? .milliseconds(.random(in: 0...4000, using: &seeded)) : nil
            return .fails(after: after, code, retryAfter: code == .rateLimited ? wish : nil)
        }
    }
}

/// What happens at engines, for all of one test.
final class Stage: Sendable {
    struct State {
        var running = 0
        var calls: [String] = []
    }

    let clock: ManualClock
    private let state = Mutex(State())

    init(clock: ManualClock) { self.clock = clock }

    /// How many engines work now.
    var running: Int { state.withLock { $0.running } }
    /// The names of the engines that were asked, in order.
    var calls: [String] { state.withLock { $0.calls } }

    /// Gives out `pieces` with pauses, as `fate` allows.
    func play<Piece>(
        _ name: String, _ pieces: [Piece], _ fate: Fate, pause: Duration, emit: (Piece) async throws -> Void
    ) async throws {
        state.withLock { state in
            state.running += 1
            state.calls.append(name)
        }
        defer { state.withLock { $0.running -= 1 } }
        if fate == .silent { return }
        for index in 0...pieces.count {
            switch fate {
            case .fails(index, let code, let retryAfter):
                throw ProviderError(code, provider: name, message: "as scripted", retryAfter: retryAfter)
            case .stalls(index): try await clock.sleep(for: .seconds(1_000_000))
            default: break
            }
            if pause > .zero { try await clock.sleep(for: pause) }
            if index < pieces.count { try await emit(pieces[index]) }
        }
    }
}

/// The fates of an engine's calls in turn; the last one stays.
final class Fates: Sendable {
    private let rest: Mutex<[Fate]>
    init(_ fates: [Fate]) { rest = Mutex(fates) }
    func next() -> Fate { rest.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .well } }
}

/// Writes `answer`; asked to go on, it goes on, or begins anew, or begins with words that are there already.
struct ScriptedModel: LanguageModel {
    enum Manner: CaseIterable { case goesOn, beginsAnew, repeatsWords }

    let name: String
    let stage: Stage
    let fates: Fates
    var answer: [String]
    var manner = Manner.goesOn
    var calls: [ToolCall] = []
    var pause = Duration.zero
    /// How many letters a piece has.
    var width = 3

    func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        let said = request.messages.last { $0.role == .assistant }?.content ?? ""
        let count = said.split(separator: " ").count
        var words = answer
        switch manner {
        case .beginsAnew: break
        case .goesOn: words.removeFirst(min(count, words.count))
        case .repeatsWords: words.removeFirst(min(max(0, count - 3), words.count))
        }
        var text = words.joined(separator: " ")[...]
        var pieces: [GenerationPiece] = []
        while !text.isEmpty {
            pieces.append(.text(String(text.prefix(width))))
            text = text.dropFirst(width)
        }
        pieces += calls.map { .toolCall($0) } + [.usage(TokenUsage(input: 10, output: pieces.count))]
        try await stage.play(name, pieces, fates.next(), pause: pause, emit: emit)
    }
}

/// Speaks each character as a run of samples whose values tell which character it was: so a test can read what was said.
struct ScriptedSynthesizer: SpeechSynthesizer {
    let name: String
    let stage: Stage
    let fates: Fates
    /// Distinguishes this engine's samples.
    var mark: Int16 = 0
    /// Samples for a letter.
    var letter = 40
    var givesTimes = false
    /// Whether times come long before their audio.
    var givesTimesFirst = false
    var pause = Duration.zero
    /// Samples in a chunk.
    var width = 333
    /// Where the text begins in the whole; by its last characters, which are the whole's last too.
    let whole: String

    func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let offset = whole.count - request.text.count
        var samples: [Int16] = []
        var words: [WordTiming] = []
        var first: (Int, Int)?
        for (index, character) in (request.text + " ").enumerated() {
            if character == " ", let (from, sample) = first {
                words.append(
                    WordTiming(
                        range: from..<index, start: .samples(sample, at: request.sampleRate),
                        end: .samples(samples.count, at: request.sampleRate)))
                first = nil
            } else if character != " ", first == nil {
                first = (index, samples.count)
            }
            guard index < request.text.count else { break }
            // Some letters are longer than others.
            let length = letter * (8 + (index * 7 + Int(mark)) % 5) / 10
            samples += Array(repeating: Int16(offset + index + 1), count: length)
        }
        var pieces: [SynthesisPiece] = []
        if givesTimes && givesTimesFirst && !words.isEmpty { pieces.append(.words(words)) }
        for start in stride(from: 0, to: samples.count, by: width) {
            let chunk = Array(samples[start..<min(samples.count, start + width)])
            pieces.append(.audio(AudioChunk(samples: chunk, sampleRate: request.sampleRate)))
            guard givesTimes && !givesTimesFirst else { continue }
            let over = words.prefix { $0.end <= .samples(start + chunk.count, at: request.sampleRate) }
            if !over.isEmpty { pieces.append(.words(Array(over))) }
            words.removeFirst(over.count)
        }
        try await stage.play(name, pieces, fates.next(), pause: pause, emit: emit)
    }
}

/// Says how much audio it heard: one word a chunk, told by the chunk's first sample.
struct ScriptedRecognizer: SpeechRecognizer {
    let name: String
    let stage: Stage
    let fates: Fates
    /// From the end of the audio to the final transcript.
    var thinks = Duration.zero

    func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let fate = fates.next()
        try await stage.play(name, [0], .well, pause: .zero) { _ in
            if fate == .silent { return }
            var words: [String] = []
            for await case .audio(let chunk) in utterance {
                if case .fails(words.count, let code, let retryAfter) = fate {
                    throw ProviderError(code, provider: name, message: "as scripted", retryAfter: retryAfter)
                }
                if case .stalls(words.count) = fate { try await stage.clock.sleep(for: .seconds(1_000_000)) }
                words.append("w\(chunk[0])")
                try await emit(Transcript(text: words.joined(separator: " "), isFinal: false))
            }
            try Task.checkCancellation()
            switch fate {
            case .fails(_, let code, let retryAfter):
                throw ProviderError(code, provider: name, message: "as scripted", retryAfter: retryAfter)
            case .stalls: try await stage.clock.sleep(for: .seconds(1_000_000))
            default: break
            }
            if thinks > .zero { try await stage.clock.sleep(for: thinks) }
            try await emit(Transcript(text: words.joined(separator: " "), isFinal: true))
        }
    }
}
