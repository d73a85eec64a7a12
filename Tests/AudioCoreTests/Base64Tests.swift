import AudioCore
import Foundation
import TestSupport
import Testing

/// Base64 straight to samples, judged by Foundation's decoder.
struct Base64Tests {
    private func samples(_ text: some Collection<UInt8>) throws(PCM16.Base64Failure) -> [Int16] {
        try Array(text).withUnsafeBufferPointer { text throws(PCM16.Base64Failure) in
            try PCM16.samples(base64: text)
        }
    }

    @Test(arguments: 0..<40)
    func samplesComeBack(count: Int) throws {
        var random = Seeded(count)
        let wanted = (0..<count).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let text = Data(PCM16.bytes(littleEndian: wanted)).base64EncodedString()
        #expect(try samples(text.utf8) == wanted)
    }

    @Test(arguments: ["AAAA", "AA==", "AAAAAAA="])
    func halfASampleIsRefused(text: String) {
        #expect(throws: PCM16.Base64Failure.halfSample) { try samples(text.utf8) }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AAAAA", "====", "A===", "AA=A", "=AAA", "AAA=AAA=", "AA==AAAA", "AAD_fw==", "AAD-", " AAA",
        "AAA\n", "AA.A", "AAé", "AA=", "\0\0\0\0", "AA\\/", "[[[[", "@@@@",
    ])
    func whatIsNoBase64IsRefused(text: String) {
        #expect(throws: PCM16.Base64Failure.notBase64) { try samples(text.utf8) }
    }

    /// One byte of a good text is exchanged for every other. Foundation takes a digit behind an equals sign; we do not.
    @Test(arguments: ["AQIDBAUG", "/+8=", "AQIDBA=="])
    func everyByteIsJudgedAsFoundationDoes(text: String) {
        for place in text.utf8.indices.map({ text.utf8.distance(from: text.utf8.startIndex, to: $0) }) {
            for byte in UInt8.min ... .max {
                var bytes = Array(text.utf8)
                bytes[place] = byte
                let isOdd = bytes.last != UInt8(ascii: "=") && bytes.contains(UInt8(ascii: "="))
                let judged = isOdd ? nil : Data(base64Encoded: Data(bytes))
                do throws(PCM16.Base64Failure) {
                    let read = try samples(bytes)
                    #expect(judged.map(Array.init) == PCM16.bytes(littleEndian: read), "\(bytes)")
                } catch {
                    #expect(error == .notBase64 ? judged == nil : judged?.count.isMultiple(of: 2) == false, "\(bytes)")
                }
            }
        }
    }
}
