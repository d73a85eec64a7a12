import Foundation
import TestSupport
import Testing

@testable import Telemetry

/// A log whose reader stalls.
@Suite(.timeLimit(.minutes(1)))
struct LogWriterTests {
    /// A pipe whose reading end belongs to the test.
    private final class LogPipe {
        private let pipe = Pipe()
        private var waiting = ""

        var writingEnd: Int32 { pipe.fileHandleForWriting.fileDescriptor }

        /// The next line, without its end; waits for it.
        func line() -> String? {
            while !waiting.contains("\n") {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return nil }
                waiting += String(decoding: data, as: UTF8.self)
            }
            guard let end = waiting.firstIndex(of: "\n") else { return nil }
            defer { waiting.removeSubrange(...end) }
            return String(waiting[..<end])
        }
    }

    @Test func linesComeInOrder() {
        let pipe = LogPipe()
        let writer = LogWriter(descriptor: pipe.writingEnd, format: .text, lost: Counter())
        let log = writer.log()
        for number in 0..<100 { log.info("line", ["n": .int(number)]) }
        #expect(writer.flush(within: .seconds(30)))
        for number in 0..<100 { #expect(pipe.line()?.hasSuffix("line n=\(number)") == true) }
    }

    /// The failure that was: a full pipe blocked every thread that logged.
    @Test func aReaderThatStallsCostsLinesAndNothingElse() {
        let (pipe, lost) = (LogPipe(), Counter())
        let writer = LogWriter(descriptor: pipe.writingEnd, format: .text, lost: lost, maximumLines: 1000)
        let log = writer.log()
        // Far more than a pipe of 64 KiB, and than the queue, takes.
        for number in 0..<50_000 { log.info("line", ["n": .int(number)]) }
        #expect(!writer.flush(within: .milliseconds(1)))
        #expect(lost.value > 40_000)
        // The reader wakes up: every line is there, or is counted where it is missing.
        var (next, told) = (0, 0)
        while next < 50_000, let line = pipe.line() {
            if let number = Self.number("n", in: line) {
                #expect(number == next)
                next += 1
            } else if let count = Self.number("count", in: line) {
                #expect(line.contains("log lines were lost"))
                next += count
                told += count
            }
        }
        #expect(next == 50_000)
        #expect(told == lost.value)
        log.info("room again")
        #expect(pipe.line()?.hasSuffix("room again") == true)
        #expect(writer.flush(within: .seconds(30)))
    }

    private static func number(_ key: String, in line: String) -> Int? {
        line.split(separator: " ").last { $0.hasPrefix(key + "=") }.flatMap { Int($0.dropFirst(key.count + 1)) }
    }

    @Test func aReaderThatIsGoneIsNoReasonToFail() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        let writer = LogWriter(descriptor: ends[1], format: .jsonLines, lost: Counter())
        writer.log().info("nobody reads this")
        #expect(writer.flush(within: .seconds(30)))
        close(ends[1])
    }

    /// Somebody who shares the descriptor may have made it one that does not block.
    @Test func aDescriptorThatDoesNotBlock() {
        let (pipe, lost) = (LogPipe(), Counter())
        _ = fcntl(pipe.writingEnd, F_SETFL, fcntl(pipe.writingEnd, F_GETFL) | O_NONBLOCK)
        let log = LogWriter(descriptor: pipe.writingEnd, format: .text, lost: lost).log()
        for number in 0..<5000 { log.info("line", ["n": .int(number)]) }
        for number in 0..<5000 { #expect(pipe.line()?.hasSuffix("line n=\(number)") == true) }
        #expect(lost.value == 0)
    }
}

/// The queue's bounds.
struct LineQueueTests {
    @Test func linesAreBounded() {
        var queue = LineQueue(maximumLines: 3, maximumBytes: 1000)
        #expect(queue.isEmpty)
        let isTaken = ["a", "b", "c", "d", "e"].map { queue.add($0) }
        #expect(isTaken == [true, true, true, false, false])
        let (lines, lost) = queue.takeAll()
        #expect(lines == ["a", "b", "c"])
        #expect(lost == 2)
        #expect(queue.isEmpty)
        let hasRoom = queue.add("f")
        #expect(hasRoom)
    }

    @Test func bytesAreBounded() {
        var queue = LineQueue(maximumLines: 100, maximumBytes: 10)
        let isTaken = ["12345", "67890", "x"].map { queue.add($0) }
        #expect(isTaken == [true, true, false])
        _ = queue.takeAll()
        let isLongTaken = queue.add("more than ten bytes")
        #expect(!isLongTaken)
        #expect(!queue.isEmpty, "a loss is to be told, even when nothing else is")
    }

    /// A short line behind a long one that was lost may not hide where the loss is.
    @Test func afterALossNothingIsTakenUntilThereIsRoom() {
        var queue = LineQueue(maximumLines: 100, maximumBytes: 10)
        let isTaken = ["1234567", "123456", "1"].map { queue.add($0) }
        #expect(isTaken == [true, false, false])
        let (lines, lost) = queue.takeAll()
        #expect(lines == ["1234567"])
        #expect(lost == 2)
    }

    @Test func everyLineIsTakenOnceOrCounted() {
        var generator = Seeded(11)
        for _ in 0..<200 {
            let (most, bytes) = (Int.random(in: 1...8, using: &generator), Int.random(in: 1...40, using: &generator))
            var queue = LineQueue(maximumLines: most, maximumBytes: bytes)
            var (added, taken, refused, told) = (0, 0, 0, 0)
            for _ in 0..<100 {
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    let (lines, lost) = queue.takeAll()
                    #expect(lines.count <= most)
                    #expect(lines.reduce(0) { $0 + $1.utf8.count } <= bytes)
                    (taken, told) = (taken + lines.count, told + lost)
                } else {
                    let line = String(repeating: "ä", count: Int.random(in: 0...12, using: &generator))
                    if queue.add(line) { added += 1 } else { refused += 1 }
                }
            }
            let (rest, lost) = queue.takeAll()
            #expect(taken + rest.count == added)
            #expect(told + lost == refused)
        }
    }
}
