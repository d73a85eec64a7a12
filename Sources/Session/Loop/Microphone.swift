import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking
import VoiceActivity

/// The caller's audio on its way to the conversation: bounded against the clock, judged by the network, kept for a while, and
/// passed to whoever recognizes the utterance that is being spoken.
struct Microphone {
    /// Audio that comes too fast is complained of this often.
    static let complaintPause: Duration = .seconds(1)
    /// No more of the caller's audio is kept than that.
    static let longestMemory: Duration = .seconds(30)

    private let model: SileroModel
    private var track = SpeechProbabilityTrack()
    private var ring: SampleRing
    private var budget = AudioBudget()
    private var nextComplaint: Duration = .zero
    private var utterance: (id: UtteranceID, from: AudioPosition, input: AsyncStream<UtteranceInput>.Continuation)?
    /// The audio with which the utterance began.
    private(set) var begun: [Int16] = []
    /// The audio that was taken last, until it is passed on.
    private var fresh: [Int16] = []

    /// - Parameters:
    ///   - hasDeafSpells: whether speech may begin long before it is the caller's turn.
    ///   - judged: the longest audio that is judged at a pause, in samples.
    init(_ audio: AudioConfiguration, hasDeafSpells: Bool = false, judged: Int = 0, model: SileroModel) {
        self.model = model
        let memory = (hasDeafSpells ? Self.longestMemory : Self.memory(for: audio)).samples(
            at: AudioPosition.sampleRate)
        let longest = Self.longestMemory.samples(at: AudioPosition.sampleRate)
        ring = SampleRing(capacity: max(memory, min(judged, longest)))
    }

    /// How much of the caller's audio is kept: back to where speech can have begun that interrupts now.
    private static func memory(for audio: AudioConfiguration) -> Duration {
        let slack: Duration = .seconds(1)
        guard let vad = audio.vad else { return audio.endpointing.prefixPadding + slack }
        let window: Duration = .milliseconds(vad.frameMilliseconds * vad.windowSize)
        return min(audio.endpointing.prefixPadding + window + vad.lockout + slack, longestMemory)
    }

    /// Takes audio in; what is not live comes as fast as it likes. It is passed on with `passOn`, after what is decided on it.
    /// - Returns: what the conversation is told; nil when nothing.
    mutating func take(_ samples: [Int16], isLive: Bool = true, now: Duration) -> Input? {
        if samples.isEmpty { return nil }
        guard !isLive || budget.accept(.samples(samples.count, at: AudioPosition.sampleRate), now: now) else {
            if now < nextComplaint { return nil }
            nextComplaint = now + Self.complaintPause
            return .client(
                .malformed(
                    BadInput(
                        code: "audio_too_fast",
                        message: "audio is more than 30 s ahead of real time; the surplus was dropped")))
        }
        ring.append(samples)
        fresh = samples
        let windows = track.append(samples, model: model)
        return .audio(HeardAudio(end: track.position, probabilities: windows.map(\.probability)))
    }

    /// Passes the audio that was taken last on to whoever recognizes the utterance.
    /// - Returns: that audio; empty when it has been passed on before.
    mutating func passOn() -> [Int16] {
        defer { fresh = [] }
        if !fresh.isEmpty { utterance?.input.yield(.audio(fresh)) }
        return fresh
    }

    /// Begins an utterance at that position, as far back as audio is kept.
    mutating func beginUtterance(_ id: UtteranceID, from position: AudioPosition) -> AsyncStream<UtteranceInput> {
        utterance?.input.finish()
        // Bounded by the conversation, which ends an utterance after two minutes.
        let (stream, continuation) = AsyncStream.makeStream(of: UtteranceInput.self)
        begun = ring.samples(from: position)
        fresh = []
        continuation.yield(.audio(begun))
        utterance = (id, position, continuation)
        return stream
    }

    /// Tells whoever recognizes the utterance of that name that the caller pauses or goes on.
    func tell(_ input: UtteranceInput, to id: UtteranceID) {
        if let utterance, utterance.id == id { utterance.input.yield(input) }
    }

    /// The audio of the utterance of that name so far, at most its last `longest` samples; nil when it is over.
    func audio(of id: UtteranceID, longest: Int) -> [Int16]? {
        guard let utterance, utterance.id == id else { return nil }
        return ring.samples(from: max(utterance.from, track.position.advanced(bySamples: -longest)))
    }

    /// Ends the utterance of that name, or any.
    /// - Returns: whether it was being spoken.
    @discardableResult
    mutating func endUtterance(_ id: UtteranceID? = nil) -> Bool {
        guard let utterance, id == nil || utterance.id == id else { return false }
        utterance.input.finish()
        self.utterance = nil
        begun = []
        return true
    }
}
