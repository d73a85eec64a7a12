import AudioCore
import Dispatch
import Foundation
import Testing

@testable import Recording

/// Recordings on their thread.
@Suite(.timeLimit(.minutes(1)))
struct RecordingQueueTests {
    private let folder: Folder
    private let thread = RecordingThread()

    init() throws { folder = try Folder() }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Keeps the thread busy until the returned semaphore is signalled, as a disk does that hangs.
    private func hang() -> DispatchSemaphore {
        let end = DispatchSemaphore(value: 0)
        thread.run { end.wait() }
        return end
    }

    /// Waits until everything that was handed in before is written.
    private func written() async {
        await withCheckedContinuation { continuation in thread.run { continuation.resume() } }
    }

    /// Numbers as lines; it cannot make a line of 13.
    private struct Numbers: LineMaker {
        struct Unlucky: Error {}
        var sum = 0

        static func size(of value: Int) -> Int { value }
        mutating func line(_ value: Int) throws -> [UInt8] {
            if value == 13 { throw Unlucky() }
            sum += value
            return Array("\(value)".utf8)
        }
        func lastLine(_ failure: RecordingError?) -> [UInt8]? {
            Array("\(sum) \(failure?.name ?? "in all")".utf8)
        }
    }

    private func text(_ name: String) throws -> String { String(decoding: try folder.bytes(name), as: UTF8.self) }

