import AudioCore
import Session

/// How audio is written on the socket of a raw PCM client: one encoding, and a rate for each direction.
public struct PCMLine: Equatable, Sendable {
    /// How a sample is written.
    public enum Encoding: String, CaseIterable, Sendable {
        /// Signed 16-bit samples, little-endian.
        case pcm16
        /// G.711 µ-law, one byte a sample.
        case muLaw = "mulaw"
        /// G.711 A-law, one byte a sample.
        case aLaw = "alaw"

        /// The bytes of samples.
        func encode(_ samples: [Int16]) -> [UInt8] {
            switch self {
            case .pcm16: PCM16.bytes(littleEndian: samples)
            case .muLaw: G711.muLaw.encode(samples)
            case .aLaw: G711.aLaw.encode(samples)
            }
        }

        /// The samples of bytes; of PCM16 a last odd byte is left out.
        func decode(_ bytes: [UInt8]) -> [Int16] {
            switch self {
            case .pcm16: PCM16.samples(littleEndian: bytes)
            case .muLaw: G711.muLaw.decode(bytes)
            case .aLaw: G711.aLaw.decode(bytes)
            }
        }
    }

    /// The rates that a client may ask for, in hertz.
    public static let rates = [8000, 16000, 24000, 48000]
    /// How long a binary message from us lasts.
    public static let frame: Duration = .milliseconds(20)

    /// How samples are written, in both directions.
    public let encoding: Encoding
    /// The rate of the caller's audio, in hertz.
    public let inputRate: Int
    /// The rate of ours, in hertz.
    public let outputRate: Int

    /// PCM16 at 16,000 Hz in both directions.
    public static let usual = PCMLine(encoding: .pcm16, inputRate: 16000, outputRate: 16000)

    private init(encoding: Encoding, inputRate: Int, outputRate: Int) {
        (self.encoding, self.inputRate, self.outputRate) = (encoding, inputRate, outputRate)
    }

    /// What the query of the address asks for: `encoding`, and `rate`, or `input_rate` and `output_rate`. Without them it
    /// is PCM16 at 16,000 Hz, and G.711 at 8,000 Hz. Other names are somebody else's.
    /// - Throws: `invalid_encoding` or `invalid_rate`.
    public init(query: [String: String]) throws(BadInput) {
        let name = query["encoding"] ?? Encoding.pcm16.rawValue
        guard let encoding = Encoding(rawValue: name) else {
            let known = Encoding.allCases.map(\.rawValue).joined(separator: ", ")
            throw BadInput(code: "invalid_encoding", message: "'encoding' must be one of \(known)")
        }
        let usual = try Self.rate("rate", in: query) ?? (encoding == .pcm16 ? 16000 : 8000)
        self.init(
            encoding: encoding, inputRate: try Self.rate("input_rate", in: query) ?? usual,
            outputRate: try Self.rate("output_rate", in: query) ?? usual)
    }

    private static func rate(_ name: String, in query: [String: String]) throws(BadInput) -> Int? {
        guard let value = query[name] else { return nil }
        guard let rate = Int(value), rates.contains(rate) else {
            let known = rates.map(String.init).joined(separator: ", ")
            throw BadInput(code: "invalid_rate", message: "'\(name)' must be one of \(known)")
        }
        return rate
    }
}
