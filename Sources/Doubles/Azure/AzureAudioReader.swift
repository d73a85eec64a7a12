import AudioCore

/// Reads a turn's audio: the beginning of a WAV, then PCM16 mono; becomes 16 kHz.
struct AzureAudioReader: ~Copyable {
    private static let rate = 16_000
    private static let headerLength = 44

    private var header: [UInt8] = []
    private var odd: UInt8?
    private var resampler: Resampler?

    /// The samples that the next bytes complete; nil when the audio is of no kind that the stand-in takes.
    mutating func add(_ bytes: [UInt8]) -> [Int16]? {
        var bytes = bytes
        if resampler == nil {
            header += bytes
            guard header.count >= Self.headerLength else { return [] }
            guard header.starts(with: Array("RIFF".utf8)), header[8..<12].elementsEqual("WAVE".utf8),
                number(20, 2) == 1, number(22, 2) == 1, number(34, 2) == 16,
                let made = Resampler(from: number(24, 4), to: Self.rate)
            else { return nil }
            resampler = consume made
            bytes = Array(header[Self.headerLength...])
            header = []
        }
        let all = odd.map { [$0] + bytes } ?? bytes
        odd = all.count.isMultiple(of: 2) ? nil : all.last
        return resampler?.process(PCM16.samples(littleEndian: all))
    }

    private func number(_ start: Int, _ count: Int) -> Int {
        header[start..<start + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Hears where speech begins and ends in a turn's audio.
struct AzureEar: ~Copyable {
    /// The audio is of no kind that the stand-in takes.
    struct Unreadable: Error {}

    private let audio: AsyncStream<[UInt8]>
    private var reader = AzureAudioReader()
    private var detector: AzureSpeechDetector
    private var events: [AzureSpeechDetector.Event] = []

    init(_ audio: AsyncStream<[UInt8]>, pauseMs: Int) {
        self.audio = audio
        detector = AzureSpeechDetector(pauseMs: pauseMs)
    }

    /// Where the last loud sample was.
    var lastLoud: Int { detector.lastLoud }

    /// Samples that came so far.
    private(set) var heard = 0

    /// What the audio shows next; nil when it has ended.
    mutating func next() async throws -> AzureSpeechDetector.Event? {
        while events.isEmpty {
            guard let bytes = await audio.first(where: { _ in true }) else {
                try Task.checkCancellation()
                return nil
            }
            guard let samples = reader.add(bytes) else { throw Unreadable() }
            heard += samples.count
            events = detector.add(samples)
        }
        return events.removeFirst()
    }
}
