import Network
import ProjectModel
import ProviderKit
import Telemetry

/// A vendor of hosted models: what there is to know of it, and how its engines are made.
///
/// A vendor is one folder of this target and one line in `Vendor.all`. What the end of its sockets means is the same for
/// all of them (`ProviderError.code(ofClose:)`).
public struct Vendor: Sendable {
    /// What there is to know of it.
    public var profile: VendorProfile
    /// Whether its server loads a model at the first request. Its models are then asked for ahead of conversations.
    public var loadsModels = false
    /// Makes the recogniser that was ordered; throws what is missing. nil for a vendor that has none.
    public var recognizer: Maker<any SpeechRecognizer>?
    /// Makes the synthesiser, as above.
    public var synthesizer: Maker<any SpeechSynthesizer>?
    /// Makes the language model, as above.
    public var languageModel: Maker<any LanguageModel>?
    /// Makes the speech-to-speech model, as above.
    public var speechToSpeech: Maker<any SpeechToSpeechModel>?

    /// Makes an engine. It opens nothing yet. nil when the access is not enough, which its profile has said already.
    public typealias Maker<Engine: Sendable> = @Sendable (Order) -> Made<Engine>?

    /// A vendor without engines.
    public init(_ profile: VendorProfile) { self.profile = profile }
}

extension Vendor {
    /// Where a vendor is reached, and with what.
    public struct Access: Hashable, Sendable {
        /// Without a slash at its end; nil when only an option says where it is.
        public var baseURL: String?
        /// nil where none is needed.
        public var key: Secret?
        /// By the keys of the profile's options.
        public var options: [String: String]

        /// An access.
        public init(baseURL: String?, key: Secret?, options: [String: String] = [:]) {
            self.baseURL = baseURL
            self.key = key
            self.options = options
        }
    }

    /// Which engine is wanted, and what it may use.
    public struct Order: Sendable {
        /// The name of the model, as the vendor has it.
        public var model: String
        /// What the project calls the provider: the vendor's name, or that of an endpoint.
        public var provider: String
        /// Where it is reached.
        public var access: Access
        /// What all engines share.
        public var means: Means

        /// An order.
        public init(model: ModelReference, access: Access, means: Means) {
            self.model = model.model
            self.provider = model.provider
            self.access = access
            self.means = means
        }
    }

    /// What all engines share.
    public struct Means: Sendable {
        /// For requests.
        public var http: HTTPClient
        /// For sockets.
        public var sockets: WebSocketClient
        /// For timers.
        public var clock: ChainClock
        /// For what operators should know; names the model already.
        public var log: Log

        /// These.
        /// - Throws: `NetworkError` when the threads of the network cannot be started.
        public init(clock: ChainClock = .continuous, log: Log = .none) throws(NetworkError) {
            (self.clock, self.log) = (clock, log)
            http = try HTTPClient()
            var limits = NetworkLimits()
            // A vendor may send the speech of a long sentence, base64 and all, in one message.
            limits.maxMessageBytes = 16 << 20
            sockets = try WebSocketClient(limits: limits)
        }
    }

    /// An engine and the care that it needs.
    public struct Made<Engine: Sendable>: Sendable {
        /// The engine.
        public var engine: Engine
        /// Opens connections for this voice, or in this language, ahead of their first use. Never fails: what cannot be had
        /// shows when it is used.
        public var warm: @Sendable (VoiceRequest, _ sampleRate: Int) async -> Void
        /// Runs as long as the engine is to be used, until its task is cancelled; nil when it needs no care.
        public var run: (@Sendable () async -> Void)?

        /// An engine and its care.
        public init(
            _ engine: Engine, warm: @escaping @Sendable (VoiceRequest, _ sampleRate: Int) async -> Void = { _, _ in },
            run: (@Sendable () async -> Void)? = nil
        ) {
            self.engine = engine
            self.warm = warm
            self.run = run
        }
    }
}
