import Foundation

/// A running digest of everything that a conversation has decided: FNV-1a over 64 bits, of the JSON of the outputs. It finds
/// what differs by mistake, not what somebody forged.
struct OutputDigest: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The digest in 16 hexadecimal digits.
    var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Takes in what follows from one input.
    /// - Throws: what `JSONEncoder` throws.
    mutating func add(_ outputs: [Output]) throws {
        // Most inputs are audio from which nothing follows.
        if outputs.isEmpty { return }
        add(try JournalText.bytes(of: outputs))
    }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}

/// Values as JSON, alike on every machine: keys are sorted.
enum JournalText {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// The JSON of a value, in one line.
    static func bytes(of value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)) }

    /// A hash of a value's JSON: equal for equal values.
    static func hash(of value: some Encodable) throws -> String {
        var digest = OutputDigest()
        digest.add(try bytes(of: value))
        return digest.text
    }
}
