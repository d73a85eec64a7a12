/// How a language model chooses its words, as far as a project says; what is nil is the model's own choice.
public struct Sampling: Codable, Equatable, Sendable {
    /// 0…2: how freely; 0 takes the likeliest token each time.
    public var temperature: Double?
    /// Above 0, at most 1: only the likeliest tokens that together have this probability are chosen from.
    public var topP: Double?
    /// The longest answer in tokens as the model counts them, at least 1.
    public var maxTokens: Int?

    /// What a project says.
    public init(temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil) {
        self.temperature = temperature
        self.topP = topP
        self.maxTokens = maxTokens
    }

    /// These values, and those of `base` for what is nil here.
    public func over(_ base: Sampling) -> Sampling {
        Sampling(
            temperature: temperature ?? base.temperature, topP: topP ?? base.topP,
            maxTokens: maxTokens ?? base.maxTokens)
    }
}
