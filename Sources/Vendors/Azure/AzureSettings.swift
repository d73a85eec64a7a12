/// Where Azure's speech services are.
public struct AzureEndpoints: Sendable, Equatable {
    /// Speech-to-text over a WebSocket, without path: `wss://westeurope.stt.speech.microsoft.com`
    public var recognition: String
    /// Text-to-speech over a WebSocket, without path: `wss://westeurope.tts.speech.microsoft.com`
    public var synthesis: String

    /// The public endpoints of `region`, such as `westeurope`; nil for what cannot be a region's name.
    public init?(region: String) {
        let letters = region.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        guard letters, (1...40).contains(region.utf8.count) else { return nil }
        // China's clouds are of another house.
        let suffix = region.hasPrefix("china") ? "azure.cn" : "microsoft.com"
        recognition = "wss://\(region).stt.speech.\(suffix)"
        synthesis = "wss://\(region).tts.speech.\(suffix)"
    }

    /// One host that serves everything, `https://host:port` or `http://…`: a gateway, a container or a stand-in.
    public init(host: String) {
        let host = host.last == "/" ? String(host.dropLast()) : host
        let isPlain = host.hasPrefix("http://") || host.hasPrefix("ws://")
        let place = host.firstRange(of: "://").map { String(host[$0.upperBound...]) } ?? host
        recognition = (isPlain ? "ws://" : "wss://") + place
        synthesis = recognition
    }
}
