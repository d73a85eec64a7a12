import ProjectModel
import ProviderKit

extension Vendor {
    /// Deepgram's streaming speech-to-text.
    static let deepgram: Vendor = {
        let keyterms = VendorProfile.Option(
            "keyterms", variables: ["DEEPGRAM_KEYTERMS"],
            meaning: "words to listen for, separated by commas, for models that can (`nova-3`)",
            pattern: #"[^,\u0000-\u001f]{1,100}(,[^,\u0000-\u001f]{1,100}){0,99}"#, example: "Parley, barge-in")
        var vendor = Vendor(
            VendorProfile(
                "Deepgram", models: [.recognizer: "nova-3"],
                address: .init(
                    "DEEPGRAM_BASE_URL", standard: "wss://api.deepgram.com", schemes: VendorProfile.Address.sockets,
                    example: "wss://api.eu.deepgram.com"),
                key: .init("DEEPGRAM_API_KEY"), options: [keyterms], families: ["nova-"]))
        vendor.recognizer = { order in
            guard let url = order.access.baseURL, let key = order.access.key else { return nil }
            var settings = DeepgramSettings(key: key)
            settings.baseURL = url
            let terms = order.access.options["keyterms"]?.split(separator: ",") ?? []
            settings.keyterms = terms.map { String($0.drop { $0 == " " }) }
            let engine = DeepgramRecognizer(
                model: order.model, settings: settings, client: order.means.sockets, provider: order.provider)
            return Made(
                engine, warm: { voice, _ in try? await engine.prepare(language: voice.language) },
                run: { await engine.run() })
        }
        return vendor
    }()
}
