import Foundation
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Keeps what a log writes.
private final class Lines: Sendable {
    private let kept = Mutex<[String]>([])

    func write(_ line: String) { kept.withLock { $0.append(line) } }

    var all: [String] { kept.withLock { $0 } }

    func log(_ format: Log.Format, level: Log.Level = .info) -> Log {
        Log(
            level: level, format: format, now: { WallTime(millisecondsSince1970: 1_795_246_920_125) },
            write: { [self] line in write(line) })
    }
}

struct LogTests {
    @Test func textLine() {
        let lines = Lines()
        lines.log(.text).info(
            "conversation opened",
            ["project": "demo", "id": .name("a b"), "agents": 3, "first_audio": .duration(.microseconds(12_500))])
        #expect(
            lines.all == [
                "07:42:00.125 info    conversation opened project=demo id=\"a b\" agents=3 first_audio=12.5ms\n"
            ])
    }

    @Test func jsonLineIsOneObjectOnOneLine() throws {
        let lines = Lines()
        let hostile = "a\"b\\c\nd\u{2028}e\u{0}f\u{1B}[31m"
        lines.log(.jsonLines).with(["node": "a"]).error(
            "it broke", ["who": .name(hostile), "ratio": .double(.nan), "fatal": true, "count": .int(-2)])
        let line = try #require(lines.all.first)
        #expect(line.last == "\n" && line.dropLast().allSatisfy { !$0.isNewline })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2026-11-21T07:42:00.125Z")
        #expect(object["level"] as? String == "error")
        #expect(object["message"] as? String == "it broke")
        #expect(object["node"] as? String == "a")
        #expect(object["who"] as? String == hostile)
        #expect(object["ratio"] is NSNull)
        #expect(object["fatal"] as? Bool == true)
        #expect(object["count"] as? Int == -2)
    }

    @Test func textLineStaysOneLine() {
        let lines = Lines()
        lines.log(.text).warning("odd name", ["name": .name("x\ny\u{1B}[2J"), "empty": .name("")])
        #expect(lines.all == ["07:42:00.125 warning odd name name=\"x\\ny\\u001b[2J\" empty=\"\"\n"])
    }

    @Test func lowerLevelsMakeNoFields() {
        let lines = Lines()
        let made = Mutex(0)
        func fields() -> Log.Fields {
            made.withLock { $0 += 1 }
            return ["n": 1]
        }
        let log = lines.log(.text, level: .warning)
        log.debug("no", fields())
        log.info("no", fields())
        log.warning("yes", fields())
        log.error("yes", fields())
        #expect(lines.all.count == 2)
        #expect(made.withLock { $0 } == 2)
    }

    @Test func longNamesAreCut() throws {
        let lines = Lines()
        lines.log(.text).info("long", ["name": .name(String(repeating: "x", count: 100_000))])
        let line = try #require(lines.all.first)
        #expect(line.count < 300)
        #expect(line.hasSuffix("x…\n"))
    }

    @Test func secretsAreNeverSeen() throws {
        let secret = Secret("hunter2")
        let lines = Lines()
        lines.log(.text).info("connecting", ["key": .secret(secret)])
        lines.log(.jsonLines).info("connecting", ["key": .secret(secret)])
        var dumped = ""
        dump(["key": secret], to: &dumped)
        for text in lines.all + ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.withValue { $0 } == "hunter2")
    }

    @Test(arguments: Log.Level.allCases) func levelsHaveNames(level: Log.Level) {
        #expect(Log.Level(name: level.name) == level)
        #expect(Log.Level(name: level.name.uppercased()) == nil)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ])
    func datesAreGregorian(milliseconds: Int, text: String) {
        #expect(WallTime(millisecondsSince1970: milliseconds).description == text)
    }

    @Test func datesAgreeWithFoundation() {
        var generator = Seeded(7)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<500 {
            let seconds = Int.random(in: -2_000_000_000...8_000_000_000, using: &generator)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            let text = WallTime(millisecondsSince1970: seconds * 1000).description
            #expect(text.replacing(".000", with: "") == expected)
        }
    }
}
