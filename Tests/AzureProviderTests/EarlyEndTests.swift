import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing
import Vendors

/// A service that ends its first turn in the middle of the audio, as Azure does after a long silence, and takes the rest in
/// a second one.
private struct EarlyService: ServerHandler {
    /// Open when the second turn has begun.
    let second = Gate()

    func respond(to request: HTTPRequest) async -> HTTPResponse { .notFound }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        .accept(subprotocol: "USP") { connection in
            var turns: [String] = []
            for await frame in connection.messages {
                guard let message = USPMessage(frame), message.path == "audio", let id = message.requestID else {
                    continue
                }
                func send(_ path: String, _ body: JSONValue) {
                    USPMessage(path: path, requestID: id, body: .text(body.text)).send(on: connection)
                }
                func phrase(_ words: String) {
                    send("speech.phrase", ["RecognitionStatus": "Success", "DisplayText": .string(words)])
                }
                if !turns.contains(id) { turns.append(id) }
                let isHeader = message.contentType == "audio/x-wav"
                if turns.count == 2 { second.open() }
                if turns.count == 1, !isHeader {
                    phrase("First.")
                    send("turn.end", [:])
                    // What still comes for the first turn is nobody's business any more.
                    send("speech.hypothesis", ["Text": "stale"])
                } else if turns.count == 2, message.bytes?.isEmpty == true {
                    phrase("Second.")
                    send("turn.end", [:])
                }
            }
        }
    }
}

struct EarlyEndTests {
    @Test func theRestGoesIntoAnotherTurn() async throws {
        let service = EarlyService()
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: service)
        let client = try WebSocketClient()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let recognizer = AzureRecognizer(
                endpoints: AzureEndpoints(host: "http://127.0.0.1:\(server.port)"), key: Secret("key"),
                client: client)
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            let transcripts = Collected<Transcript>()
            // One frame: the service answers each.
            source.yield([Int16](repeating: 1000, count: 1600))
            group.addTask {
                await service.second.pass()
                source.yield([Int16](repeating: 1000, count: 3200))
                source.finish()
            }
            try await recognizer.recognize(audio, language: "en-US") { transcripts.add($0) }
            #expect(
                transcripts.all == [
                    Transcript(text: "First.", isFinal: false), Transcript(text: "First. Second.", isFinal: false),
                    Transcript(text: "First. Second.", isFinal: true),
                ])
            await client.shutDown()
            await server.stop()
        }
    }
}
