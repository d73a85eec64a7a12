import Doubles
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry
import Testing
import Vendors

@Suite(.serialized) struct DeepgramFaultTests {
    /// Recognises under `rules` and returns the error, in which the key must not be.
    private func failure(_ rules: [Rule], key: String = Stand.canary) async throws -> ProviderError? {
        let utterance = try await Stand.utterance()
        let found = Mutex<ProviderError?>(nil)
        try await Stand.with(rules) { stand in
            var settings = stand.settings
            settings.key = Secret(key)
            let recognizer = DeepgramRecognizer(settings: settings, client: stand.client)
            let error = await #expect(throws: ProviderError.self) {
                try await RecognizerConformance.recognize(recognizer, utterance)
            }
            found.withLock { $0 = error }
            #expect(!"\(String(describing: error))".contains(key))
            #expect(stand.stage.journal.all.allSatisfy { !$0.detail.contains(key) })
            // After the fault all is well again.
            stand.stage.play(DoublesScript(rules: [Rule(text: ["well again"])]))
            let heard = try await RecognizerConformance.recognize(stand.recognizer, utterance)
            #expect(heard.last?.text == "well again")
        }
        return found.withLock { $0 }
    }

    @Test(arguments: [
        (401, ProviderError.Code.rejected), (402, .rejected), (403, .rejected), (429, .rateLimited),
        (500, .unavailable), (503, .unavailable),
    ])
    func refusals(status: Int, code: ProviderError.Code) async throws {
        let error = try await failure([Rule(wire: .deepgramListen, fault: .status(status))])
        #expect(error?.code == code)
        #expect(error?.message.hasPrefix("HTTP \(status)") == true)
        if status == 402 { #expect(error?.message.contains("ASR_PAYMENT_REQUIRED") == true) }
    }

    @Test func aWrongKeyIsRejected() async throws {
        let error = try await failure([], key: "wrong-key")
        #expect(error?.code == .rejected)
        #expect(error?.message == "HTTP 401 (INVALID_AUTH)")
    }

    @Test func anEndInTheMiddle() async throws {
        let error = try await failure([Rule(wire: .deepgramListen, fault: .cut(after: 1))])
        #expect(error?.code == .unavailable)
    }

    @Test func malformed() async throws {
        let error = try await failure([Rule(wire: .deepgramListen, fault: .malformed(after: 1))])
        #expect(error?.code == .protocolViolation)
    }

    @Test func silentSuccess() async throws {
        let utterance = try await Stand.utterance()
        try await Stand.with([Rule(wire: .deepgramListen, fault: .silent)]) { stand in
            let heard = try await RecognizerConformance.recognize(stand.recognizer, utterance)
            #expect(heard == [Transcript(text: "", isFinal: true)])
        }
    }

    @Test func aLateFinalIsWaitedFor() async throws {
        let utterance = try await Stand.utterance()
        try await Stand.with([Rule(wire: .deepgramListen, fault: .lateFinal(1500))]) { stand in
            let heard = try await RecognizerConformance.recognize(stand.recognizer, utterance)
            #expect(heard.last?.isFinal == true && heard.last?.text.isEmpty == false)
        }
    }

    @Test func aStallEndsByCancellationOnly() async throws {
        let utterance = try await Stand.utterance()
        try await Stand.with([Rule(wire: .deepgramListen, fault: .stall(after: 1))]) { stand in
            let recognizer = stand.recognizer
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            source.yield(utterance)
            source.finish()
            let began = Gate()
            let transcripts = Collected<Transcript>()
            let listening = Task {
                try await recognizer.recognize(audio, language: "en-US") {
                    transcripts.add($0)
                    began.open()
                }
            }
            await began.pass()
            listening.cancel()
            let result = await listening.result
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(transcripts.count == 1)
        }
    }

    @Test func nobodyThere() async throws {
        let client = try WebSocketClient()
        var settings = DeepgramSettings(key: Secret(Stand.canary))
        settings.baseURL = "http://127.0.0.1:1"
        let recognizer = DeepgramRecognizer(settings: settings, client: client)
        let error = await #expect(throws: ProviderError.self) { try await recognizer.prepare(language: "en-US") }
        #expect(error?.code == .unavailable)
        await client.shutDown()
    }

    /// The stand-in hangs up on an idle socket; nobody who recognises afterwards notices.
    @Test func aSocketThatDiedIdleGoesUnnoticed() async throws {
        let utterance = try await Stand.utterance()
        let rule = Rule(wire: .deepgramListen, text: ["still heard"])
        try await Stand.with([rule], silenceLimit: .milliseconds(500)) { stand in
            let recognizer = stand.recognizer
            try await recognizer.prepare(language: "en-US")
            while !stand.stage.journal.all.contains(where: { $0.event == .closed && $0.detail == "1011" }) {
                await Task.yield()
            }
            let heard = try await RecognizerConformance.recognize(recognizer, utterance)
            #expect(heard.last?.text == "still heard")
            #expect(recognizer.sockets.openedCount == 2)
        }
    }
}

