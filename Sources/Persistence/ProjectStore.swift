/// Keeps the versions of projects. Its conformance suite is in `Tests/StoreConformance`.
///
/// What was acknowledged survives the end of the process, however it ends, where the store is kept outside of it. Writers of
/// several processes see each other's changes at once.
public protocol ProjectStore: Sendable {
    /// Makes `text` the version that is in service.
    ///
    /// The same text as that of the version in service makes no new version. An earlier text does: history is never rewritten.
    /// - Parameters:
    ///   - author: who hands it in; at most `ProjectLimits.longestName` characters are kept.
    ///   - now: milliseconds since 1970.
    /// - Throws: `.conflict` when `condition` does not hold, `.refused` at a limit.
    func put(
        _ text: ProjectText, as project: ProjectKey, by author: String, if condition: ProjectCondition, at now: Int
    ) async throws(StoreError) -> ProjectReceipt

    /// The text of a version, also of a deleted project; nil when it is not kept.
    func text(
        of project: ProjectKey, version: Int
    ) async throws(StoreError) -> (version: ProjectVersion, text: ProjectText)?

    /// The projects of `tenant` that are in service, by name.
    func list(of tenant: String) async throws(StoreError) -> [ProjectListing]

    /// The versions that are kept, also of a deleted project; nil when there never was one.
    func history(of project: ProjectKey) async throws(StoreError) -> ProjectHistory?

    /// Puts a version in service, also of a deleted project.
    /// - Throws: `.missing` when it is not kept, `.conflict` when `condition` does not hold.
    func serve(
        _ project: ProjectKey, version: Int, if condition: ProjectCondition
    ) async throws(StoreError) -> ProjectVersion

    /// Takes a project out of service. Its versions stay readable, and their numbers are not used again.
    /// - Returns: whether it was in service.
    /// - Throws: `.conflict` when `condition` does not hold.
    func delete(_ project: ProjectKey, if condition: ProjectCondition) async throws(StoreError) -> Bool

    /// What changed after `moment`, of all tenants; everything after 0. No change is ever missed, whoever made it.
    func changes(since moment: Int) async throws(StoreError) -> ProjectChanges
}

/// What has to hold for a change to be made, in one step with it.
public enum ProjectCondition: Hashable, Sendable {
    /// Nothing.
    case none
    /// The project is not in service.
    case absent
    /// The project is in service, whatever version.
    case present
    /// The version in service has one of these tags.
    case tagged([String])

    /// Whether it holds while `serving` is in service.
    public func holds(for serving: ProjectVersion?) -> Bool {
        switch self {
        case .none: true
        case .absent: serving == nil
        case .present: serving != nil
        case .tagged(let tags): serving.map { tags.contains($0.tag) } ?? false
        }
    }
}

/// How much a store keeps.
public struct ProjectLimits: Sendable {
    /// The longest name of a tenant, a project or an author, in Unicode scalars.
    public static let longestName = 200

    /// Projects of one tenant, deleted ones included; further ones are refused.
    public var projectsPerTenant = 10_000
    /// Versions of one project. The oldest that is not in service falls out; its number then names nothing.
    public var versionsPerProject = 1000
    /// The longest text, in bytes of UTF-8; a longer one is refused.
    public var bytesPerText = 1 << 20

    /// The defaults.
    public init() {}

    /// Limits for tests.
    public init(projectsPerTenant: Int, versionsPerProject: Int, bytesPerText: Int) {
        (self.projectsPerTenant, self.versionsPerProject) = (projectsPerTenant, versionsPerProject)
        self.bytesPerText = bytesPerText
    }

    /// - Throws: `.refused` for a name or a text that no store takes.
    public func check(_ text: ProjectText, as project: ProjectKey) throws(StoreError) {
        for name in [project.tenant, project.name] where !(1...Self.longestName).contains(name.unicodeScalars.count) {
            throw StoreError(.refused, "a name has 1…\(Self.longestName) characters")
        }
        if text.text.utf8.count > bytesPerText {
            throw StoreError(.refused, "a project has at most \(bytesPerText) bytes")
        }
    }
}
