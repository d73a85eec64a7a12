import Network
import ProviderTransport
import Testing

struct EventReaderTests {
    private func events(_ text: String) throws -> [String] {
        var reader = EventReader()
        var events: [ServerSentEvent] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let event = try reader.add(String(line)) { events.append(event) }
        }
        if let last = reader.finish() { events.append(last) }
        return events.map { "\($0.type):\($0.data)" }
    }

    @Test(arguments: [
        ("data: a\n\n", ["message:a"]), ("data:a\n\ndata: b\n\n", ["message:a", "message:b"]),
        (": ping\n\n: pong\n\ndata: a\n\n", ["message:a"]),
        ("event: done\ndata: {}\n\ndata: x\n\n", ["done:{}", "message:x"]),
        ("data: a\ndata: b\ndata\n\n", ["message:a\nb\n"]), ("event: nothing\n\ndata: a\n\n", ["message:a"]),
        ("id: 1\nretry: 5\nfoo: bar\nnothing\ndata:  two spaces\n\n", ["message: two spaces"]),
        ("\u{FEFF}data: marked\n\n", ["message:marked"]), ("data: no empty line\n", ["message:no empty line"]),
        ("", []), ("\n\n\n", []), (": only a comment\n", []), ("data: ä€😀: 1\n\n", ["message:ä€😀: 1"]),
        ("data: \u{301}\n\n", ["message:\u{301}"]),
    ])
    func readsWhatTheStandardSays(text: String, expected: [String]) throws {
        #expect(try events(text) == expected)
    }

    @Test func anEndlessEventIsRefused() throws {
        var reader = EventReader(longest: 100)
        #expect(throws: NetworkError.self) {
            for _ in 0..<20 { _ = try reader.add("data: 0123456789") }
        }
    }
}
