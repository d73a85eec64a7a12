/// A place in the stream of the caller's audio: how many samples at 16 kHz came before it.
///
/// A position is neither a length nor a time. Two positions have a ``Duration`` between them, and a duration moves a
/// position. Nothing converts a position to the time of a clock.
public struct AudioPosition: Hashable, Comparable, Sendable {
    /// Samples per second of the caller's stream.
    public static let sampleRate = 16_000
    /// The place before the first sample.
    public static let start = AudioPosition(samples: 0)

    /// How many samples came before this place: 0 or more.
    public private(set) var samples: Int

    /// The place after `samples` samples; a negative count gives ``start``.
    public init(samples: Int) { self.samples = max(0, samples) }

    /// Whether the left place comes first.
    public static func < (left: AudioPosition, right: AudioPosition) -> Bool { left.samples < right.samples }

    /// The length of the audio from `right` to `left`; negative when `left` comes first.
    public static func - (left: AudioPosition, right: AudioPosition) -> Duration {
        .samples(left.samples - right.samples, at: sampleRate)
    }

    /// The place that is `length` further on, in whole samples. Never before ``start``.
    public static func + (position: AudioPosition, length: Duration) -> AudioPosition {
        position.advanced(bySamples: length.samples(at: sampleRate))
    }

    /// The place that is `length` further back, in whole samples. Never before ``start``.
    public static func - (position: AudioPosition, length: Duration) -> AudioPosition {
        position.advanced(bySamples: -length.samples(at: sampleRate))
    }

    /// The place that is `count` samples further on. A negative count goes back, but never before ``start``.
    public func advanced(bySamples count: Int) -> AudioPosition { AudioPosition(samples: samples + count) }

    /// How many samples lie between `other` and this place; negative when this place comes first.
    public func samples(since other: AudioPosition) -> Int { samples - other.samples }
}

extension AudioPosition: CustomStringConvertible {
    /// The count of samples, with its unit.
    public var description: String { "sample \(samples)" }
}

extension AudioPosition: Codable {
    /// The greatest count of samples that is decoded: every number up to it is exact in JSON.
    private static let greatestDecoded = 1 << 53

    /// Reads one integer, the count of samples: 0…2⁵³.
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let samples = try container.decode(Int.self)
        guard (0...Self.greatestDecoded).contains(samples) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an audio position is 0…\(Self.greatestDecoded)")
        }
        self.init(samples: samples)
    }

    /// Writes one integer, the count of samples.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(samples)
    }
}
