import AudioCore
import Network
import ProviderTransport

/// ElevenLabs' text-to-speech, in PCM: `POST /v1/text-to-speech/{voice}/stream`, also `/stream/with-timestamps`, and the
/// WebSockets `stream-input` and `multi-stream-input`.
///
/// A request of the script is a POST, the speech of a single socket, or a context of a multi-context socket; its pieces are
/// the chunks of audio, a quarter of a second each.
public struct ElevenLabsStandIn: StandIn {
    private let inactivityLimit: Duration?

    /// A stand-in that bears `inactivityLimit` without a text; nil: as the client asks, else 20 s, as ElevenLabs does.
    public init(inactivityLimit: Duration? = nil) { self.inactivityLimit = inactivityLimit }

    /// The voice and what follows it in the path.
    private static func parts(of path: String) -> (voice: String, way: String)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard parts.count >= 3, parts[0] == "v1", parts[1] == "text-to-speech" else { return nil }
        return (parts[2], parts.dropFirst(3).joined(separator: "/"))
    }

    // MARK: HTTP

    /// Answers the streaming requests.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? {
        guard let (voice, way) = Self.parts(of: request.path), request.method == "POST",
            way == "stream" || way == "stream/with-timestamps"
        else { return nil }
        let wire = Wire.elevenLabsHTTP
        guard Stage.accepts(key: request.headers["xi-api-key"]) else {
            return Self.refused(wire, 401, "invalid_api_key", "Invalid API key.", on: stage)
        }
        let cue = stage.cue(for: wire)
        stage.journal.note(wire, .request, way)
        if let refusal = cue.refusal {
            return Self.refused(
                wire, refusal.status, Self.code(of: refusal.status), "The script refuses.",
                retryAfter: refusal.retryAfter, on: stage)
        }
        guard let body = JSONValue(request.body), let text = body["text"]?.string, !text.isEmpty else {
            stage.journal.note(wire, .refused, "422")
            let detail: JSONValue = [
                "detail": [["type": "missing", "loc": ["body", "text"], "msg": "Field required", "input": nil]]
            ]
            return .json(detail.bytes, status: 422)
        }
        do {
            let voice = try ElevenLabsVoice(
                voice: voice, model: body["model_id"]?.string, language: body["language_code"]?.string,
                format: request.query["output_format"])
            let speed = try ElevenLabsVoice.speed(body["voice_settings"])
            let speech =
                cue.isSilent
                ? ElevenLabsSpeech(pieces: [])
                : try await ElevenLabsSpeech.make(text, voice, speed: speed, on: stage)
            return Self.answer(speech, timed: way != "stream", cue, on: stage)
        } catch let problem as ElevenLabsVoice.Problem {
            return Self.refused(wire, problem.status, problem.code, problem.message, on: stage)
        } catch {
            return Self.refused(wire, 500, "internal_error", "The stand-in's engine failed.", on: stage)
        }
    }

    private static func answer(
        _ speech: ElevenLabsSpeech, timed: Bool, _ cue: Cue, on stage: Stage
    ) -> HTTPResponse {
        let pieces = speech.pieces.map { piece -> [UInt8] in
            guard timed else { return PCM16.bytes(littleEndian: piece.samples) }
            let alignment = ElevenLabsSpeech.streamAlignment(piece.characters)
            let line: JSONValue = [
                "audio_base64": .string(ElevenLabsSpeech.encoded(piece.samples)), "alignment": alignment,
                "normalized_alignment": alignment,
            ]
            return line.bytes + [UInt8(ascii: "\n")]
        }
        return stage.stream(
            .elevenLabsHTTP, cue,
            headers: [(name: "Content-Type", value: timed ? "application/json" : "application/octet-stream")],
            Stage.Pieces(timed: pieces, broken: timed ? Array("{\"audio_base64\": \"////\n".utf8) : [0]))
    }

    // MARK: Sockets

    /// Opens the sockets.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        guard let (voice, way) = Self.parts(of: request.path), way == "stream-input" || way == "multi-stream-input"
        else { return nil }
        let wire = Wire.elevenLabsSocket
        guard Stage.accepts(key: request.headers["xi-api-key"] ?? request.query["xi-api-key"]) else {
            return .refuse(Self.refused(wire, 401, "invalid_api_key", "Invalid API key.", on: stage))
        }
        if let refusal = stage.refusal(of: wire) {
            return .refuse(
                Self.refused(
                    wire, refusal.status, Self.code(of: refusal.status), "The script refuses.",
                    retryAfter: refusal.retryAfter, on: stage))
        }
        do {
            let query = request.query
            let voice = try ElevenLabsVoice(
                voice: voice, model: query["model_id"], language: query["language_code"],
                format: query["output_format"])
            let asked = min(180, max(1, query["inactivity_timeout"].flatMap { Int($0) } ?? 20))
            let options = ElevenLabsConversation.Options(
                isMulti: way == "multi-stream-input", hasSyncAlignment: query["sync_alignment"] == "true",
                hasAutoMode: query["auto_mode"] == "true", inactivity: inactivityLimit ?? .seconds(asked))
            return .accept { connection in
                stage.journal.note(wire, .opened, way)
                await ElevenLabsConversation(connection, voice: voice, options: options, stage: stage).run()
            }
        } catch {
            return .refuse(Self.refused(wire, error.status, error.code, error.message, on: stage))
        }
    }

    // MARK: Refusals

    /// What ElevenLabs calls it.
    static func code(of status: Int) -> String {
        switch status {
        case 401: "invalid_api_key"
        case 402: "quota_exceeded"
        case 403: "missing_permissions"
        case 404: "voice_not_found"
        case 429: "too_many_concurrent_requests"
        case 500...: "system_busy"
        default: "invalid_request"
        }
    }

    private static func refused(
        _ wire: Wire, _ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil, on stage: Stage
    ) -> HTTPResponse {
        stage.journal.note(wire, .refused, "\(status)")
        let body: JSONValue = ["detail": ["status": .string(code), "message": .string(message)]]
        var response = HTTPResponse.json(body.bytes, status: status)
        if let retryAfter { response.headers.append((name: "Retry-After", value: "\(retryAfter)")) }
        return response
    }
}