    @Test func valuesBecomeLinesWithALastOne() async throws {
        let numbers = try RecordedLines(path: folder.path("a"), Numbers(), thread: thread)
        for number in 1...4 { #expect(numbers.append(number)) }
        #expect(await numbers.finish().failure == nil)
        #expect(try text("a") == "1\n2\n3\n4\n10 in all\n")
    }

    @Test func valuesThatWaitAreBoundedBySize() async throws {
        let numbers = try RecordedLines(path: folder.path("a"), Numbers(), thread: thread, limit: 30)
        let end = hang()
        #expect(numbers.append(10) && numbers.append(20))
        #expect(!numbers.append(1))
        #expect(!numbers.append(0), "it has ended")
        end.signal()
        await written()
        #expect(try text("a") == "10\n20\n30 overrun\n", "the file says so while the conversation goes on")
        let status = await numbers.finish()
        #expect(status == RecordingStatus(taken: 2, dropped: 2, waiting: 0, failure: RecordingError(.overrun)))
    }

    @Test func oneValueThatIsTooLargeEndsAnIdleRecording() async throws {
        let numbers = try RecordedLines(path: folder.path("a"), Numbers(), thread: thread, limit: 30)
        #expect(!numbers.append(31))
        await written()
        #expect(try text("a") == "0 overrun\n")
    }

    @Test func aValueThatIsNoLineEndsIt() async throws {
        let numbers = try RecordedLines(path: folder.path("a"), Numbers(), thread: thread)
        let end = hang()
        for number in [1, 13, 2] { numbers.append(number) }
        end.signal()
        #expect(await numbers.finish().failure == RecordingError(.notALine))
        #expect(try text("a") == "1\n")
    }

    @Test func silenceFillsWhatIsMissing() async throws {
        let audio = try RecordedAudio(path: folder.path("a"), sampleRate: 16_000, thread: thread, limit: 10)
        audio.append([1, 2], at: 3)
        audio.append([3], at: 4)
        audio.append([4])
        await written()
        // Silence of more than the limit and the buffer is no overrun.
        audio.append([5], at: 10_000)
        #expect(await audio.finish().failure == nil)
        let samples = try WAVFile.read(try folder.bytes("a")).samples
        #expect(samples == [0, 0, 0, 1, 2, 3, 4] + Array(repeating: 0, count: 9_993) + [5])
    }

    @Test func linesAndSamplesArrive() async throws {
        let lines = try RecordingFile(path: folder.path("a"), thread: thread)
        let audio = try RecordedAudio(path: folder.path("b"), sampleRate: 8000, thread: thread)
        for index in 0..<1000 {
            #expect(lines.append(bytes("\(index)")))
            #expect(audio.append([Int16(index), -1]))
        }
        let status = await lines.finish()
        #expect(status.taken == 1000 && status.dropped == 0 && status.waiting == 0 && status.failure == nil)
        #expect(JSONLines(try folder.bytes("a")).lines.map(Array.init) == (0..<1000).map { bytes("\($0)") })
        #expect(await audio.finish().failure == nil)
        let samples: [Int16] = (0..<2000).map { $0 % 2 == 0 ? Int16($0 / 2) : -1 }
        #expect(try WAVFile.read(try folder.bytes("b")) == AudioChunk(samples: samples, sampleRate: 8000))
    }

    @Test func aDiskThatHangsHoldsNobodyUpAndBoundsWhatWaits() async throws {
        let lines = try RecordingFile(path: folder.path("a"), thread: thread, limit: 100)
        let audio = try RecordedAudio(path: folder.path("b"), sampleRate: 16_000, thread: thread, limit: 100)
        let end = hang()
        // Ten bytes with the line feed: ten lines are exactly the limit.
        for index in 0..<10 { #expect(lines.append(bytes("line \(index)...")), "line \(index)") }
        #expect(audio.append(Array(repeating: 1, count: 100)))
        #expect(lines.status.waiting == 100 && lines.status.failure == nil)
        #expect(!lines.append([]) && !audio.append([1]))
        // Even if there were room again: a recording has no holes. A file that ended is closed before its owner asks.
        end.signal()
        await written()
        #expect(await lines.finish().failure == RecordingError(.overrun))
        #expect(!lines.append([]))
        #expect(
            lines.status
                == RecordingStatus(
                    taken: 10, dropped: 2, waiting: 0, failure: RecordingError(.overrun)))
        #expect(JSONLines(try folder.bytes("a")).lines.count == 10)
        #expect(await audio.finish().dropped == 1)
        #expect(try WAVFile.read(try folder.bytes("b")).samples.count == 100)
    }

    @Test func oneThatEndsLeavesRoomForNone() async throws {
        let lines = try RecordingFile(path: folder.path("a"), thread: thread, limit: 100)
        let end = hang()
        lines.append(bytes("one"))
        async let first = lines.finish()
        async let second = lines.finish()
        end.signal()
        #expect(await first == second)
        #expect(!lines.append(bytes("two")))
        #expect(await lines.finish().dropped == 1)
        #expect(try folder.bytes("a") == bytes("one\n"))
    }

    @Test func lettingGoClosesTheFile() async throws {
        let path = folder.path("a")
        var lines: RecordingFile? = try RecordingFile(path: path, thread: thread)
        lines?.append(bytes("kept"))
        lines = nil
        await withCheckedContinuation { continuation in thread.run { continuation.resume() } }
        #expect(try folder.bytes("a") == bytes("kept\n"))
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!open.contains(path))
    }

    @Test func aLineFeedWouldMakeTwoLines() async throws {
        let lines = try RecordingFile(path: folder.path("a"), thread: thread)
        lines.append(bytes("one"))
        #expect(!lines.append(bytes("two\nthree")))
        #expect(!lines.append(bytes("four")))
        #expect(await lines.finish().failure == RecordingError(.notALine))
        #expect(try folder.bytes("a") == bytes("one\n"))
    }

    @Test func nothingIsWrittenOver() async throws {
        let lines = try RecordingFile(path: folder.path("a"), thread: thread)
        #expect(throws: RecordingError(.exists, number: EEXIST)) {
            try RecordingFile(path: folder.path("a"), thread: thread)
        }
        #expect(throws: RecordingError(.notCreated, number: ENOENT)) {
            try RecordedAudio(path: folder.path("none/a"), sampleRate: 16_000, thread: thread)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("a"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        await lines.finish()
    }
}
