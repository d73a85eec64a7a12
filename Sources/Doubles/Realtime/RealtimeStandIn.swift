import Network

/// The stand-ins for speech-to-speech models: OpenAI Realtime as generally available (`WS …/v1/realtime?model=…`) and
/// Qwen Omni (`WS /api-ws/v1/realtime?model=…omni…`).
///
/// They know manual turns only: they answer when they are asked to, and hear no pauses. What the caller said is really
/// recognised; the answer is the script's text, or else the language model's. A request of the script is one response; a
/// refusal that is due when a socket is opened refuses the socket.
public struct RealtimeStandIn: StandIn {
    /// The stand-ins.
    public init() {}

    /// Sockets at the vendors' paths.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? {
        let wire: Wire
        switch request.path {
        case "/v1/realtime", "/openai/v1/realtime", "/openai/realtime": wire = .openAIRealtime
        case "/api-ws/v1/realtime" where request.query["model"]?.contains("-tts-") != true: wire = .qwenOmni
        default: return nil
        }
        return RealtimeSocket.upgrade(request, wire: wire, on: stage) { socket in
            await RealtimeConversation(socket).run()
        }
    }
}

/// Which of the two protocols: their events mean the same, under different names.
enum RealtimeNames: Sendable {
    case ga, beta

    init(_ wire: Wire) { self = wire == .openAIRealtime ? .ga : .beta }

    /// The name of the event that GA calls `type`; nil when there is none.
    func event(_ type: String) -> String? {
        guard self == .beta else { return type }
        switch type {
        case "conversation.item.added": return "conversation.item.created"
        case "conversation.item.done", "rate_limits.updated": return nil
        default:
            return type.replacing("response.output_audio", with: "response.audio")
                .replacing("response.output_text", with: "response.text")
        }
    }

    /// The type of an assistant's content in an item.
    func content(isSpoken: Bool) -> String { (self == .ga ? "output_" : "") + (isSpoken ? "audio" : "text") }
}
