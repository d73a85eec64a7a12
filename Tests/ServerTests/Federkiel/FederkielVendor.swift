import ProjectModel
import ProviderKit
import Vendors

extension Vendor {
    /// A vendor that there is not: this folder, and one line in a list.
    static let federkiel: Vendor = {
        let ink = VendorProfile.Option(
            "ink", variables: ["FEDERKIEL_INK"], meaning: "the colour of the ink", pattern: "[a-z]{1,20}",
            example: "blue",
            standard: "black")
        var vendor = Vendor(
            VendorProfile(
                "Federkiel", models: [.languageModel: "quill-2"],
                address: .init(
                    "FEDERKIEL_URL", standard: "https://api.federkiel.example/v3",
                    schemes: VendorProfile.Address.web, example: "https://federkiel.example/v3"),
                key: .init("FEDERKIEL_KEY"), options: [ink], families: ["quill-"], remark: "writes by hand"))
        vendor.languageModel = { order in
            guard let url = order.access.baseURL, order.access.key != nil else { return nil }
            let answer = "\(order.model) at \(url) in \(order.access.options["ink"] ?? "nothing")"
            return Made(Quill(name: "\(order.provider)/\(order.model)", answer: answer))
        }
        return vendor
    }()
}

/// Writes where it writes from.
private struct Quill: LanguageModel {
    let name: String
    let answer: String

    func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws {
        try await emit(.text(answer))
    }
}
