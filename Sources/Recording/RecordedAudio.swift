/// A WAV file that is written while a conversation goes on; see ``WAVWriter`` for what a killed process leaves.
///
/// Handing in samples never waits for the disk.
public final class RecordedAudio: Sendable {
    /// Samples that may wait: 32 s at 16 kHz. The recording ends where more would.
    public static let limit = 1 << 19

    private let queue: WriteQueue<AudioSink>

    /// Makes the file, readable for the server's own user only.
    /// - Parameters:
    ///   - path: where; there must be no file of that name.
    ///   - sampleRate: samples per second, in hertz.
    ///   - thread: who writes it.
    ///   - limit: samples that may wait.
    public init(
        path: String, sampleRate: Int, thread: RecordingThread, limit: Int = limit
    ) throws(RecordingError) {
        let sink = AudioSink(writer: try WAVWriter(path: path, sampleRate: sampleRate))
        queue = WriteQueue(sink, thread: thread, limit: limit)
    }

    /// Closes the file when all that was taken is written; nobody waits for it.
    deinit { queue.close() }

    /// How far it is. What ``WAVWriter`` still holds in its buffer does not count as waiting.
    public var status: RecordingStatus { queue.status }

    /// Hands in samples.
    /// - Parameter position: how many samples come before them; silence fills what is missing. Where more came before, and
    ///   where it is nil, they follow at once.
    /// - Returns: whether they were taken; if not, the recording has ended, and ``status`` says why.
    @discardableResult
    public func append(_ samples: [Int16], at position: Int? = nil) -> Bool {
        queue.append([AudioSink.Stretch(position: position, samples: samples)])
    }

    /// Ends the recording; returns when the disk has all that was taken. More than one may wait for it.
    @discardableResult
    public func finish() async -> RecordingStatus { await queue.finish() }
}

private struct AudioSink: RecordingSink, ~Copyable {
    struct Stretch: Sendable {
        var position: Int?
        var samples: [Int16]
    }

    var writer: WAVWriter
    /// How many samples the writer was given.
    var end = 0

    static func size(of elements: [Stretch]) -> Int { elements.reduce(0) { $0 + $1.samples.count } }

    mutating func write(_ elements: [Stretch]) throws(RecordingError) {
        for stretch in elements {
            while let position = stretch.position, end < position {
                try append(Array(repeating: 0, count: min(position - end, WAVWriter.bufferLength)))
            }
            try append(stretch.samples)
        }
    }

    private mutating func append(_ samples: [Int16]) throws(RecordingError) {
        try writer.append(samples)
        end += samples.count
    }

    mutating func finish(_ failure: RecordingError?) throws(RecordingError) { try writer.finish() }
}
