/// Which names a client uses: those of today, or those of the beta.
public enum RealtimeEra: Sendable {
    /// Generally available since August 2025.
    case current
    /// Asked for with the header `OpenAI-Beta: realtime=v1`, or with a subprotocol.
    case beta

    /// What an event of a response is called.
    func name(_ event: RealtimeResponseEvent) -> String {
        switch self {
        case .current: "response.output_\(event.rawValue)"
        case .beta: "response.\(event.rawValue)"
        }
    }

    /// What a part of an agent's message is called in an item.
    func partName(isSpoken: Bool) -> String {
        switch self {
        case .current: isSpoken ? "output_audio" : "output_text"
        case .beta: isSpoken ? "audio" : "text"
        }
    }
}

/// Events of a response that have another name in the beta.
enum RealtimeResponseEvent: String {
    case textDelta = "text.delta"
    case textDone = "text.done"
    case transcriptDelta = "audio_transcript.delta"
    case transcriptDone = "audio_transcript.done"
    case audioDelta = "audio.delta"
    case audioDone = "audio.done"
}
