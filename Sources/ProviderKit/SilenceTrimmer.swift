/// Takes the silence off both ends of a stream of speech, so that the first chunk is audible at once and sentences follow
/// each other in the rhythm of speech. Silence inside is kept. Chunking never changes the result.
public struct SilenceTrimmer: Sendable {
    /// Loudest sample that still counts as silence, about -46 dBFS.
    public static let silencePeak: Int16 = 160

    private let lead: Int
    private let tail: Int
    /// Silent samples that may still turn out to be at an end.
    private var held: [Int16] = []
    private var hasSpoken = false
    /// How many samples were taken off in front of the speech.
    public private(set) var cut = 0

    /// A trimmer for samples at `sampleRate` hertz that keeps at most 50 ms in front and 150 ms behind.
    public init(sampleRate: Int) {
        lead = sampleRate / 20
        tail = sampleRate * 3 / 20
    }

    /// Takes the next samples; returns those that certainly belong to the speech.
    public mutating func add(_ samples: [Int16]) -> [Int16] {
        let loud = { (sample: Int16) in sample.magnitude > Self.silencePeak.magnitude }
        guard let last = samples.lastIndex(where: loud) else {
            held += samples
            if !hasSpoken {
                cut += max(0, held.count - lead)
                held = held.suffix(lead)
            }
            return []
        }
        var spoken = held
        if hasSpoken {
            spoken += samples[...last]
        } else {
            let first = samples.firstIndex(where: loud) ?? 0
            let silence = spoken + samples[..<first]
            cut += max(0, silence.count - lead)
            spoken = silence.suffix(lead) + samples[first...last]
            hasSpoken = true
        }
        held = Array(samples[(last + 1)...])
        return spoken
    }

    /// Ends the stream and returns the silence that stays behind it; makes ready for the next stream.
    public mutating func finish() -> [Int16] {
        defer {
            held = []
            hasSpoken = false
            cut = 0
        }
        return hasSpoken ? Array(held.prefix(tail)) : []
    }
}
