import Doubles
import DoublesRig
import Network
import ProviderTransport
import Testing

/// The server around the stand-ins.
struct DoublesServerTests {
    private func call(_ rig: Rig, _ method: String, _ path: String, _ body: String = "") async throws -> (
        Int, JSONValue?
    ) {
        let answer = try await rig.client.send(
            HTTPCall(
                method: method, url: rig.url + path,
                headers: [
                    (name: "Content-Type", value: "application/json"),
                    (name: "Authorization", value: "Bearer canary-key"),
                ], body: Array(body.utf8)))
        return (answer.status, JSONValue(try await answer.bytes(limit: 1 << 20)))
    }

    private static let chat = #"{"model": "m", "messages": [{"role": "user", "content": "secret words"}]}"#

    @Test func theJournalTellsWhatHappenedAndNothingElse() async throws {
        try await Rig.run { rig in
            #expect(try await call(rig, "POST", "/v1/chat/completions", Self.chat).0 == 200)
            let (status, journal) = try await call(rig, "GET", "/doubles/journal")
            #expect(status == 200)
            #expect(journal?.array?.map { $0["event"]?.string } == ["request", "firstPiece", "finished"])
            #expect(journal?.array?.allSatisfy { $0["wire"]?.string == "openai.chat" } == true)
            let times = journal?.array?.compactMap { $0["at"]?.double } ?? []
            #expect(times.count == 3 && times == times.sorted())
            #expect(journal?.text.contains("canary") == false && journal?.text.contains("secret") == false)
            #expect(try await call(rig, "DELETE", "/doubles/journal").0 == 204)
            #expect(try await call(rig, "GET", "/doubles/journal").1 == [])
        }
    }

    @Test func theJournalIsBounded() {
        let journal = Journal(limit: 5)
        for index in 0..<20 { journal.note(.openAIChat, .request, "\(index)") }
        #expect(journal.all.map(\.detail) == ["15", "16", "17", "18", "19"])
    }

    @Test func anotherScriptCanBePlayed() async throws {
        try await Rig.run { rig in
            let script = #"{"rules": [{"wire": "openai.chat", "times": 1, "fault": {"status": 503, "retryAfter": 4}}]}"#
            #expect(try await call(rig, "PUT", "/doubles/script", script).0 == 204)
            #expect(try await call(rig, "POST", "/v1/chat/completions", Self.chat).0 == 503)
            #expect(try await call(rig, "POST", "/v1/chat/completions", Self.chat).0 == 200)
            let (status, problem) = try await call(rig, "PUT", "/doubles/script", #"{"rules": [{"wire": "x"}]}"#)
            #expect(status == 422)
            #expect(problem?["error"]?["message"]?.string?.hasPrefix("rules[0].wire: there is no 'x'") == true)
        }
    }

    @Test func unknownPathsAreNotFound() async throws {
        try await Rig.run { rig in
            for path in ["/nothing", "/v1/chat", "/openai/deployments/x"] {
                let status = try await call(rig, "POST", path).0
                #expect(status == 404)
            }
        }
    }

    @Test(arguments: [
        ("", 400), ("[]", 400), ("{}", 400), (#"{"model": "m"}"#, 400), (#"{"model": "m", "messages": []}"#, 400),
        (#"{"model": "m", "messages": [{"role": "boss", "content": "x"}]}"#, 400),
        (#"{"model": "no-such-model", "messages": [{"role": "user", "content": "x"}]}"#, 404),
        (#"{"model": "m", "stream_options": {}, "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (#"{"model": "m", "tools": [], "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (
            #"{"model": "m", "tools": [{"type": "function", "function": {"name": "a b"}}], "messages": [{"role": "user", "content": "x"}]}"#,
            400
        ),
        (#"{"model": "m", "temperature": 3, "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (#"{"model": "m", "top_p": "1", "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (#"{"model": "m", "max_tokens": 1.5, "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (#"{"model": "o3", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}"#, 400),
        (
            #"{"model": "m", "max_tokens": 9, "max_completion_tokens": 9, "messages": [{"role": "user", "content": "x"}]}"#,
            400
        ),
    ])
    func wrongChatsAreRefused(body: String, status: Int) async throws {
        try await Rig.run { rig in
            let (answered, problem) = try await call(rig, "POST", "/v1/chat/completions", body)
            #expect(answered == status)
            #expect(problem?["error"]?["message"]?.string?.isEmpty == false)
        }
    }
}
