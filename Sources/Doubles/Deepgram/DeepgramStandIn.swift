import Foundation
import Network
import ProviderTransport

/// Deepgram's streaming speech-to-text: `GET /v1/listen` as a WebSocket, for `encoding=linear16` in one channel.
///
/// Like Deepgram it settles on words after a silence (`endpointing`, here at least 200 ms), answers `Finalize` only when
/// it holds back a tenth of a second or more, ends a stream with a summary, and hangs up with `NET-0001` on a client that
/// gives no sign of life. A request of the script is an utterance: up to a `KeepAlive` after a `Finalize`, or the end of the
/// stream; its pieces are the results. A `Finalize` alone may be a pause.
public struct DeepgramStandIn: StandIn {
    private let silenceLimit: Duration

    /// A stand-in that bears `silenceLimit` without audio or a sign of life.
    public init(silenceLimit: Duration = .seconds(10)) { self.silenceLimit = silenceLimit }

    /// Opens a socket for whoever has a key and asks for what there is.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        guard request.path == "/v1/listen" else { return nil }
        guard Stage.accepts(key: Self.key(of: request)) else {
            return .refuse(Self.refused(401, "INVALID_AUTH", "Invalid credentials.", on: stage))
        }
        if let refusal = stage.refusal(of: .deepgramListen) {
            return .refuse(
                Self.refused(
                    refusal.status, Self.code(of: refusal.status), "The script refuses.",
                    retryAfter: refusal.retryAfter, on: stage))
        }
        let options: DeepgramOptions
        switch DeepgramOptions.read(request.query) {
        case .failure(let problem): return .refuse(Self.refused(400, "Bad Request", problem.message, on: stage))
        case .success(let read): options = read
        }
        let subprotocol = request.offeredSubprotocols.first.flatMap { ["token", "bearer"].contains($0) ? $0 : nil }
        let silenceLimit = silenceLimit
        return .accept(subprotocol: subprotocol) { connection in
            stage.journal.note(.deepgramListen, .opened, options.model)
            await DeepgramConversation(connection, options: options, silenceLimit: silenceLimit, stage: stage).run()
        }
    }

    /// From `Authorization: Token KEY` (or `Bearer`), or from the subprotocols `token, KEY` of a browser.
    private static func key(of request: HTTPRequest) -> String? {
        let words = (request.headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        if words.count == 2, ["token", "bearer"].contains(words[0].lowercased()) { return String(words[1]) }
        let offered = request.offeredSubprotocols
        return offered.count == 2 && ["token", "bearer"].contains(offered[0]) ? offered[1] : nil
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 401: "INVALID_AUTH"
        case 402: "ASR_PAYMENT_REQUIRED"
        case 403: "INSUFFICIENT_PERMISSIONS"
        case 429: "TOO_MANY_REQUESTS"
        case 500...: "INTERNAL_SERVER_ERROR"
        default: "Bad Request"
        }
    }

    private static func refused(
        _ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil, on stage: Stage
    ) -> HTTPResponse {
        stage.journal.note(.deepgramListen, .refused, "\(status)")
        let id = UUID().uuidString.lowercased()
        let body: JSONValue = ["err_code": .string(code), "err_msg": .string(message), "request_id": .string(id)]
        var response = HTTPResponse.json(body.bytes, status: status)
        response.headers += [(name: "dg-request-id", value: id), (name: "dg-error", value: message)]
        if let retryAfter { response.headers.append((name: "Retry-After", value: "\(retryAfter)")) }
        return response
    }
}

/// What a client asks for with its socket.
struct DeepgramOptions: Sendable {
    struct Problem: Error { var message: String }

    var model = "base"
    var language = "en"
    var sampleRate = 0
    var hasInterimResults = false
    /// Of silence, in milliseconds; nil: no endpointing.
    var endpointing: Int? = 10

    static func read(_ query: [String: String]) -> Result<DeepgramOptions, Problem> {
        var options = DeepgramOptions()
        options.model = query["model"] ?? options.model
        let families = ["nova", "enhanced", "base", "whisper"]
        guard families.contains(where: options.model.hasPrefix) else {
            return .failure(Problem(message: "No such model/language/tier combination found."))
        }
        options.language = query["language"] ?? options.language
        guard query["encoding"] == "linear16" else {
            return .failure(Problem(message: "This stand-in reads encoding=linear16 only."))
        }
        guard let rate = query["sample_rate"].flatMap({ Int($0) }), (4000...192_000).contains(rate) else {
            return .failure(Problem(message: "encoding needs a sample_rate."))
        }
        options.sampleRate = rate
        guard (query["channels"] ?? "1") == "1" else {
            return .failure(Problem(message: "This stand-in reads one channel only."))
        }
        options.hasInterimResults = query["interim_results"] == "true"
        if let endpointing = query["endpointing"] {
            if endpointing == "false" {
                options.endpointing = nil
            } else if let milliseconds = Int(endpointing), milliseconds >= 0 {
                options.endpointing = milliseconds
            } else if endpointing != "true" {
                return .failure(Problem(message: "endpointing is false or a number of milliseconds."))
            }
        }
        return .success(options)
    }
}
