import AudioCore
import Network
import ProviderTransport

/// Azure's speech-to-text over its WebSocket: single phrases (`interactive`) and running speech (`conversation`,
/// `dictation`).
public struct AzureRecognitionStandIn: StandIn {
    /// Bytes of audio that one turn may have: ten minutes at 48 kHz.
    private static let longest = 600 * 96_000

    /// The stand-in.
    public init() {}

    /// Any other path is none of its own.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        let parts = request.path.split(separator: "/").map(String.init)
        let path = parts.first == "stt" ? Array(parts.dropFirst()) : parts
        guard path.count == 5, path[..<2] == ["speech", "recognition"], path[3...] == ["cognitiveservices", "v1"],
            ["interactive", "conversation", "dictation"].contains(path[2])
        else { return nil }
        let cue = stage.cue(for: .azureRecognition)
        var refusal = AzureAccessCheck.refusal(of: request) ?? cue.refusal.map { AzureAccessCheck.response($0) }
        let language = request.query["language"] ?? ""
        if refusal == nil, language.isEmpty {
            refusal = AzureAccessCheck.problem(400, "The query parameter language is missing.")
        }
        if let refusal {
            stage.journal.note(.azureRecognition, .refused, "\(refusal.status)")
            return .refuse(refusal)
        }
        let manner = AzureRecognitionManner(
            language: language, isDetailed: request.query["format"] == "detailed",
            isInteractive: path[2] == "interactive")
        return .accept(subprotocol: "USP") { connection in
            stage.journal.note(.azureRecognition, .opened)
            await serve(connection, manner, cue, on: stage)
            stage.journal.note(.azureRecognition, .closed, "\(connection.ending?.code ?? 1006)")
        }
    }

    /// The turn that takes audio now.
    private struct Intake {
        var id: String
        var audio: AsyncStream<[UInt8]>.Continuation
        var bytes = 0
        var hasEnded = false
    }

    /// Reads audio and hands it to turns, each of which answers for itself, until the client goes.
    private func serve(
        _ connection: WebSocketConnection, _ manner: AzureRecognitionManner, _ first: Cue, on stage: Stage
    ) async {
        await withDiscardingTaskGroup { group in
            var handshake: Cue? = first
            var context: JSONValue = [:]
            var intake: Intake?
            for await frame in connection.messages {
                guard let message = USPMessage(frame) else {
                    connection.close(code: 1007, reason: "Invalid message.")
                    break
                }
                switch message.path.lowercased() {
                case "speech.context": context = message.json ?? [:]
                case "audio":
                    guard let id = message.requestID, let bytes = message.bytes else {
                        connection.close(code: 1007, reason: "audio needs X-RequestId and a binary frame.")
                        break
                    }
                    if intake.map({ !message.belongs(to: $0.id) }) ?? true {
                        intake?.audio.finish()
                        let (audio, source) = AsyncStream.makeStream(of: [UInt8].self)
                        intake = Intake(id: id, audio: source)
                        stage.journal.note(.azureRecognition, .request, id)
                        // What the handshake was told goes for the first turn; each one after it asks for itself.
                        var cue = handshake ?? stage.cue(for: .azureRecognition)
                        handshake = nil
                        cue.start = .now
                        let turn = AzureRecognitionTurn(
                            id: id, manner: manner.with(context), cue: cue, connection: connection, stage: stage)
                        group.addTask { await turn.run(audio) }
                    }
                    if bytes.isEmpty {
                        intake?.hasEnded = true
                        intake?.audio.finish()
                    } else if intake?.hasEnded == false {
                        intake?.bytes += bytes.count
                        intake?.audio.yield(bytes)
                    }
                    if (intake?.bytes ?? 0) > Self.longest {
                        connection.close(code: 1007, reason: "The turn has too much audio.")
                    }
                // speech.config, speech.event, telemetry
                default: break
                }
            }
            intake?.audio.finish()
            group.cancelAll()
        }
    }
}

/// How a client wants to be heard.
struct AzureRecognitionManner: Sendable {
    var language: String
    var isDetailed: Bool
    /// One phrase ends the turn.
    var isInteractive: Bool
    /// Whether each word's time is told.
    var hasWordTimes = false
    /// Silence that ends a phrase, in milliseconds.
    var pauseMs = 800

    /// With what a turn's `speech.context` adds.
    func with(_ context: JSONValue) -> AzureRecognitionManner {
        var manner = self
        let output = context["phraseOutput"]
        if output?["format"]?.string?.lowercased() == "detailed" { manner.isDetailed = true }
        let options = output?["detailed"]?["options"]?.array ?? []
        manner.hasWordTimes = options.contains { $0.string == "WordTimings" }
        let detection = context["phraseDetection"]
        for mode in ["INTERACTIVE", "CONVERSATION", "DICTATION"] {
            if let pause = detection?[mode]?["segmentation"]?["segmentationSilenceTimeoutMs"]?.int {
                manner.pauseMs = min(5000, max(100, pause))
            }
        }
        return manner
    }
}
