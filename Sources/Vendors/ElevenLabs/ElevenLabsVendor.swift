import ProjectModel
import ProviderKit

extension Vendor {
    /// ElevenLabs' text-to-speech.
    static let elevenLabs: Vendor = {
        func share(_ key: String, _ variable: String, _ meaning: String) -> VendorProfile.Option {
            VendorProfile.Option(
                key, variables: [variable], meaning: meaning, pattern: #"0?\.[0-9]{1,6}|[01](\.0{1,6})?"#,
                example: "0.5")
        }
        let options = [
            share("stability", "ELEVENLABS_STABILITY", "how steady voices are, 0…1; else as their owners have set"),
            share(
                "similarity_boost", "ELEVENLABS_SIMILARITY_BOOST",
                "how near voices are to their models, 0…1; else as their owners have set"),
        ]
        var vendor = Vendor(
            VendorProfile(
                "ElevenLabs", models: [.synthesizer: "eleven_turbo_v2_5"],
                address: .init(
                    "ELEVENLABS_BASE_URL", standard: "https://api.elevenlabs.io",
                    schemes: VendorProfile.Address.sockets, example: "https://api.eu.residency.elevenlabs.io"),
                key: .init("ELEVENLABS_API_KEY"), options: options, families: ["eleven_"],
                remark: "`eleven_v3` over HTTP, which is slower, all other models over WebSockets"))
        vendor.synthesizer = { order in
            guard let url = order.access.baseURL, let key = order.access.key else { return nil }
            var settings = ElevenLabsSettings(key: key)
            settings.baseURL = url
            settings.stability = order.access.options["stability"].flatMap { Double($0) }
            settings.similarityBoost = order.access.options["similarity_boost"].flatMap { Double($0) }
            if ElevenLabsHTTPSynthesizer.isOnlyWay(to: order.model) {
                let engine = ElevenLabsHTTPSynthesizer(
                    model: order.model, settings: settings, client: order.means.http, provider: order.provider)
                return Made(engine, warm: { _, _ in await engine.prepare() })
            }
            let engine = ElevenLabsSynthesizer(
                model: order.model, settings: settings, client: order.means.sockets, provider: order.provider)
            return Made(
                engine, warm: { voice, rate in try? await engine.prepare(voice: voice, sampleRate: rate) },
                run: { await engine.run() })
        }
        return vendor
    }()
}
