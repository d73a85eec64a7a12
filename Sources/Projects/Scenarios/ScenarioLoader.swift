import ProjectModel

/// Turns the text of a scenario file into a `Scenario`, or into a list of all its problems.
public enum ScenarioLoader {
    /// What reading a scenario file came to.
    public struct Result: Equatable, Sendable {
        /// The scenario, or nil when there are errors.
        public var scenario: Scenario?
        /// All diagnostics, sorted by position.
        public var diagnostics: [Diagnostic]
        /// The diagnostics as text for people.
        public var rendered: String
    }

    /// Reads a file of at most 1 MiB. A file that cannot be read is an error diagnostic, too.
    /// - Parameter path: also what the diagnostics call the file.
    public static func load(file path: String) -> Result {
        let context = LoadContext(file: path, directory: VendorDirectory([]))
        guard let bytes = ProjectLoader.bytes(of: path, in: context) else { return result(nil, "", context) }
        return load(bytes, path, context)
    }

    /// Reads a text.
    /// - Parameter file: what the diagnostics call it.
    public static func load(text: String, file: String = "scenario.yaml") -> Result {
        load(Array(text.utf8), file, LoadContext(file: file, directory: VendorDirectory([])))
    }

    private static func load(_ bytes: [UInt8], _ file: String, _ context: LoadContext) -> Result {
        guard let source = ProjectLoader.source(bytes, in: context) else { return result(nil, "", context) }
        let root = ProjectLoader.tree(Array(source.utf8), in: context)
        let name = ProjectLoader.projectName(atPath: file)
        return result(root.flatMap { ScenarioReader(context: context).scenario($0, name: name) }, source, context)
    }

    private static func result(_ scenario: Scenario?, _ source: String, _ context: LoadContext) -> Result {
        Result(
            scenario: context.hasErrors ? nil : scenario, diagnostics: context.sorted,
            rendered: DiagnosticRenderer(source: source).render(context.sorted))
    }
}
