/// Whom a project can name before the slash of a model: the local engines, the vendors, and its own endpoints.
public struct VendorDirectory: Equatable, Sendable {
    /// All vendors.
    public var vendors: [VendorProfile]
    /// The project's own endpoints.
    public var endpoints: [NamedEndpoint] = []

    /// A directory of vendors.
    public init(_ vendors: [VendorProfile]) { self.vendors = vendors }

    /// The vendor whose protocol `provider` speaks: by its own name, or by that of an endpoint. nil for the local engines
    /// and for strangers.
    public func vendor(of provider: String) -> VendorProfile? {
        let name = endpoints.first { $0.name == provider }?.vendor ?? provider
        return vendors.first { $0.name == name }
    }

    /// The vendor that is asked for language models of strangers.
    public var host: VendorProfile? { vendors.first(where: \.servesForeignModels) }

    /// Names of those who have models for one of `roles`: vendors first, in their order.
    public func providers(for roles: [ModelRole]) -> [String] {
        let names = vendors.map(\.name) + endpoints.map(\.name)
        return names.filter { name in vendor(of: name).map { !$0.roles.isDisjoint(with: roles) } ?? false }
    }

    /// Whether `model` hears and speaks itself, as far as its name tells.
    public func isSpeechToSpeech(_ model: ModelReference) -> Bool {
        vendor(of: model.provider)?.speechToSpeech?.matches(model.model) ?? false
    }

    /// Whether `model` can be named for `role`. Of the names only those tell something that mark speech-to-speech models;
    /// whether the provider has the model, only the provider knows.
    public func serves(_ model: ModelReference, as role: ModelRole) -> Bool {
        if model.isLocal { return ModelProvider.localEngines(for: role).contains(model.model) }
        guard let vendor = vendor(of: model.provider), vendor.roles.contains(role) else { return false }
        switch role {
        case .speechToSpeech: return isSpeechToSpeech(model)
        case .languageModel: return !isSpeechToSpeech(model)
        case .recognizer, .synthesizer, .endOfTurnJudge:
            return !vendor.reservesSpeechToSpeechNames || !isSpeechToSpeech(model)
        }
    }
}
