import AudioCore
import Foundation
import Network
import Server
import Testing

/// Clients that break the rules, and those beside them.
@Suite(.timeLimit(.minutes(1)))
struct BadInputTests {
    @Test func theTenthBadMessageIsTheLast() async throws {
        try await withServer { test in
            let (caller, other) = (try await test.call(), try await test.call())
            for _ in 0..<10 { caller.socket.send("canary") }
            let warnings = try await caller.until("error")
            #expect(warnings.types.count { $0 == "warning" } == 10)
            #expect(warnings.dropLast().allSatisfy { $0["code"] as? String == "malformed_json" })
            #expect(warnings.last?["code"] as? String == "too_many_errors")
            #expect(await caller.ending() == .peer(code: 1008, reason: "too_many_errors"))
            try other.say(["type": "input_text", "text": "x"])
            #expect(try await other.until("response.done").last?["status"] as? String == "completed")
            _ = try await test.logged("conversation ends")
            #expect(test.metric(#"parley_bad_input_total{code="malformed_json"}"#) == 10)
            #expect(test.metric(#"parley_bad_input_total{code="too_many_errors"}"#) == 1)
            #expect(test.metric(#"parley_conversations_ended_total{by="server"}"#) == 1)
        }
    }

    @Test func nineBadMessagesAreForgiven() async throws {
        try await withServer { test in
            let caller = try await test.call()
            let bad: [[UInt8]] = [
                [0], Array("[]".utf8), Array("{}".utf8), Array(#"{"type":"x"}"#.utf8), [0xFF],
                Array(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#.utf8),
                Array(#"{"type":"session.update","vad":{"threshold":"x"}}"#.utf8), [], [0x7B],
            ]
            for message in bad { caller.socket.send(message) }
            try caller.say(["type": "input_text", "text": "x"])
            let events = try await caller.until("response.done")
            #expect(events.last?["status"] as? String == "completed")
            #expect(events.types.count { $0 == "warning" } >= 7)
        }
    }

    @Test func aMessageThatIsTooLargeIsDropped() async throws {
        try await withServer { test in
            let caller = try await test.call()
            caller.socket.send([UInt8](repeating: 0x20, count: 1 << 20 + 1))
            let warning = try await caller.next()
            #expect(warning["type"] as? String == "warning")
            #expect(warning["code"] as? String == "message_too_large")
            try caller.say(["type": "input_text", "text": "x"])
            #expect(try await caller.until("response.done").last?["status"] as? String == "completed")
        }
    }

    /// Foundation's JSON parser ends the process on such texts.
    @Test func aMessageThatNestsTooDeeplyIsRefused() async throws {
        try await withServer { test in
            let caller = try await test.call()
            let brackets = String(repeating: "[", count: 513)
            for (message, code) in [(brackets, "not_an_object"), (#"{"x":"# + brackets, "malformed_json")] {
                caller.socket.send(message)
                let warning = try await caller.next()
                #expect(warning["type"] as? String == "warning" && warning["code"] as? String == code)
            }
            try caller.say(["type": "input_text", "text": "x"])
            #expect(try await caller.until("response.done").last?["status"] as? String == "completed")
        }
    }

    @Test func audioMayRunAheadByThirtySeconds() async throws {
        try await withServer { test in
            let caller = try await test.call()
            let second = Data(count: 32_000).base64EncodedString()
            for _ in 0..<29 { try caller.say(["type": "input_audio_buffer.append", "audio": second]) }
            try caller.say(["command": "start_recording"])
            #expect(try await caller.next()["type"] as? String == "recording_started", "29 s are no trouble")
            for _ in 0..<8 { try caller.say(["type": "input_audio_buffer.append", "audio": second]) }
            let warning = try await caller.until("warning").last
            #expect(warning?["code"] as? String == "audio_too_fast")
        }
    }

    /// A client that never reads is cut off, and holds up nobody.
    @Test func aClientThatDoesNotReadIsClosed() async throws {
        try await withServer(["writer": ProjectText.single(speaks: false)]) { test in
            let other = try await test.call()
            let deaf = try DeafClient(port: test.server.port, path: "/")
            // Every typed turn is told back: 32 kB each, until no buffer on the way holds more.
            let turn = #"{"type":"input_text","text":"\#(String(repeating: "😀", count: 8000))"}"#
            for _ in 0..<300 { deaf.send(text: turn) }
            let line = try await test.logged("conversation ends")
            #expect(line.contains("\"close_code\":1013"))
            #expect(test.metric(#"parley_conversations_ended_total{by="too_slow"}"#) == 1)
            try other.say(["type": "input_text", "text": "x"])
            #expect(try await other.until("response.done").last?["status"] as? String == "completed")
            #expect(test.metric("parley_conversations_open") == 1)
        }
    }
}
