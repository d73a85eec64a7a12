import AudioCore
import Foundation
import Network
import ProviderTransport

/// The server's side of a socket of the realtime family: JSON events with a `type`.
struct RealtimeSocket: Sendable {
    let connection: WebSocketConnection
    let wire: Wire
    let stage: Stage
    let model: String

    /// Sends one event under a new id.
    func send(_ type: String, _ members: [String: JSONValue] = [:]) {
        var members = members
        members["type"] = .string(type)
        members["event_id"] = .string(realtimeID("event"))
        connection.send(JSONValue.object(members).text)
    }

    /// Tells the client that its event was wrong.
    func refuse(
        _ event: JSONValue?, code: String?, message: String, param: String? = nil,
        type: String = "invalid_request_error"
    ) {
        stage.journal.note(wire, .refused, code ?? type)
        send(
            "error",
            [
                "error": [
                    "type": .string(type), "code": code.map { .string($0) } ?? nil, "message": .string(message),
                    "param": param.map { .string($0) } ?? nil, "event_id": event?["event_id"] ?? nil,
                ]
            ])
    }

    /// Waits until piece `index` is due, and lets go wrong what the script wants.
    /// - Returns: whether the piece may be sent; if not, nothing more is to be.
    func mayGo(_ index: Int, _ cue: Cue) async -> Bool {
        guard let turn = try? await cue.before(piece: index) else { return false }
        guard await connection.hasRoom() else { return false }
        switch turn {
        case .go: return true
        case .cut:
            stage.journal.note(wire, .fault, "cut")
            // What was sent before is to arrive: an abort drops what waits on this side, and a reset what waits on theirs.
            await connection.drained(below: 1)
            try? await Task.sleep(for: .milliseconds(20))
            connection.abort()
        case .malformed:
            stage.journal.note(wire, .fault, "malformed")
            connection.send("{\"type\":\"response.")
            connection.close()
        case .stall:
            stage.journal.note(wire, .fault, "stall")
            // Until the answer is called off or the socket is closed.
            for await _ in AsyncStream<Void>.makeStream().stream {}
        }
        return false
    }

    /// Reads events until the socket is closed, and does the answers that they ask for.
    /// - Parameter receive: false closes the socket.
    func serve(jobs: RealtimeJobs, _ receive: (_ type: String, _ event: JSONValue) async -> Bool) async {
        stage.journal.note(wire, .opened, model)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await jobs.run() }
            for await message in connection.messages {
                // What is answered at once may be as long as the question: many of them must not fill the queue.
                guard await connection.hasRoom() else { break }
                guard case .text(let text) = message, let event = JSONValue(text.utf8), let type = event["type"]?.string
                else {
                    refuse(nil, code: "invalid_json", message: "An event is a JSON object with a type.")
                    continue
                }
                if await !receive(type, event) { break }
            }
            if jobs.isBusy, !connection.isOpen { stage.journal.note(wire, .cancelled, "socket closed") }
            jobs.finish()
            group.cancelAll()
        }
        stage.journal.note(wire, .closed, connection.ending.map { String($0.code) } ?? "")
    }

    /// Decides about a request for a socket of `wire`.
    static func upgrade(
        _ request: HTTPRequest, wire: Wire, on stage: Stage, serve: @escaping @Sendable (RealtimeSocket) async -> Void
    ) -> UpgradeDecision {
        func refuse(_ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil) -> UpgradeDecision {
            stage.journal.note(wire, .refused, String(status))
            var response = HTTPResponse.json(body(wire, code, message).bytes, status: status)
            if let retryAfter { response.headers.append((name: "Retry-After", value: String(retryAfter))) }
            return .refuse(response)
        }
        let bearer = request.headers["authorization"].flatMap { value in
            value.hasPrefix("Bearer ") ? String(value.dropFirst(7)) : nil
        }
        guard Stage.accepts(key: bearer ?? request.headers["api-key"] ?? browserKey(request)) else {
            return wire == .openAIRealtime
                ? refuse(401, "invalid_api_key", "Incorrect API key provided.")
                : refuse(401, "InvalidApiKey", "Invalid API-key provided.")
        }
        guard let model = request.query["model"] ?? request.query["deployment"], !model.isEmpty else {
            return refuse(400, "missing_model", "You must provide a model parameter.")
        }
        if let refusal = stage.refusal(of: wire) {
            let (code, message) = problem(refusal.status, wire)
            return refuse(refusal.status, code, message, retryAfter: refusal.retryAfter)
        }
        // A subprotocol is named only to who offers it; a browser's key is in another one.
        return .accept(subprotocol: request.offeredSubprotocols.contains("realtime") ? "realtime" : nil) { connection in
            await serve(RealtimeSocket(connection: connection, wire: wire, stage: stage, model: model))
        }
    }

    /// The vendor's code and sentence for what an HTTP status says.
    static func problem(_ status: Int, _ wire: Wire) -> (code: String, message: String) {
        let isOpenAI = wire == .openAIRealtime
        return switch status {
        case 401, 403: (isOpenAI ? "invalid_api_key" : "InvalidApiKey", "The key is not accepted.")
        case 429: (isOpenAI ? "rate_limit_exceeded" : "Throttling.RateQuota", "Too many requests.")
        case 500...: (isOpenAI ? "server_error" : "InternalError", "The server had an error.")
        default: (isOpenAI ? "invalid_request" : "InvalidParameter", "The request is not accepted.")
        }
    }

    private static func body(_ wire: Wire, _ code: String, _ message: String) -> JSONValue {
        wire == .openAIRealtime
            ? [
                "error": [
                    "message": .string(message), "type": "invalid_request_error", "param": nil, "code": .string(code),
                ]
            ]
            : ["code": .string(code), "message": .string(message), "request_id": .string(realtimeID("req"))]
    }

    private static func browserKey(_ request: HTTPRequest) -> String? {
        let prefix = "openai-insecure-api-key."
        return request.offeredSubprotocols.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

/// A new id of the form that the vendors use: `item_…`.
func realtimeID(_ kind: String) -> String {
    kind + "_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").prefix(22)
}

/// PCM16 as events carry it.
func base64(_ samples: some Sequence<Int16>) -> String {
    Data(PCM16.bytes(littleEndian: Array(samples))).base64EncodedString()
}
