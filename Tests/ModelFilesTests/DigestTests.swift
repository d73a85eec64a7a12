import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite struct DigestTests {
    /// The examples of FIPS 180-4.
    @Test func sha256IsTheStandards() throws {
        let scratch = try Scratch()
        let known = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ]
        for (text, digest) in known {
            try scratch.write("x", Array(text.utf8))
            #expect(try SHA256.ofFile(at: scratch.path + "/x") == digest)
            let pieces = SHA256()
            for byte in Array(text.utf8) { withUnsafeBytes(of: byte) { pieces.add($0) } }
            #expect(pieces.hexadecimal() == digest)
        }
    }

    /// However the compressed bytes are cut, the content is the same.
    @Test func gzipIsInflatedInPieces() throws {
        var random = Seeded(11)
        let content = (0..<300_000).map { _ in UInt8.random(in: 0..<4, using: &random) }
        let gzip = try Gzip.compressed(content)
        #expect(gzip.count < content.count)
        for _ in 0..<10 {
            var inflater = Inflater(.gzip)
            var result: [UInt8] = []
            var rest = gzip[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...70_000, using: &random))
                rest = rest.dropFirst(piece.count)
                result += try inflater.inflate(piece)
            }
            #expect(inflater.isComplete && result == content)
        }
        #expect(try Inflater.gunzip(gzip, limit: content.count) == content)
        // At the bound, one byte less is too little.
        #expect(throws: ModelFileError.self) { try Inflater.gunzip(gzip, limit: content.count - 1) }
        #expect(throws: ModelFileError.self) { try Inflater.gunzip(Array(gzip.dropLast(9)), limit: 1 << 20) }
        #expect(throws: ModelFileError.self) { try Inflater.gunzip(Array("no gzip".utf8), limit: 1 << 20) }
        #expect(throws: ModelFileError.self) { try Inflater.gunzip([], limit: 1 << 20) }
    }
}
