extension Vendor {
    /// Every vendor, in the order of the documentation.
    public static let all: [Vendor] = [
        .openAI,
        .azureOpenAI,
        .ollama,
        .deepgram,
        .elevenLabs,
        .azure,
        .qwen,
    ]
}
