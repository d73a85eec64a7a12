import ProjectModel

/// The result of reading a project file.
public struct LoadResult: Equatable, Sendable {
    /// The project, or nil when there are errors.
    public var project: Project?
    /// What can be drawn of the file, with or without errors; nil when nothing of it could be read. It cannot run.
    public var sketch: Project?
    /// All diagnostics, sorted by position.
    public var diagnostics: [Diagnostic]
    /// The text, for rendering the diagnostics; empty when it could not be read as text.
    public var source: String

    /// The diagnostics as text for people.
    public var rendered: String { DiagnosticRenderer(source: source).render(diagnostics) }
}

/// The result of reading a file with defaults.
public struct DefaultsResult: Equatable, Sendable {
    /// The defaults, or nil when there are errors.
    public var defaults: ProjectDefaults?
    /// All diagnostics, sorted by position.
    public var diagnostics: [Diagnostic]
    /// The text, for rendering the diagnostics, without what may be a key; empty when it could not be read as text.
    public var source: String

    /// The diagnostics as text for people.
    public var rendered: String { DiagnosticRenderer(source: source).render(diagnostics) }
}
