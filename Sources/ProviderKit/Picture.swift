/// A picture that the caller has shown.
///
/// Coded, it is its kind, its size and a digest: its bytes stand in no journal, no log and no metric.
public struct Picture: Codable, Equatable, Sendable {
    /// The kinds of pictures that are taken.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        case png, jpeg, webp, gif

        /// `image/png`
        public var mediaType: String { "image/\(rawValue)" }

        /// Whether `bytes` begin as a picture of this kind does.
        public func fits(_ bytes: [UInt8]) -> Bool {
            switch self {
            case .png: bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            case .jpeg: bytes.starts(with: [0xFF, 0xD8, 0xFF])
            case .gif: bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8)
            case .webp: bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
            }
        }
    }

    /// The largest picture that is taken, in bytes: in base64 it fits into one message of a client.
    public static let largest = 700 << 10

    /// What it is.
    public let kind: Kind
    /// In bytes.
    public let size: Int
    /// FNV-1a over 64 bits, in 16 hexadecimal digits: tells pictures apart, and protects none.
    public let digest: String
    /// What it consists of; nil of a picture that was read from a journal.
    public let bytes: [UInt8]?

    private enum CodingKeys: String, CodingKey { case kind, size, digest }

    /// The picture of those bytes; nil when they do not begin as such a picture does, or are more than `largest`.
    public init?(_ kind: Kind, _ bytes: [UInt8]) {
        guard bytes.count <= Self.largest, kind.fits(bytes) else { return nil }
        (self.kind, size, self.bytes) = (kind, bytes.count, bytes)
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        digest = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads what stands in a journal.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.decode(Kind.self, forKey: .kind)
        size = try values.decode(Int.self, forKey: .size)
        digest = try values.decode(String.self, forKey: .digest)
        bytes = nil
    }
}
