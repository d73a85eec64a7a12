import AudioCore

/// The part of one text that was spoken, over all attempts. Decides which part of each piece is passed on, and where the
/// next attempt begins.
struct SpeechProgress: Equatable, Sendable {
    private let text: SpokenText
    private let sampleRate: Int
    /// Where the current attempt begins: an offset in characters, and in samples.
    private var start = 0
    private var startSample = 0
    /// Samples that have been given out.
    private var samples = 0
    /// The times of the current attempt's words, in offsets of the whole text and from the attempt's beginning.
    private var timings: [WordTiming] = []
    /// How many of them have been given out.
    private var told = 0

    init(_ request: SynthesisRequest) {
        text = SpokenText(request.text)
        sampleRate = request.sampleRate
    }

    /// Whether there is something to say.
    private var hasWords: Bool { text.words.contains { $0.range.lowerBound >= start } }
    private var heldByAttempt: Duration { .samples(samples - startSample, at: sampleRate) }

    /// What is to be said now.
    var rest: String { text.text(from: start) }
    /// How long that takes, against a Latin letter.
    var restWeight: Double { text.weight(from: start) }
    /// Whether the audio that was passed on has all words.
    private(set) var isDone = false

    /// Takes an engine's next piece; returns what goes to the consumer.
    mutating func take(_ piece: SynthesisPiece, provider: String) throws(ProviderError) -> [SynthesisPiece] {
        switch piece {
        case .audio(let chunk):
            guard chunk.sampleRate == sampleRate else {
                throw ProviderError(.protocolViolation, provider: provider, message: "spoke at another rate")
            }
            if chunk.samples.isEmpty { return [] }
            samples += chunk.samples.count
            return [piece] + tellWords(until: heldByAttempt)
        case .words(let words):
            for word in words {
                // The times decide what is said again, so impossible times are ignored.
                let range = start + word.range.lowerBound..<start + word.range.upperBound
                guard range.upperBound <= text.characters.count, word.start >= .zero, word.end >= word.start,
                    range.lowerBound >= timings.last?.range.upperBound ?? start,
                    word.start >= timings.last?.start ?? .zero
                else { continue }
                timings.append(WordTiming(range: range, start: word.start, end: word.end))
            }
            return tellWords(until: heldByAttempt)
        }
    }

    /// The engine `provider` has ended without an error; returns what it said of words at the end of the audio.
    /// - Throws: when it has said nothing.
    mutating func finish(provider: String) throws(ProviderError) -> [SynthesisPiece] {
        guard samples > startSample || !hasWords else {
            throw ProviderError(.protocolViolation, provider: provider, message: "ended without audio")
        }
        isDone = true
        return tellWords(until: nil)
    }

    /// The attempt has failed: the next one begins at the first word that is not fully held. `pace` as for
    /// `SpokenText.firstUnheld`.
    mutating func fail(pace: Double) {
        let held = heldByAttempt
        let next = text.firstUnheld(from: start, timings: timings, held: held, pace: pace)
        isDone = next == nil && samples > 0
        start = next ?? start
        startSample = samples
        (timings, told) = ([], 0)
    }

    /// Words are passed on after their audio. If an engine announced a word but did not speak it, the next engine speaks it.
    private mutating func tellWords(until held: Duration?) -> [SynthesisPiece] {
        let new = timings[told...].prefix { word in held.map { word.end <= $0 } ?? true }
        guard !new.isEmpty else { return [] }
        told += new.count
        let offset = Duration.samples(startSample, at: sampleRate)
        return [
            .words(new.map { WordTiming(range: $0.range, start: offset + $0.start, end: offset + $0.end) })
        ]
    }
}
