/// What there is to know of a vendor without asking it: its name, what it has models for, where it is and what it wants.
///
/// Project files, the environment, the JSON schema and the documentation all follow from it.
public struct VendorProfile: Equatable, Sendable {
    /// The name before the slash of a model; unique, whatever the case.
    public var name: String
    /// What it has models for, each with the name of one such model.
    public var models: [ModelRole: String]
    /// The names of its speech-to-speech models. No language model is called so.
    public var speechToSpeech: NamePattern?
    /// Whether no recogniser or synthesiser is called so either. Compatible servers call theirs what they like.
    public var reservesSpeechToSpeechNames = false
    /// How the names of its best-known models begin: tells whose a name without a provider is.
    public var families: [String] = []
    /// For a vendor that publishes language models on model hubs under the same name: which these are. A compatible server
    /// is asked for them, not the vendor.
    public var published: NamePattern?
    /// Whether it is asked for language models whose provider is none of the known ones.
    public var servesForeignModels = false
    /// Whether its speech-to-speech models choose their words without `temperature` and `top_p`.
    public var speechToSpeechHasNoSampling = false
    /// Where it is.
    public var address: Address
    /// What opens it; nil when it takes no key.
    public var key: Key?
    /// What else can be said of it.
    public var options: [Option] = []
    /// What the table of providers says beside its roles; Markdown, empty for nothing.
    public var remark = ""

    /// A vendor with one name.
    public init(
        _ name: String, models: [ModelRole: String], address: Address, key: Key?, options: [Option] = [],
        speechToSpeech: NamePattern? = nil, families: [String] = [], remark: String = ""
    ) {
        self.name = name
        self.models = models
        self.address = address
        self.key = key
        self.options = options
        self.speechToSpeech = speechToSpeech
        self.families = families
        self.remark = remark
    }

    /// What it has models for.
    public var roles: Set<ModelRole> { Set(models.keys) }

    /// What `kind` says of a named endpoint that speaks its protocol.
    public var kind: String { name.lowercased() }
}

extension VendorProfile {
    /// Where a vendor is.
    public struct Address: Equatable, Sendable {
        /// The variable of the environment that says so.
        public var variable: String
        /// The vendor's own address, where it has one for everybody.
        public var standard: String?
        /// What a URL may begin with, the usual first.
        public var schemes: [String]
        /// An address, for the documentation.
        public var example: String
        /// What is added to an address without scheme or port; nil: they have to be there.
        public var completion: Completion?
        /// The key of the option that can say where it is instead, such as `region`.
        public var alternative: String?

        /// Scheme and port that need not be written.
        public struct Completion: Equatable, Sendable {
            /// Such as `http`.
            public var scheme: String
            /// 1…65535
            public var port: Int

            /// These two.
            public init(scheme: String, port: Int) {
                self.scheme = scheme
                self.port = port
            }
        }

        /// An address of HTTP.
        public static let web = ["https", "http"]
        /// An address of WebSockets; those of HTTP are taken, too.
        public static let sockets = ["wss", "ws", "https", "http"]

        /// An address that `variable` may give.
        public init(
            _ variable: String, standard: String? = nil, schemes: [String], example: String,
            completion: Completion? = nil, alternative: String? = nil
        ) {
            self.variable = variable
            self.standard = standard
            self.schemes = schemes
            self.example = example
            self.completion = completion
            self.alternative = alternative
        }
    }

    /// A vendor's key.
    public struct Key: Equatable, Sendable {
        /// When there must be one.
        public enum Need: Equatable, Sendable {
            case always
            /// Not at an address of one's own.
            case atStandardAddress
            case never
        }

        /// The variable of the environment that holds it.
        public var variable: String
        /// When there must be one.
        public var need: Need

        /// The key in `variable`.
        public init(_ variable: String, _ need: Need = .always) {
            self.variable = variable
            self.need = need
        }
    }

    /// Something else that can be said of a vendor: in the environment, or at a named endpoint.
    public struct Option: Equatable, Sendable {
        /// The key at a named endpoint, such as `api_version`; its meaning is the same for all vendors.
        public var key: String
        /// Variables of the environment that say it; the first one that is set counts.
        public var variables: [String]
        /// What it is, for the documentation: one phrase.
        public var meaning: String
        /// A regular expression for the whole value.
        public var pattern: String
        /// A value, for messages.
        public var example: String
        /// What holds where nothing is said.
        public var standard: String?

        /// An option.
        public init(
            _ key: String, variables: [String], meaning: String, pattern: String, example: String,
            standard: String? = nil
        ) {
            self.key = key
            self.variables = variables
            self.meaning = meaning
            self.pattern = pattern
            self.example = example
            self.standard = standard
        }

        /// Whether `value` can be one.
        public func allows(_ value: String) -> Bool {
            guard let expression = try? Regex(pattern) else { return false }
            return value.wholeMatch(of: expression) != nil
        }
    }
}

extension VendorProfile.Address {
    /// `text` as the engines take it, without a slash at its end; nil when it is no address of this vendor. One with a
    /// user's name, a password or a query is none: they would be seen.
    public func reading(_ text: String) -> String? {
        let scheme = text.firstRange(of: "://").map { String(text[..<$0.lowerBound]).lowercased() }
        guard scheme == nil ? completion != nil : schemes.contains(scheme ?? "") else { return nil }
        let whole = scheme == nil ? "\(completion?.scheme ?? "")://\(text)" : text
        guard let mark = whole.firstRange(of: "://") else { return nil }
        let rest = whole[mark.upperBound...]
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !rest.contains(where: { "?#\\\"<>^`{|}".contains($0) })
        else { return nil }
        let authority = rest.prefix { $0 != "/" }
        guard let port = Self.port(of: authority) else { return nil }
        var address = whole
        while address.hasSuffix("/") { address.removeLast() }
        if port.isEmpty, let completion, authority.count == rest.count || address.hasSuffix(authority) {
            address += ":\(completion.port)"
        }
        return address
    }

    /// The digits after the host, which may be none; nil when the two are no authority of a URL.
    private static func port(of authority: Substring) -> Substring? {
        let host: Substring
        let tail: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            (host, tail) = (authority[...end].dropFirst().dropLast(), authority[authority.index(after: end)...])
            guard host.allSatisfy({ $0.isHexDigit || ":.".contains($0) }) else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            tail = authority[host.endIndex...]
            guard !host.contains("@"), !host.contains("["), !host.contains("]"), !host.contains("%") else { return nil }
        }
        if host.isEmpty { return nil }
        if tail.isEmpty { return tail }
        let port = tail.dropFirst()
        guard tail.first == ":", let number = Int(port), (1...65535).contains(number), port.allSatisfy(\.isNumber)
        else { return nil }
        return port
    }

    /// What a message says that it should be.
    public var expectation: String {
        completion == nil ? "a URL that begins with \(schemes[0])://" : "an address such as \(example)"
    }

    /// The same service of a server at `base`, such as `http://127.0.0.1:8100`: with the scheme and the path of the
    /// vendor's own.
    public func moved(to base: String) -> String {
        guard let standard, let mark = standard.firstRange(of: "://") else { return base }
        let path = standard[mark.upperBound...].drop { $0 != "/" }
        let isSocket = standard.hasPrefix("ws")
        return (isSocket ? "ws" + base.dropFirst("http".count) : base) + path
    }
}
