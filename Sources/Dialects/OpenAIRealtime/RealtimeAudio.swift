import AudioCore
import FoundationEssentials
import JSONText
import Session

/// How audio is written in one direction.
enum RealtimeFormat: Equatable, Sendable {
    /// Signed 16-bit samples at 24,000 Hz, little-endian.
    case pcm
    /// G.711 µ-law at 8,000 Hz.
    case muLaw
    /// G.711 A-law at 8,000 Hz.
    case aLaw

    /// In hertz.
    var rate: Int { self == .pcm ? 24_000 : 8000 }

    /// Its name in the beta.
    var betaName: String {
        switch self {
        case .pcm: "pcm16"
        case .muLaw: "g711_ulaw"
        case .aLaw: "g711_alaw"
        }
    }

    /// As a field of a session.
    var json: JSON {
        switch self {
        case .pcm: .object([("type", .string("audio/pcm")), ("rate", .int(rate))])
        case .muLaw: .object([("type", .string("audio/pcmu"))])
        case .aLaw: .object([("type", .string("audio/pcma"))])
        }
    }

    /// Reads a field of a session; nil when there is none.
    init?(_ name: String, of fields: RealtimeFields) throws(BadInput) {
        guard let format = try fields.object(name) else { return nil }
        switch try format.choice("type", of: ["audio/pcm", "audio/pcmu", "audio/pcma"]) {
        case "audio/pcmu": self = .muLaw
        case "audio/pcma": self = .aLaw
        default: self = .pcm
        }
        try format.check(only: ["type", "rate"])
        if let rate = try format.int("rate", in: 1...192_000), rate != self.rate {
            throw format.wrong("rate", "must be \(self.rate)")
        }
    }

    /// Reads a field of the beta; nil when there is none.
    init?(beta name: String, of fields: RealtimeFields) throws(BadInput) {
        switch try fields.choice(name, of: ["pcm16", "g711_ulaw", "g711_alaw"]) {
        case "pcm16": self = .pcm
        case "g711_ulaw": self = .muLaw
        case "g711_alaw": self = .aLaw
        default: return nil
        }
    }

    /// The samples of a text in base64.
    func samples(base64 text: UnsafeBufferPointer<UInt8>) throws(BadInput) -> [Int16] {
        do throws(PCM16.Base64Failure) {
            if self == .pcm { return try PCM16.samples(base64: text) }
            guard let data = Data(base64Encoded: Data(text)) else { throw .notBase64 }
            return (self == .muLaw ? G711.muLaw : G711.aLaw).decode(Array(data))
        } catch {
            throw switch error {
            case .notBase64: BadInput.field("audio", "is not base64", code: "bad_base64")
            case .halfSample:
                BadInput.field("audio", "has an odd number of bytes; PCM16 has two a sample", code: "odd_length")
            }
        }
    }

    /// Samples as a text in base64.
    func base64(_ samples: [Int16]) -> String {
        let bytes =
            switch self {
            case .pcm: PCM16.bytes(littleEndian: samples)
            case .muLaw: G711.muLaw.encode(samples)
            case .aLaw: G711.aLaw.encode(samples)
            }
        return Data(bytes).base64EncodedString()
    }
}

/// The caller's audio on its way to the rate of the conversation. In turns that the client ends it is kept until then.
struct RealtimeMicrophone: Sendable {
    /// A turn that the client ends has at most that much audio.
    static let longestTurn: Duration = .seconds(110)

    private(set) var format = RealtimeFormat.pcm
    private var converter = RateConverter(from: RealtimeFormat.pcm.rate, to: AudioPosition.sampleRate)
    /// What waits for the end of the turn.
    private(set) var kept: [Int16] = []
    /// Turns that wait for the end of an answer.
    private var committed: [[Int16]] = []

    /// Takes another format, from the next sample on.
    mutating func change(to format: RealtimeFormat) {
        guard format != self.format else { return }
        self.format = format
        converter = RateConverter(from: format.rate, to: AudioPosition.sampleRate)
    }

    /// Samples at the rate of the conversation.
    mutating func convert(_ samples: [Int16]) -> [Int16] { converter?.process(samples) ?? [] }

    /// Keeps samples until the end of the turn.
    /// - Returns: false when there is no room for all of them; the surplus is dropped.
    mutating func keep(_ samples: [Int16]) -> Bool {
        let waiting = committed.reduce(kept.count) { $0 + $1.count }
        let room = Self.longestTurn.samples(at: AudioPosition.sampleRate) - waiting
        kept += samples.prefix(max(room, 0))
        return samples.count <= room
    }

    /// A turn is over.
    mutating func commit(_ samples: [Int16]) { committed.append(samples) }

    /// Takes the turns that are over.
    mutating func takeCommitted() -> [[Int16]] {
        defer { committed = [] }
        return committed
    }

    /// Takes what was kept.
    mutating func take() -> [Int16] {
        kept += converter?.finish() ?? []
        defer { kept = [] }
        return kept
    }
}

/// The agents' audio on its way to the client's format.
struct RealtimeLoudspeaker: Sendable {
    private var format = RealtimeFormat.pcm
    private var sourceRate = 0
    private var converter: RateConverter?

    /// Samples of an agent, in the client's format.
    mutating func take(_ chunk: AudioChunk, as format: RealtimeFormat) -> [Int16] {
        var rest: [Int16] = []
        if chunk.sampleRate != sourceRate || format != self.format {
            // What is owed in another format is a few samples of what was said before.
            if format == self.format { rest = converter?.finish() ?? [] }
            converter = RateConverter(from: chunk.sampleRate, to: format.rate)
            (sourceRate, self.format) = (chunk.sampleRate, format)
        }
        return rest + (converter?.process(chunk.samples) ?? [])
    }

    /// What is still owed.
    mutating func finish() -> [Int16] { converter?.finish() ?? [] }
}
