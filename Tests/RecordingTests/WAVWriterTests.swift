import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Recording

@Suite struct WAVWriterTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test(arguments: 1...20) func theFileIsWholeAfterEveryFlush(seed: Int) throws {
        var random = Seeded(seed)
        var writer = try WAVWriter(path: folder.path("a"), sampleRate: 24_000)
        #expect(try WAVFile.read(try folder.bytes("a")).samples.isEmpty)
        var samples: [Int16] = []
        for _ in 0..<20 {
            let run = (0..<Int.random(in: 0...6000, using: &random)).map { _ in
                Int16.random(in: .min ... .max, using: &random)
            }
            samples += run
            try writer.append(run)
            let written = writer.written
            #expect(samples.count - written < WAVWriter.bufferLength)
            if Bool.random(using: &random) { try writer.flush() }
            let chunk = AudioChunk(samples: Array(samples[..<writer.written]), sampleRate: 24_000)
            // To the byte what is written at once.
            #expect(try folder.bytes("a") == WAVFile.write(chunk))
        }
        try writer.finish()
        #expect(try WAVFile.read(try folder.bytes("a")).samples == samples)
    }

    /// Whatever instant it is killed at: between the samples and the sizes there are samples that nobody counts yet.
    @Test func samplesWithoutTheirSizesAreLeftOut() throws {
        let whole = WAVFile.write(AudioChunk(samples: [1, 2, 3], sampleRate: 16_000))
        for more in 0...5 {
            #expect(try WAVFile.read(whole + Array(repeating: 7, count: more)).samples == [1, 2, 3])
        }
    }

    @Test func aFullDiskIsAnErrorOfItsOwn() {
        let full = open("/dev/full", O_WRONLY)
        #expect(throws: RecordingError(.full, number: ENOSPC)) {
            _ = try WAVWriter(NewFile(descriptor: full), sampleRate: 16_000)
        }
    }

    @Test func itEndsWhereTheSizesDo() throws {
        var writer = try WAVWriter(NewFile(path: folder.path("a")), sampleRate: 16_000, limit: 10)
        try writer.append(Array(repeating: 1, count: 10))
        try writer.flush()
        try writer.append([2])
        #expect(throws: RecordingError(.tooLong)) { try writer.flush() }
        try writer.finish()
        #expect(try WAVFile.read(try folder.bytes("a")).samples.count == 10)
    }
}

@Suite struct JSONLinesTests {
    @Test(
        arguments: [
            ("", [], 0), ("{}", [], 2), ("{}\n", ["{}"], 0), ("1\n2\n{\"a", ["1", "2"], 3), ("\n", [""], 0),
            ("\n\n1", ["", ""], 1),
        ] as [(String, [String], Int)])
    func onlyWholeLines(text: String, lines: [String], torn: Int) {
        let file = JSONLines(Array(text.utf8))
        #expect(file.lines.map { String(decoding: $0, as: UTF8.self) } == lines)
        #expect(file.torn == torn)
    }
}
