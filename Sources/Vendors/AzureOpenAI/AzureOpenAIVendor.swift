import ProjectModel
import ProviderKit

extension Vendor {
    /// Azure OpenAI: OpenAI's chat with the paths, versions and keys of Azure.
    static let azureOpenAI: Vendor = {
        let version = VendorProfile.Option(
            "api_version", variables: ["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"],
            meaning: "a version of Azure's API", pattern: "[0-9A-Za-z.-]{1,40}", example: "2024-10-21",
            standard: "2024-10-21")
        var vendor = Vendor(
            VendorProfile(
                "AzureOpenAI", models: [.languageModel: "DEPLOYMENT"],
                address: .init(
                    "AZURE_OPENAI_ENDPOINT", schemes: VendorProfile.Address.web,
                    example: "https://NAME.openai.azure.com"),
                key: .init("AZURE_OPENAI_API_KEY"), options: [version],
                remark: "the model is the name of your deployment"))
        vendor.languageModel = { order in
            guard let url = order.access.baseURL, let key = order.access.key else { return nil }
            let endpoint = OpenAIEndpoint(
                azureResource: url, apiVersion: order.access.options["api_version"] ?? "2024-10-21", key: key)
            let engine = OpenAIChat(
                model: order.model, endpoint: endpoint, client: order.means.http, provider: order.provider)
            return Made(engine, warm: { _, _ in await engine.prepare() })
        }
        return vendor
    }()
}
