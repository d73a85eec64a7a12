/// A run of mono PCM16 samples at a stated rate.
public struct AudioChunk: Equatable, Codable, Sendable {
    /// Signed 16-bit samples, native byte order, one channel.
    public var samples: [Int16]
    /// Samples per second, in hertz.
    public var sampleRate: Int

    /// Wraps `samples` recorded at `sampleRate` hertz.
    public init(samples: [Int16], sampleRate: Int) {
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// How long the chunk lasts when it is played.
    public var duration: Duration { .samples(samples.count, at: sampleRate) }
}

extension Duration {
    /// The time that `count` samples take at `rate` hertz.
    public static func samples(_ count: Int, at rate: Int) -> Duration {
        let (seconds, rest) = count.quotientAndRemainder(dividingBy: rate)
        return .seconds(seconds) + .nanoseconds(rest * 1_000_000_000 / rate)
    }

    /// How many whole samples fit into this time at `rate` hertz.
    public func samples(at rate: Int) -> Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * rate + Int(attoseconds / 1_000_000_000 * Int64(rate) / 1_000_000_000)
    }

    /// The time in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The time in milliseconds.
    public var milliseconds: Double { seconds * 1000 }
}
