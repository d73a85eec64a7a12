import ProviderTransport
import TestSupport
import Testing

struct EventStreamReaderTests {
    private static func events(_ text: String, widths: () -> Int) throws -> [ServerSentEvent] {
        var reader = EventStreamReader()
        var events: [ServerSentEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let width = min(rest.count, max(1, widths()))
            events += try reader.add(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        if let last = reader.finish() { events.append(last) }
        return events
    }

    @Test(arguments: [
        ("data: a\n\n", ["message:a"]), ("data:a\r\n\r\ndata: b\r\r", ["message:a", "message:b"]),
        (": ping\n\n: pong\n\ndata: a\n\n", ["message:a"]),
        ("event: done\ndata: {}\n\ndata: x\n\n", ["done:{}", "message:x"]),
        ("data: a\ndata: b\ndata\n\n", ["message:a\nb\n"]), ("event: nothing\n\ndata: a\n\n", ["message:a"]),
        ("id: 1\nretry: 5\nfoo: bar\nnothing\ndata:  two spaces\n\n", ["message: two spaces"]),
        ("\u{FEFF}data: marked\n\n", ["message:marked"]), ("data: [DONE]", ["message:[DONE]"]),
        ("data: no empty line\n", ["message:no empty line"]), ("", []), ("\n\n\n", []), (": only a comment", []),
        ("data: ä€😀\n\n", ["message:ä€😀"]),
    ])
    func readsWhatTheStandardSays(text: String, expected: [String]) throws {
        let shown = try Self.events(text) { .max }.map { "\($0.type):\($0.data)" }
        #expect(shown == expected)
    }

    /// However the bytes are cut, the events are the same.
    @Test(arguments: 0..<200)
    func cutsChangeNothing(seed: Int) throws {
        var random = Seeded(seed)
        let parts = [
            "data: ", "data:", "event: a", ": comment", "\n", "\r\n", "\r", "\n\n", "{\"a\":\"ä😀\"}", "id: 3", "x", " ",
        ]
        let text = (0..<Int.random(in: 1...60, using: &random)).map { _ in
            parts[Int.random(in: 0..<parts.count, using: &random)]
        }
        .joined()
        let whole = try Self.events(text) { .max }
        for width in 1...7 { #expect(try Self.events(text) { width } == whole) }
        #expect(try Self.events(text) { Int.random(in: 1...9, using: &random) } == whole)
    }

    @Test func anEndlessEventIsRefused() throws {
        var reader = EventStreamReader(longest: 100)
        #expect(throws: LineReader.LineTooLong.self) { try reader.add([UInt8](repeating: 0x61, count: 101)) }
        var lines = EventStreamReader(longest: 100)
        #expect(throws: LineReader.LineTooLong.self) {
            for _ in 0..<20 { _ = try lines.add(Array("data: 0123456789\n".utf8)) }
        }
    }
}

struct LineReaderTests {
    @Test(arguments: 1...9)
    func linesAreTheSameInAllWidths(width: Int) throws {
        let bytes = Array("{\"a\":1}\n{\"b\":\"é\"}\r\n\n{\"c\":3}\rrest".utf8)
        var reader = LineReader()
        var lines: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: width) {
            lines += try reader.add(bytes[start..<min(bytes.count, start + width)])
        }
        let last = reader.finish()
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "{\"b\":\"é\"}", "", "{\"c\":3}"])
        #expect(last.map { String(decoding: $0, as: UTF8.self) } == "rest")
        #expect(reader.finish() == nil)
    }

    @Test func aLineAtTheBoundPassesAndOneBeyondDoesNot() throws {
        var reader = LineReader(longest: 3)
        #expect(try reader.add(Array("abc\n".utf8)).count == 1)
        #expect(throws: LineReader.LineTooLong.self) { try reader.add(Array("abcd".utf8)) }
    }
}
