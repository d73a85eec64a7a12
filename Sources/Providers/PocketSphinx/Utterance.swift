import ProviderKit

/// One utterance on its way through a decoder: listened to until its speaker's mean is settled, then decoded from its
/// beginning, slice by slice.
struct Utterance {
    /// Samples computed in one job, 100 ms: short, so that conversations take turns and cancelling is quick.
    private static let slice = 1600
    /// Speech frames (10 ms each) that settle the speaker's mean.
    private static let settledFrames = 120
    /// Samples after which decoding begins whatever was heard: 2.5 s.
    private static let longestListening = 40000
    /// Slices between two looks at the words: 200 ms.
    private static let slicesPerLook = 2

    private enum Phase {
        /// Nothing was heard. Exits: listening, finished.
        case fresh
        /// Cepstra are summed, nothing is decoded. Exit: decoding.
        case listening(CepstralSum)
        /// The mean is set. `slices` were decoded. Exit: finished.
        case decoding(slices: Int)
        /// The final words were given. No exit.
        case finished
    }

    private let decoder: Decoder
    private let workers: BlockingWorkers
    private var phase = Phase.fresh
    /// Samples that wait: for a whole slice, and while listening for their decoding.
    private var waiting: [Int16] = []
    /// How many of `waiting` were listened to.
    private var listened = 0

    init(decoder: Decoder, workers: BlockingWorkers) {
        self.decoder = decoder
        self.workers = workers
    }

    /// Takes the next samples; returns what the words were at each look, oldest first.
    mutating func add(_ chunk: [Int16]) async throws -> [String] {
        waiting += chunk
        if case .fresh = phase { try await prepare() }
        while case .listening(let sum) = phase, waiting.count - listened >= Self.slice {
            let slice = Array(waiting[listened..<listened + Self.slice])
            try await listen(slice, after: sum)
        }
        guard case .decoding = phase else { return [] }
        return try await decodeSlices()
    }

    /// Ends the utterance and returns its words.
    mutating func finish() async throws -> String {
        if case .fresh = phase { try await prepare() }
        if case .listening(let sum) = phase { try await begin(sum) }
        _ = try await decodeSlices()
        let rest = waiting
        waiting = []
        phase = .finished
        return try await workers.run { [decoder] _ in
            if !rest.isEmpty { try decoder.decode(rest) }
            return try decoder.finish()
        }
    }

    private mutating func prepare() async throws {
        try await workers.run { [decoder] _ in decoder.prepare() }
        phase = .listening(CepstralSum())
    }

    private mutating func listen(_ slice: [Int16], after sum: CepstralSum) async throws {
        let sum = try await workers.run { [decoder] _ in
            var sum = sum
            decoder.listen(slice, into: &sum)
            return sum
        }
        listened += slice.count
        phase = .listening(sum)
        if sum.frames >= Self.settledFrames || listened >= Self.longestListening { try await begin(sum) }
    }

    private mutating func begin(_ sum: CepstralSum) async throws {
        try await workers.run { [decoder] _ in try decoder.begin(after: sum) }
        phase = .decoding(slices: 0)
    }

    private mutating func decodeSlices() async throws -> [String] {
        var looks: [String] = []
        var start = 0
        while case .decoding(let slices) = phase, waiting.count - start >= Self.slice {
            let slice = Array(waiting[start..<start + Self.slice])
            let isLook = (slices + 1).isMultiple(of: Self.slicesPerLook)
            let words = try await workers.run { [decoder] _ -> String? in
                try decoder.decode(slice)
                return isLook ? decoder.words : nil
            }
            if let words { looks.append(words) }
            phase = .decoding(slices: slices + 1)
            start += slice.count
        }
        waiting.removeFirst(start)
        return looks
    }
}