/// A listener that hangs up when the second utterance's first audio comes, and repeats how much audio it got.
private final class Hangman: ServerHandler {
    private let sockets = Mutex(0)
    let key: String

    init(key: String) { self.key = key }

    func respond(to request: HTTPRequest) async -> HTTPResponse { .notFound }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        let number = sockets.withLock { count in
            count += 1
            return count
        }
        if number == 3 {
            let body = "{\"err_code\":\"\(key)\",\"err_msg\":\"\(key)\"}"
            return .refuse(.json(Array(body.utf8), status: 403))
        }
        return .accept { connection in
            var bytes = 0
            var utterances = 0
            for await message in connection.messages {
                switch message {
                case .binary(let audio):
                    bytes += audio.count
                    if number == 1 && utterances == 1 { return connection.close(code: 1011, reason: "NET-0001 bye") }
                case .text(let text) where text.contains("Finalize"):
                    utterances += 1
                    connection.send(
                        """
                        {"type":"Results","start":0,"duration":1,"is_final":true,"from_finalize":true,\
                        "channel":{"alternatives":[{"transcript":"\(bytes)"}]}}
                        """)
                    bytes = 0
                    if number == 2 && utterances == 2 { connection.close(code: 1008, reason: self.key) }
                default: break
                }
            }
        }
    }
}

@Suite struct DeepgramReplacementTests {
    @Test func aDeadSocketsUtteranceIsSentAgainWhole() async throws {
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: Hangman(key: Stand.canary))
        let client = try WebSocketClient()
        var settings = DeepgramSettings(key: Secret(Stand.canary))
        settings.baseURL = "http://127.0.0.1:\(server.port)"
        let recognizer = DeepgramRecognizer(settings: settings, client: client)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do {
                for count in [1600, 16000, 48000] {
                    let heard = try await RecognizerConformance.recognize(
                        recognizer, [Int16](repeating: 1, count: count))
                    #expect(heard.last == Transcript(text: "\(2 * count)", isFinal: true))
                }
                #expect(recognizer.sockets.openedCount == 2)
                // The third socket is refused, with the key for a code.
                let error = await #expect(throws: ProviderError.self) {
                    for _ in 0..<2 {
                        _ = try await RecognizerConformance.recognize(recognizer, [Int16](repeating: 1, count: 1600))
                    }
                }
                #expect(error?.code == .rejected && error?.message == "HTTP 403")
            } catch {
                Issue.record(error)
            }
            await client.shutDown()
            group.cancelAll()
        }
    }
}

/// Closes every socket with one code at the first audio.
private struct Closing: ServerHandler {
    let code: UInt16
    func respond(to request: HTTPRequest) async -> HTTPResponse { .notFound }
    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        .accept { connection in
            for await _ in connection.messages { connection.close(code: code, reason: "later") }
        }
    }
}

/// Over a real socket, which reports some codes as others.
@Suite struct DeepgramCloseTests {
    @Test(arguments: [(1011, true), (1012, true), (1013, true), (1014, true), (1008, false), (1003, false)])
    func comeBackLaterIsNoRefusal(code: UInt16, isRetryable: Bool) async throws {
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: Closing(code: code))
        let client = try WebSocketClient()
        var settings = DeepgramSettings(key: Secret(Stand.canary))
        settings.baseURL = "http://127.0.0.1:\(server.port)"
        let recognizer = DeepgramRecognizer(settings: settings, client: client)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let error = await #expect(throws: ProviderError.self) {
                _ = try await RecognizerConformance.recognize(recognizer, [Int16](repeating: 1, count: 1600))
            }
            #expect(error?.isRetryable == isRetryable && error?.code == (isRetryable ? .unavailable : .rejected))
            await client.shutDown()
            group.cancelAll()
        }
    }
}
