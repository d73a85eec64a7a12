import ProjectModel
import ProviderKit
import Telemetry

extension Vendor {
    /// Azure Speech: speech-to-text and text-to-speech.
    static let azure: Vendor = {
        let region = VendorProfile.Option(
            "region", variables: ["AZURE_SPEECH_REGION"], meaning: "a region of Azure", pattern: "[a-z0-9]{2,40}",
            example: "westeurope")
        var vendor = Vendor(
            VendorProfile(
                "Azure", models: [.recognizer: "AI-Transcription", .synthesizer: "AI-Speech"],
                address: .init(
                    "AZURE_SPEECH_ENDPOINT", schemes: VendorProfile.Address.sockets,
                    example: "https://speech.example:5000", alternative: "region"),
                key: .init("AZURE_SPEECH_KEY"), options: [region], remark: "Azure Speech"))
        vendor.recognizer = { order in
            guard let (endpoints, key) = Vendor.place(order.access) else { return nil }
            let engine = AzureRecognizer(
                model: order.model, endpoints: endpoints, key: key, client: order.means.sockets,
                provider: order.provider)
            return Made(
                engine, warm: { voice, _ in try? await engine.prepare(language: voice.language) },
                run: { await engine.run() })
        }
        vendor.synthesizer = { order in
            guard let (endpoints, key) = Vendor.place(order.access) else { return nil }
            let engine = AzureSynthesizer(
                model: order.model, endpoints: endpoints, key: key, client: order.means.sockets,
                provider: order.provider)
            return Made(engine, warm: { _, _ in try? await engine.prepare() }, run: { await engine.run() })
        }
        return vendor
    }()

    private static func place(_ access: Access) -> (AzureEndpoints, Secret)? {
        guard let key = access.key else { return nil }
        if let url = access.baseURL { return (AzureEndpoints(host: url), key) }
        return access.options["region"].flatMap { AzureEndpoints(region: $0) }.map { ($0, key) }
    }
}
