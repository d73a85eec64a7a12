/// Who owns projects. Nothing of one tenant is seen by another.
public enum Tenant {
    /// The tenant where there are no others.
    public static let standard = "default"
}

/// Which project of whom.
public struct ProjectKey: Hashable, Sendable {
    /// Who owns it.
    public var tenant: String
    /// The name, as it stands in addresses.
    public var name: String

    /// The project `name` of `tenant`.
    public init(_ name: String, of tenant: String = Tenant.standard) { (self.tenant, self.name) = (tenant, name) }
}

/// A project as it was handed in.
public struct ProjectText: Hashable, Sendable {
    /// How it is written.
    public enum Format: String, Sendable, CaseIterable { case yaml, json }

    /// The text, as it came.
    public var text: String
    /// How it is written.
    public var format: Format

    /// `text`, written as `format` says.
    public init(_ text: String, _ format: Format = .yaml) { (self.text, self.format) = (text, format) }
}

/// One version of a project. It never changes: its number means the same text for ever.
public struct ProjectVersion: Hashable, Sendable {
    /// From 0, one more for each version. No number is used twice, not even after the project was deleted.
    public var number: Int
    /// The SHA-256 of the text and its format, in small hexadecimal digits.
    public var hash: String
    /// How the text is written.
    public var format: ProjectText.Format
    /// Who handed it in.
    public var author: String
    /// When that was, in milliseconds since 1970.
    public var created: Int

    /// A version of these parts.
    public init(number: Int, hash: String, format: ProjectText.Format, author: String, created: Int) {
        (self.number, self.hash, self.format, self.author, self.created) = (number, hash, format, author, created)
    }

    /// Tells this version from all others of the project: what HTTP calls an entity tag, without its quotes.
    public var tag: String { "\(number)-\(hash.prefix(12))" }
}

/// A project that is in service.
public struct ProjectListing: Hashable, Sendable {
    /// Which project.
    public var key: ProjectKey
    /// The version that new conversations get.
    public var serving: ProjectVersion

    /// `serving` is in service for `key`.
    public init(key: ProjectKey, serving: ProjectVersion) { (self.key, self.serving) = (key, serving) }
}

/// All that is kept of one project.
public struct ProjectHistory: Hashable, Sendable {
    /// The number of the version that new conversations get; nil when the project was deleted.
    public var serving: Int?
    /// The newest first.
    public var versions: [ProjectVersion]

    /// A history of these parts.
    public init(serving: Int?, versions: [ProjectVersion]) { (self.serving, self.versions) = (serving, versions) }
}

/// What became of a text that was handed in.
public struct ProjectReceipt: Hashable, Sendable {
    /// The version that holds the text, and that is in service.
    public var version: ProjectVersion
    /// Whether it was made now: the text was not in service before.
    public var isNew: Bool
    /// Whether the project was not in service before.
    public var isFirst: Bool

    /// A receipt of these parts.
    public init(version: ProjectVersion, isNew: Bool, isFirst: Bool) {
        (self.version, self.isNew, self.isFirst) = (version, isNew, isFirst)
    }
}

/// What became of projects after a moment.
public struct ProjectChanges: Hashable, Sendable {
    /// One project, as it is now.
    public struct Change: Hashable, Sendable {
        /// Which project.
        public var key: ProjectKey
        /// The version that is in service; nil when the project was deleted.
        public var serving: ProjectVersion?
        /// Counts all changes of the store, from 1.
        public var moment: Int

        /// A change of these parts.
        public init(key: ProjectKey, serving: ProjectVersion?, moment: Int) {
            (self.key, self.serving, self.moment) = (key, serving, moment)
        }
    }

    /// The moment of the last change: what to ask with the next time.
    public var moment: Int
    /// The projects that changed, in the order of their last changes.
    public var changes: [Change]

    /// Changes of these parts.
    public init(moment: Int, changes: [Change]) { (self.moment, self.changes) = (moment, changes) }
}
