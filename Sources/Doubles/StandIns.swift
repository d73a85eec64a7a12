extension DoublesServer {
    /// All stand-ins, in the order in which they are asked.
    public static var standIns: [any StandIn] {
        [
            OpenAIStandIn(), OllamaStandIn(), DeepgramStandIn(), ElevenLabsStandIn(), AzureRecognitionStandIn(),
            AzureSynthesisStandIn(), AzureTokenStandIn(), QwenSynthesisStandIn(), RealtimeStandIn(),
        ]
    }
}
