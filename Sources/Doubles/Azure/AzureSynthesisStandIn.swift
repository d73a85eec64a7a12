import AudioCore
import Network
import ProviderKit
import ProviderTransport
import Synchronization

/// Azure's text-to-speech: `POST /cognitiveservices/v1`, and the WebSocket with word boundaries.
public struct AzureSynthesisStandIn: StandIn {
    /// Orders that may wait on one socket.
    private static let mostWaiting = 8

    /// The stand-in.
    public init() {}

    // MARK: HTTP

    /// Any other path is none of its own.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? {
        guard request.path == "/cognitiveservices/v1" || request.path == "/tts/cognitiveservices/v1" else { return nil }
        stage.journal.note(.azureSynthesis, .request, "http")
        let cue = stage.cue(for: .azureSynthesis)
        let refusal = AzureAccessCheck.refusal(of: request) ?? cue.refusal.map { AzureAccessCheck.response($0) }
        if let refusal = refusal ?? Self.fault(in: request) {
            stage.journal.note(.azureSynthesis, .refused, "\(refusal.status)")
            return refusal
        }
        do {
            let format = try AzureAudioFormat(request.headers["x-microsoft-outputformat"] ?? "")
            let ssml = try AzureSSML(String(decoding: request.body, as: UTF8.self))
            let pieces = try await AzureSpeech(ssml, format, cue, on: stage).pieces
            // Of raw samples nothing but the end can break a rule: half of one, and no more.
            return stage.stream(
                .azureSynthesis, cue, headers: [(name: "Content-Type", value: "audio/x-wav")],
                Stage.Pieces(timed: pieces.map(\.audio), broken: [0]))
        } catch let fault as AzureSSML.Fault {
            stage.journal.note(.azureSynthesis, .refused, "400")
            return HTTPResponse.text(fault.message, status: 400)
        } catch {
            return AzureAccessCheck.problem(502, "The stand-in's engine failed.")
        }
    }

    private static func fault(in request: HTTPRequest) -> HTTPResponse? {
        if request.method != "POST" { return HTTPResponse.text("Only POST is served here.", status: 405) }
        guard request.headers["content-type"]?.lowercased().hasPrefix("application/ssml+xml") ?? false else {
            return HTTPResponse.text("The content type must be application/ssml+xml.", status: 415)
        }
        guard !(request.headers["user-agent"] ?? "").isEmpty else {
            return HTTPResponse.text("User-Agent is missing.", status: 400)
        }
        return nil
    }

    // MARK: WebSocket

    /// Any other path is none of its own.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        let paths = ["/cognitiveservices/websocket/v1", "/tts/cognitiveservices/websocket/v1"]
        guard paths.contains(request.path) else { return nil }
        let cue = stage.cue(for: .azureSynthesis)
        let refusal = AzureAccessCheck.refusal(of: request) ?? cue.refusal.map { AzureAccessCheck.response($0) }
        if let refusal {
            stage.journal.note(.azureSynthesis, .refused, "\(refusal.status)")
            return .refuse(refusal)
        }
        return .accept(subprotocol: "USP") { connection in
            stage.journal.note(.azureSynthesis, .opened)
            await serve(connection, cue, on: stage)
            stage.journal.note(.azureSynthesis, .closed, "\(connection.ending?.code ?? 1006)")
        }
    }

    private struct Order {
        var id: String
        var context: JSONValue
        var ssml: String
    }

    /// Reads orders while others are carried out, one after the other, until the client goes.
    private func serve(_ connection: WebSocketConnection, _ first: Cue, on stage: Stage) async {
        let (orders, queue) = AsyncStream.makeStream(
            of: Order.self, bufferingPolicy: .bufferingOldest(Self.mostWaiting))
        let stopped = StoppedTurns()
        await withDiscardingTaskGroup { group in
            group.addTask {
                // What the handshake was told goes for the first order; each one after it asks for itself.
                var handshake: Cue? = first
                for await order in orders {
                    var cue = handshake ?? stage.cue(for: .azureSynthesis)
                    handshake = nil
                    cue.start = .now
                    await speak(order.id, order.context, order.ssml, cue, connection, stopped, on: stage)
                }
            }
            var context: (id: String, body: JSONValue)?
            for await frame in connection.messages {
                guard let message = USPMessage(frame) else {
                    connection.close(code: 1007, reason: "Invalid message.")
                    break
                }
                switch message.path.lowercased() {
                case "synthesis.context":
                    if let id = message.requestID, let body = message.json { context = (id, body) }
                case "ssml":
                    guard let context, message.belongs(to: context.id), let ssml = message.text else {
                        connection.close(code: 1007, reason: "ssml must follow the synthesis.context of its turn.")
                        break
                    }
                    stage.journal.note(.azureSynthesis, .request, context.id)
                    if case .dropped = queue.yield(Order(id: context.id, context: context.body, ssml: ssml)) {
                        connection.close(code: 1008, reason: "Too many requests on one connection.")
                    }
                case "synthesis.control":
                    if message.json?["action"]?.string == "stop", let id = message.requestID { stopped.add(id) }
                // speech.config, telemetry
                default: break
                }
            }
            group.cancelAll()
        }
    }

    private func speak(
        _ id: String, _ context: JSONValue, _ ssml: String, _ cue: Cue, _ connection: WebSocketConnection,
        _ stopped: StoppedTurns, on stage: Stage
    ) async {
        if let refusal = cue.refusal {
            // A turn on an open socket has no status: the service closes.
            stage.journal.note(.azureSynthesis, .refused, "\(refusal.status)")
            return connection.close(code: refusal.status < 500 ? 1007 : 1011, reason: "Refused: \(refusal.status).")
        }
        do {
            let audio = context["synthesis"]?["audio"]
            let format = try AzureAudioFormat(audio?["outputFormat"]?.string ?? "")
            let speech = try await AzureSpeech(try AzureSSML(ssml), format, cue, on: stage)
            let turn = AzureSynthesisTurn(
                id: id, streamID: USPMessage.newID().uppercased(), options: audio?["metadataOptions"] ?? [:])
            for message in turn.head { message.send(on: connection) }
            // One beyond the pieces, so that a fault can come after all of them.
            for index in 0...speech.pieces.count where !stopped.contains(id) {
                let isLast = index == speech.pieces.count
                guard await connection.hasRoom() else { throw CancellationError() }
                switch isLast && index > 0 ? cue.turn(at: index) : try await cue.before(piece: index) {
                case .go: break
                case .cut:
                    stage.journal.note(.azureSynthesis, .fault, "cut after \(index)")
                    return await cut(connection)
                case .stall:
                    stage.journal.note(.azureSynthesis, .fault, "stall after \(index)")
                    _ = await connection.closed()
                    return
                case .malformed:
                    stage.journal.note(.azureSynthesis, .fault, "malformed after \(index)")
                    // A header that ends behind the message.
                    connection.send([0xFF, 0xFF, 0x50])
                    return connection.close(code: 1011)
                }
                if isLast { break }
                for message in turn.messages(speech.pieces[index]) { message.send(on: connection) }
                if index == 0 { stage.journal.note(.azureSynthesis, .firstPiece, id) }
            }
            for message in turn.tail(speech.duration) { message.send(on: connection) }
            stage.journal.note(.azureSynthesis, stopped.contains(id) ? .cancelled : .finished, id)
        } catch let fault as AzureSSML.Fault {
            stage.journal.note(.azureSynthesis, .refused, "1007")
            connection.close(code: 1007, reason: fault.message)
        } catch is CancellationError {
            stage.journal.note(.azureSynthesis, .cancelled, id)
        } catch {
            connection.close(code: 1011, reason: "The stand-in's engine failed.")
        }
    }
}

/// Breaks a connection off when what was sent before has left: a cut comes after so many pieces, not somewhere before.
func cut(_ connection: WebSocketConnection) async {
    await connection.drained(below: 1)
    connection.abort()
}

/// Turns that their client has stopped; the last few.
private final class StoppedTurns: Sendable {
    private let ids = Mutex<[String]>([])

    func add(_ id: String) { ids.withLock { $0 = ($0 + [id.lowercased()]).suffix(16) } }
    func contains(_ id: String) -> Bool { ids.withLock { $0.contains(id.lowercased()) } }
}
