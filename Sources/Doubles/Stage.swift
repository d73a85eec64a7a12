import AudioCore
import ProviderKit
import Synchronization

/// What stand-ins have in common: the script, the engines that speak, hear and write where the script gives no text, and
/// the journal.
public final class Stage: Sendable {
    /// What was spoken.
    public struct Speech: Sendable, Equatable {
        /// PCM16 mono at the rate that was asked for.
        public var samples: [Int16]
        /// When each word is spoken. Estimated by the words' lengths where the engine does not say.
        public var words: [WordTiming]
    }

    /// The engines.
    public struct Engines: Sendable {
        /// Speaks.
        public var synthesizer: any SpeechSynthesizer
        /// Hears.
        public var recognizer: any SpeechRecognizer
        /// Writes.
        public var languageModel: any LanguageModel

        /// These three.
        public init(
            synthesizer: any SpeechSynthesizer, recognizer: any SpeechRecognizer, languageModel: any LanguageModel
        ) {
            self.synthesizer = synthesizer
            self.recognizer = recognizer
            self.languageModel = languageModel
        }
    }

    /// What happened.
    public let journal: Journal
    private let engines: Engines
    private let director: Mutex<Director>
    private let spoken: Mutex<SpeechCache>
    /// What runs beside the answers; one for each of them at most.
    private let watches: AsyncStream<@Sendable () async -> Void>.Continuation
    private let watching: AsyncStream<@Sendable () async -> Void>

    /// A stage where `script` is played.
    public init(script: DoublesScript = DoublesScript(), engines: Engines, journal: Journal = Journal()) {
        self.engines = engines
        self.journal = journal
        director = Mutex(Director(script))
        spoken = Mutex(SpeechCache(limit: 48_000 * 600))
        (watching, watches) = AsyncStream.makeStream()
    }

    /// From the next request on plays `script`, from its beginning.
    public func play(_ script: DoublesScript) { director.withLock { $0 = Director(script) } }

    /// What to do with the request of `wire` that comes in now.
    public func cue(for wire: Wire) -> Cue {
        director.withLock { $0.cue(for: wire, start: .now) }
    }

    /// The refusal of a socket of `wire` that is being opened now, if the script wants one. Only then does the opening
    /// count as a request; the requests on an open socket have cues of their own.
    public func refusal(of wire: Wire) -> Cue.Refusal? {
        director.withLock { director in
            var next = director
            guard let refusal = next.cue(for: wire, start: .now).refusal else { return nil }
            director = next
            return refusal
        }
    }

    /// Whether a stand-in takes this key: every one but none and `wrong-key`.
    public static func accepts(key: String?) -> Bool {
        guard let key, !key.isEmpty else { return false }
        return key != "wrong-key"
    }

    /// Has the server run `work` beside the answers; it ends at the latest with the connection that it is about.
    func watch(_ work: @escaping @Sendable () async -> Void) { watches.yield(work) }

    /// Runs what is to be watched, until the task is cancelled. The server calls it, once.
    func runWatches() async {
        await withDiscardingTaskGroup { group in
            for await work in watching { group.addTask { await work() } }
        }
    }

    // MARK: Engines

    /// `text` spoken. Repeated texts come from memory.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func speech(_ text: String, voice: VoiceRequest, rate: Int) async throws -> Speech {
        let request = SynthesisRequest(text: text, voice: voice, sampleRate: rate)
        if let known = spoken.withLock({ $0[request] }) { return known }
        let pieces = Mutex<Speech>(Speech(samples: [], words: []))
        try await engines.synthesizer.synthesize(request) { piece in
            pieces.withLock { speech in
                switch piece {
                case .audio(let chunk): speech.samples += chunk.samples
                case .words(let words): speech.words += words
                }
            }
        }
        var speech = pieces.withLock { $0 }
        if speech.words.isEmpty {
            speech.words = estimatedWords(of: text, over: .samples(speech.samples.count, at: rate))
        }
        spoken.withLock { $0[request] = speech }
        return speech
    }

    /// What is said in `samples`, PCM16 mono at 16 kHz; nothing when it cannot be made out.
    public func hears(_ samples: [Int16], language: String = "en-US") async -> String {
        let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
        source.yield(samples)
        source.finish()
        let heard = Mutex("")
        try? await hears(audio, language: language) { transcript in heard.withLock { $0 = transcript.text } }
        return heard.withLock { $0 }
    }

    /// What is said in `audio`, while it comes in: interim transcripts and one that is final, as `SpeechRecognizer` says.
    /// - Throws: `ProviderError`, `CancellationError`, or what `emit` throws.
    public func hears(
        _ audio: AsyncStream<[Int16]>, language: String = "en-US",
        emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        try await engines.recognizer.recognize(audio, language: language, emit: emit)
    }

    /// The answer to a chat.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func answer(to messages: [ChatMessage]) async throws -> String {
        let text = Mutex("")
        try await engines.languageModel.generate(GenerationRequest(brief: readBrief(messages), messages: messages)) {
            piece in
            if case .text(let more) = piece { text.withLock { $0 += more } }
        }
        return text.withLock { $0 }
    }
}

/// What was spoken before, bounded by its samples; the oldest goes first.
struct SpeechCache: Sendable {
    private struct Key: Hashable {
        var text: String
        var voice: VoiceRequest
        var rate: Int
    }

    private let limit: Int
    private var known: [Key: Stage.Speech] = [:]
    private var order: [Key] = []
    private var size = 0

    /// A cache of at most `limit` samples.
    init(limit: Int) { self.limit = limit }

    subscript(request: SynthesisRequest) -> Stage.Speech? {
        get { known[key(request)] }
        set {
            let key = key(request)
            guard let newValue, known[key] == nil, newValue.samples.count <= limit else { return }
            known[key] = newValue
            order.append(key)
            size += newValue.samples.count
            while size > limit {
                size -= known.removeValue(forKey: order.removeFirst())?.samples.count ?? 0
            }
        }
    }

    private func key(_ request: SynthesisRequest) -> Key {
        Key(text: request.text, voice: request.voice, rate: request.sampleRate)
    }
}

/// Words of a text and when they are spoken, if every letter takes equally long and a space as long as one.
func estimatedWords(of text: String, over duration: Duration) -> [WordTiming] {
    var ranges: [Range<Int>] = []
    var begin: Int?
    for (offset, character) in text.enumerated() {
        if character.isWhitespace {
            if let start = begin { ranges.append(start..<offset) }
            begin = nil
        } else if begin == nil {
            begin = offset
        }
    }
    if let begin { ranges.append(begin..<text.count) }
    guard let first = ranges.first, let last = ranges.last else { return [] }
    let length = last.upperBound - first.lowerBound
    func time(_ offset: Int) -> Duration { duration * (offset - first.lowerBound) / length }
    return ranges.map { WordTiming(range: $0, start: time($0.lowerBound), end: time($0.upperBound)) }
}
