import FlowGraph
import ProjectModel

/// The model that was probably meant by a name without a provider: `OpenAI/gpt-4o` for `gpt-4o`.
func likelyModel(_ name: String, for purpose: ModelPurpose, in directory: VendorDirectory) -> String? {
    let engines = purpose.localEngines
    if let engine = engines.first(where: { $0.lowercased() == name.lowercased() })
        ?? nearestName(to: name, among: engines)
    {
        return "Local/\(engine)"
    }
    let vendor = directory.vendors.first { vendor in
        vendor.families.contains { name.lowercased().hasPrefix($0) }
    }
    guard let vendor, !vendor.roles.isDisjoint(with: purpose.roles) else { return nil }
    return "\(vendor.name)/\(name)"
}
