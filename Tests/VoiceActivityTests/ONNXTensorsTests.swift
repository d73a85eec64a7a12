import SileroKernel
import TestSupport
import Testing

@testable import VoiceActivity

@Suite struct ONNXTensorsTests {
    private var file: [UInt8] {
        var length = 0
        let bytes = silero_embedded_model(&length)
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: length))
    }

    private func load(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { _ = try SileroModel(onnx: $0) }
    }

    private func code(_ bytes: [UInt8]) -> SileroError.Code? {
        do {
            try load(bytes)
            return nil
        } catch {
            return (error as? SileroError)?.code
        }
    }

    @Test func theEmbeddedFileLoads() {
        #expect(code(file) == nil)
    }

    @Test func anEmptyFileLacksTensors() {
        #expect(code([]) == .missingTensor)
    }

    @Test func aFileThatIsCutOffIsDamaged() {
        let file = file
        for count in [1, 100, 5_000, file.count / 2, file.count - 1] {
            #expect(code(Array(file[..<count])) == .malformedFile, "\(count) bytes")
        }
    }

    @Test func aRenamedTensorIsMissed() throws {
        var file = file
        let name = Array("model.decoder.rnn.bias_hh".utf8)
        let places = file.indices.dropLast(name.count).filter {
            file[$0] == name[0] && file[$0..<$0 + name.count].elementsEqual(name)
        }
        try #require(!places.isEmpty)
        for place in places { file[place] = UInt8(ascii: "M") }
        #expect(code(file) == .missingTensor)
        #expect(throws: SileroError.self) { try load(file) }
    }

    @Test("Another basis than a Hann-windowed DFT is refused") func wrongBasisIsRefused() throws {
        var file = file
        // Some floats of the basis, found by their bytes; one of them changes its sign.
        let tensors = try file.withUnsafeBytes {
            try ONNXTensors(reading: $0).floats("model.stft.forward_basis_buffer", shape: [258, 1, 256])
        }
        let row = tensors[300..<308].flatMap { value in (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 0xFF) } }
        let place = file.indices.dropLast(row.count).first {
            file[$0] == row[0] && file[$0..<$0 + row.count].elementsEqual(row)
        }
        file[try #require(place) + 3] ^= 0x80
        #expect(code(file) == .unusableWeights)
    }

    @Test("A damaged header is refused or read, but never crashes", arguments: 1...20)
    func damagedHeaders(seed: UInt64) throws {
        var generator = Seeded(seed)
        var file = file
        for _ in 0..<30 { file[Int.random(in: 0..<file.count, using: &generator)] ^= UInt8(1 << seed % 8) }
        let length = Int.random(in: 0..<2_000, using: &generator)
        // A key of wire type 7, which protobuf does not have, ends the reading wherever it is met.
        #expect(code(Array(file[..<length]) + [0xFF]) == .malformedFile)
        _ = code(file)
    }
}
