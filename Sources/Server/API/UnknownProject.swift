import Projects

/// Why there is no project of a name to talk to.
struct UnknownProject {
    let registry: ProjectRegistry
    let tenant: String
    /// Whether the reader is told what stands in files, and the names of others: a caller may not know them.
    let isTold: Bool

    /// A sentence about `name`, with or without a version.
    func message(for name: String) -> String {
        let wanted = ProjectAddress.name(of: name)
        let errors = registry.errors(of: wanted, of: tenant)
        if !errors.isEmpty {
            return isTold
                ? ProjectDescriptions.problems(errors, of: wanted)
                : "project '\(wanted)' has errors; its operator can list them with 'parley validate'"
        }
        let names = registry.names(of: tenant)
        if names.isEmpty { return "no project is registered" + brokenOnes }
        guard isTold else { return "there is no such project" }
        return "there is no such project; there are: \(names.joined(separator: ", "))" + brokenOnes
    }

    private var brokenOnes: String {
        let names = isTold ? registry.brokenNames(of: tenant) : []
        return names.isEmpty ? "" : "; these have errors: \(names.joined(separator: ", "))"
    }
}
