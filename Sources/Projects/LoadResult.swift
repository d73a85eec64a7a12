import ProjectModel

/// The result of reading a project file.
public struct LoadResult: Equatable, Sendable {
    /// The project, or nil when there are errors.
    public var project: Project?
    /// All diagnostics, sorted by position.
    public var diagnostics: [Diagnostic]
    /// The text, for rendering the diagnostics, without what may be a key; empty when it could not be read as text.
    public var source: String

    /// The diagnostics as text for people.
    public var rendered: String { DiagnosticRenderer(source: source).render(diagnostics) }
}
