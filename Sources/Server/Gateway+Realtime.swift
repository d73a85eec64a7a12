import Dialects
import Network
import ProjectModel

extension Gateway {
    /// Where clients of OpenAI's Realtime protocol come in: `/v1/realtime?model=PROJECT[:VERSION]`.
    static func realtime(_ parts: [String], _ request: HTTPRequest) -> Entrance? {
        guard parts == ["v1", "realtime"] else { return nil }
        let isBeta =
            request.headers["openai-beta"]?.contains("realtime=v1") == true
            || request.offeredSubprotocols.contains("openai-beta.realtime-v1")
        let model = request.query["model"] ?? ""
        return Entrance(
            project: model,
            dialect: { _, project in
                OpenAIRealtimeDialect(
                    RealtimePlace(
                        model: model.isEmpty ? project.name : model, language: project.audio.language,
                        endpointing: project.audio.endpointing, vad: project.audio.vad),
                    era: isBeta ? .beta : .current)
            },
            subprotocol: "realtime", largestMessage: OpenAIRealtimeDialect.largestMessage)
    }
}
