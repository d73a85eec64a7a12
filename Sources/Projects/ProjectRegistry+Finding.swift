import Persistence
import ProjectModel

/// Projects by their names, wherever they come from. Files are projects of the standard tenant.
extension ProjectRegistry {
    /// The names of all projects of `tenant` in service, sorted.
    public func names(of tenant: String) -> [String] {
        let stored = stored?.usable(of: tenant).map(\.name) ?? []
        guard tenant == Tenant.standard else { return stored }
        return stored.isEmpty ? fileNames : Set(fileNames).union(stored).sorted()
    }

    /// The names of all projects of the standard tenant in service, sorted.
    public var names: [String] { names(of: Tenant.standard) }

    /// The projects that new conversations get, of all tenants, as far as they are compiled.
    public var projects: [Project] {
        fileNames.compactMap { fileProject(named: $0, version: nil) } + (stored?.projects ?? [])
    }

    /// The projects of `tenant` in service, with their versions, by name.
    public func listing(of tenant: String = Tenant.standard) -> [(name: String, version: Int)] {
        let stored = Dictionary(stored?.usable(of: tenant) ?? [], uniquingKeysWith: { first, _ in first })
        return names(of: tenant).compactMap { name in
            let file = tenant == Tenant.standard ? fileProject(named: name, version: nil)?.version : nil
            return (file ?? stored[name]).map { (name, $0) }
        }
    }

    /// The projects of `tenant` that have errors now, sorted. An earlier version may be in service.
    public func brokenNames(of tenant: String) -> [String] {
        let stored = stored?.brokenNames(of: tenant) ?? []
        guard tenant == Tenant.standard else { return stored }
        return stored.isEmpty ? brokenFileNames : Set(brokenFileNames).union(stored).sorted()
    }

    /// The projects of the standard tenant that have errors now, sorted.
    public var brokenNames: [String] { brokenNames(of: Tenant.standard) }

    /// What is wrong with that project now; empty when it can be used.
    public func errors(of name: String, of tenant: String = Tenant.standard) -> [Diagnostic] {
        if tenant == Tenant.standard, hasFile(name) { return fileErrors(of: name) }
        return stored?.errors(of: ProjectKey(name, of: tenant)) ?? []
    }

    /// Whether a file is, or wants to be, the project of that name.
    public func isFile(_ name: String, of tenant: String = Tenant.standard) -> Bool {
        tenant == Tenant.standard && hasFile(name)
    }

    /// The project that a new conversation gets, as far as it is compiled, or nil. Never waits.
    /// - Parameter version: nil is the newest; an earlier one is found while it is kept.
    public func project(
        named name: String, version: Int? = nil, of tenant: String = Tenant.standard
    ) -> Project? {
        if tenant == Tenant.standard, fileProject(named: name, version: nil) != nil {
            return fileProject(named: name, version: version)
        }
        return stored?.compiled(ProjectKey(name, of: tenant), version: version)
    }

    /// The project that a new conversation gets, or nil. May read it from the store.
    /// - Throws: `StoreError` when the store cannot be asked.
    public func find(
        _ name: String, version: Int? = nil, of tenant: String = Tenant.standard
    ) async throws(StoreError) -> Project? {
        if let known = project(named: name, version: version, of: tenant) { return known }
        if tenant == Tenant.standard, fileProject(named: name, version: nil) != nil { return nil }
        return try await stored?.find(ProjectKey(name, of: tenant), version: version)
    }

    /// Whether `find` is worth its while: the project is in service, and the version may be kept.
    public func mayHave(_ name: String, version: Int?, of tenant: String = Tenant.standard) -> Bool {
        if project(named: name, version: version, of: tenant) != nil { return true }
        if tenant == Tenant.standard, fileProject(named: name, version: nil) != nil { return false }
        let key = ProjectKey(name, of: tenant)
        guard let stored, let serving = stored.serving(key) else { return false }
        if let version { return version >= 0 && version != serving.number || stored.errors(of: key).isEmpty }
        return stored.errors(of: key).isEmpty
    }

    /// `preferred` if there is such a project; without a preference the first file by name, or else the first that was sent:
    /// nobody becomes the default by sending a project.
    public func defaultName(preferred: String? = nil, of tenant: String = Tenant.standard) -> String? {
        let names = names(of: tenant)
        guard let preferred else { return (tenant == Tenant.standard ? fileNames.first : nil) ?? names.first }
        return names.contains(preferred) ? preferred : nil
    }
}
