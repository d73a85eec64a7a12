import JSONText
import ONNXRuntime
import ProviderKit

/// Guesses how unknown words are said, with a network that reads letters.
struct UnknownWords: Sendable {
    /// The network's letters and phonemes; 0 is nothing, so places count from 1.
    private struct Table: Decodable {
        var `in`: [String]
        var out: [String]
        var maxlen: Int
    }

    private let session: ModelSession
    private let letters: [Character: Int64]
    private let phonemes: [String]
    private let longest: Int

    /// - Parameters:
    ///   - session: `oov.onnx`.
    ///   - table: `oov.json`.
    /// - Throws: what decoding throws.
    init(session: ModelSession, table: [UInt8]) throws {
        let table = try JSONReader.decode(Table.self, from: table)
        self.session = session
        letters = Dictionary(
            table.in.enumerated().compactMap { place, letter in letter.first.map { ($0, Int64(place + 1)) } },
            uniquingKeysWith: { first, _ in first })
        phonemes = table.out
        longest = max(1, table.maxlen)
    }

    /// How `word` might be said; nil when the network says nothing. A long word is read in pieces.
    func guess(_ word: String) -> String? {
        var said = ""
        var rest = word.compactMap { letters[$0] }[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(longest))
            rest = rest.dropFirst(longest)
            guard
                let output = try? session.run(
                    ["chars": Tensor(piece, shape: [1, piece.count])], outputs: ["ids"]
                ).first?.int64s
            else { return nil }
            said += Self.collapsed(output).compactMap { id in
                phonemes.indices.contains(Int(id) - 1) ? phonemes[Int(id) - 1] : nil
            }.joined()
        }
        return said.contains { $0 != " " } ? said : nil
    }

    /// Of the same number in a row one is meant, and none by 0.
    static func collapsed(_ ids: [Int64]) -> [Int64] {
        ids.indices.filter { ids[$0] > 0 && ($0 == 0 || ids[$0] != ids[$0 - 1]) }.map { ids[$0] }
    }
}
