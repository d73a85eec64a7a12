import ProviderTransport

/// What a `response.create` asks for; what it leaves open is as the session says.
struct RealtimeOrder: Sendable {
    let instructions: String
    /// Whether the answer is spoken; else it is text.
    let speaks: Bool
    /// Whether it is a part of the conversation.
    let isKept: Bool
    /// Given back with the response.
    let metadata: JSONValue?

    init(_ response: JSONValue?, _ configuration: RealtimeConfiguration) {
        instructions = response?["instructions"]?.string ?? configuration.instructions
        let modalities = (response?["output_modalities"] ?? response?["modalities"])?.array
        speaks = modalities?.contains("audio") ?? configuration.speaks
        isKept = response?["conversation"] != "none"
        metadata = response?["metadata"]
    }
}
