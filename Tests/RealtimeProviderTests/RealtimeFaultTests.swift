import Doubles
import DoublesRig
import ProviderConformance
import ProviderKit
import Telemetry
import Testing

@testable import Vendors

/// Every fault of the script, as the provider tells it.
@Suite struct RealtimeFaultTests {
    /// One turn against a stand-in that does `fault`, and how the conversation went.
    private func call(
        _ dialect: RealtimeDialect, _ rule: Rule, key: String = "key",
        _ check: @Sendable (SpeechToSpeechCall, SocketRig) async throws -> Void
    ) async throws {
        try await SocketRig.run(rule) { doubles in
            let call = SpeechToSpeechCall(RealtimeModelTests.model(dialect, doubles, key: key))
            call.inputs.yield(.text("Where is my order?"))
            call.inputs.yield(.respond(1))
            try await check(call, doubles)
        }
    }

    private func error(_ call: SpeechToSpeechCall) async -> ProviderError? {
        if case .failure(let error) = await call.result() { error as? ProviderError } else { nil }
    }

    @Test(arguments: RealtimeModelTests.dialects) func cut(_ dialect: RealtimeDialect) async throws {
        let rule = Rule(text: ["It is on its way to you now."], fault: .cut(after: 2))
        try await call(dialect, rule) { call, _ in
            let error = await error(call)
            #expect(error?.code == .unavailable)
            #expect(!call.audio(of: 1).isEmpty)
        }
    }

    @Test(arguments: RealtimeModelTests.dialects) func malformed(_ dialect: RealtimeDialect) async throws {
        try await call(dialect, Rule(text: ["On its way."], fault: .malformed(after: 1))) { call, _ in
            #expect(await error(call)?.code == .protocolViolation)
        }
    }

    @Test(arguments: RealtimeModelTests.dialects) func silent(_ dialect: RealtimeDialect) async throws {
        try await call(dialect, Rule(fault: .silent)) { call, _ in
            #expect(await call.end(of: 1))
            #expect(call.failure(of: 1) == nil && call.audio(of: 1).isEmpty && call.text(of: 1).isEmpty)
            call.inputs.finish()
            try await call.result().get()
        }
    }

    /// A stalled answer can be given up; the conversation goes on.
    @Test(arguments: RealtimeModelTests.dialects) func stall(_ dialect: RealtimeDialect) async throws {
        try await call(dialect, Rule(times: 1, text: ["On its way to you."], fault: .stall(after: 1))) { call, _ in
            await call.wait { if case .audio = $0 { true } else { false } }
            call.inputs.yield(.cancel(1, heard: .zero))
            call.inputs.yield(.respond(2))
            #expect(await call.end(of: 2))
            #expect(!call.audio(of: 2).isEmpty)
            call.inputs.finish()
            try await call.result().get()
        }
    }

    @Test(arguments: RealtimeModelTests.dialects) func refusedConnection(_ dialect: RealtimeDialect) async throws {
        let cases: [(Int, ProviderError.Code)] = [
            (429, .rateLimited), (500, .unavailable), (503, .unavailable), (403, .rejected),
        ]
        for (status, code) in cases {
            try await call(dialect, Rule(fault: .status(status, retryAfter: 2))) { call, _ in
                #expect(await error(call)?.code == code)
            }
        }
    }

    /// A refusal on an open connection fails the one answer.
    @Test(arguments: RealtimeModelTests.dialects) func refusedAnswer(_ dialect: RealtimeDialect) async throws {
        try await call(dialect, Rule(skip: 1, times: 1, fault: .status(429))) { call, _ in
            #expect(await call.end(of: 1))
            call.inputs.yield(.respond(2))
            #expect(await call.end(of: 2))
            call.inputs.yield(.respond(3))
            #expect(await call.end(of: 3))
            #expect(call.failure(of: 1) == nil && call.failure(of: 3) == nil)
            #expect(call.failure(of: 2)?.code == .rateLimited)
        }
    }

    @Test func nobodyThere() async throws {
        try await SocketRig.run() { doubles in
            let settings = RealtimeSettings(.openAI, key: Secret("key"), baseURL: "http://127.0.0.1:1/v1")
            let call = SpeechToSpeechCall(RealtimeModel(model: "m", settings: settings, client: doubles.client))
            #expect(await error(call)?.code == .unavailable)
        }
    }

    @Test func withoutAKeyNoneIsSent() {
        #expect(RealtimeSettings(.openAI, key: nil, baseURL: "http://gpu:8000/v1").authorization.isEmpty)
        let keyed = RealtimeSettings(.openAI, key: Secret("key")).authorization
        #expect(keyed.map(\.name) == ["Authorization"] && keyed.map(\.value) == ["Bearer key"])
    }

    /// A key is in no error, whatever goes wrong.
    @Test(arguments: RealtimeModelTests.dialects) func keyStaysSecret(_ dialect: RealtimeDialect) async throws {
        let canary = "sk-canary-5f1c"
        let faults: [Fault] = [.status(401), .status(429), .status(500), .cut(after: 0), .malformed(after: 0)]
        for fault in faults {
            try await call(dialect, Rule(fault: fault), key: canary) { call, doubles in
                let error = await error(call)
                #expect(error != nil)
                let texts =
                    ["\(String(describing: error))", String(reflecting: error)]
                    + doubles.stage.journal.all.map(\.detail)
                #expect(texts.allSatisfy { !$0.contains(canary) })
            }
        }
        try await call(dialect, Rule(), key: "wrong-key") { call, _ in
            let error = await error(call)
            #expect(error?.code == .rejected)
            #expect(!String(reflecting: error).contains("wrong-key"))
        }
    }
}
