import AudioCore

/// Finds out, by loudness, where a caller begins to speak and where he stops. A value: the cuts of the audio change
/// nothing. What the service does with a model, the stand-in does well enough for clean audio.
struct AzureSpeechDetector {
    /// What the audio showed, in order.
    enum Event: Equatable {
        /// Speech began at this sample.
        case began(Int)
        /// Samples that belong to the speech, with a little before it.
        case speech([Int16])
        /// Speech ended at this sample; the pause after it is long enough to end a phrase.
        case ended(Int)
    }

    private static let window = 320
    /// dBFS. Digital silence and line noise are below, speech is above.
    private static let threshold = -45.0
    /// Windows of speech before it counts: clicks are shorter.
    private static let onset = 2
    /// Windows of audio kept from before the speech: 0.3 s.
    private static let lead = 15

    /// Windows of silence that end a phrase.
    private let pause: Int
    private var pending: [Int16] = []
    /// Windows before the speech, the newest last.
    private var held: [[Int16]] = []
    private var position = 0
    private var loud = 0
    private var quiet = 0
    private(set) var isSpeaking = false
    /// Where the last window with speech ended.
    private(set) var lastLoud = 0

    /// A detector that ends phrases after so many milliseconds of silence.
    init(pauseMs: Int) { pause = max(5, pauseMs / 20) }

    /// Takes the next samples, PCM16 at 16 kHz.
    mutating func add(_ samples: [Int16]) -> [Event] {
        pending += samples
        var events: [Event] = []
        var start = 0
        while pending.count - start >= Self.window {
            events += take(Array(pending[start..<start + Self.window]))
            start += Self.window
        }
        pending.removeFirst(start)
        return events
    }

    private mutating func take(_ window: [Int16]) -> [Event] {
        position += window.count
        let isLoud = PCM16.level(window) > Self.threshold
        loud = isLoud ? loud + 1 : 0
        quiet = isLoud ? 0 : quiet + 1
        if isLoud { lastLoud = position }
        if isSpeaking {
            if quiet < pause { return [.speech(window)] }
            isSpeaking = false
            held = []
            return [.speech(window), .ended(lastLoud)]
        }
        held.append(window)
        if held.count > Self.lead { held.removeFirst() }
        guard loud >= Self.onset else { return [] }
        isSpeaking = true
        defer { held = [] }
        return [.began(position - loud * Self.window), .speech(held.flatMap { $0 })]
    }
}
