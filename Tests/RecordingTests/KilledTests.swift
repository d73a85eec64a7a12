import AudioCore
import Foundation
import Recording
import TestSupport
import Testing

/// What a process leaves behind that ends in the midst of writing.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct KilledTests {
    private struct Line: Decodable {
        var number: Int
        var padding: String
    }

    /// How much a recorder said that it had written.
    private struct Progress: Equatable {
        var lines: Int
        var samples: Int

        init?(_ text: String?) {
            let numbers = text?.split(separator: " ").compactMap { Int($0) } ?? []
            guard numbers.count == 2 else { return nil }
            (lines, samples) = (numbers[0], numbers[1])
        }
    }

    private let folder: Folder

    init() throws { folder = try Folder() }

    /// The lines are the first ones, each whole.
    private func readLines() throws -> Int {
        let file = JSONLines(try folder.bytes("lines"))
        for (index, line) in file.lines.enumerated() {
            let decoded = try JSONDecoder().decode(Line.self, from: Data(line))
            #expect(decoded.number == index && decoded.padding.count == index * 311 % 40_000)
        }
        return file.lines.count
    }

    /// The samples are the first ones, and every program reads them alike.
    private func readSamples() throws -> Int {
        let ours = try WAVFile.read(try folder.bytes("audio.wav"))
        #expect(ours.sampleRate == 16_000)
        #expect(ours.samples == (0..<ours.samples.count).map { Int16(truncatingIfNeeded: $0) })
        let sox = try Child("sox", folder.path("audio.wav"), "-t", "raw", "-").finish()
        #expect(sox.status == 0)
        #expect(PCM16.samples(littleEndian: sox.output) == ours.samples)
        return ours.samples.count
    }

    @Test(arguments: 1...20) func aKilledProcessLeavesWhatItHadWritten(seed: Int) throws {
        var random = Seeded(seed)
        var child = try Child(Child.recorder, folder.path("lines"), folder.path("audio.wav"))
        var progress: Progress?
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            progress = Progress(child.line())
        }
        // It goes on writing while the last of these words is read.
        child.kill()
        let written = try #require(progress)
        #expect(try readLines() >= written.lines)
        #expect(try readSamples() > written.samples - WAVWriter.bufferLength)
    }

    @Test(arguments: [3, 40, 200]) func aFullDiskEndsARecordingThatStaysReadable(kilobytes: Int) throws {
        let limit = "trap '' XFSZ; ulimit -f \(kilobytes); exec \"$0\" \"$@\""
        let child = try Child("bash", "-c", limit, Child.recorder, folder.path("lines"), folder.path("audio.wav"))
        let (output, status) = try child.finish()
        #expect(status == 0)
        #expect(String(decoding: output, as: UTF8.self).split(separator: "\n").last == "full")
        let lines = try folder.bytes("lines")
        #expect(lines.count <= kilobytes << 10)
        #expect(JSONLines(lines).torn == 0, "what did not fit was cut off")
        _ = try readLines()
        let samples = try readSamples()
        #expect(try folder.bytes("audio.wav").count == WAVFile.headerLength + 2 * samples)
    }
}
