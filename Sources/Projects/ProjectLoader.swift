import Foundation
import ProjectModel

/// Turns the text of a project file into a `Project`, or into a list of all its problems.
public enum ProjectLoader {
    /// The largest file that is read, in bytes: 1 MiB.
    public static let maximumBytes = SourceText.maximumBytes

    /// Reads a file of at most 1 MiB. A file that cannot be read is an error diagnostic, too.
    ///
    /// - Parameters:
    ///   - path: also what the diagnostics call the file.
    ///   - name: the project's name; nil takes the file's name without its ending, or that of its folder for `config.yaml`.
    ///   - vendors: whose models the file can name.
    ///   - defaults: for what the file does not name.
    ///   - environment: where addresses of databases are looked up.
    public static func load(
        file path: String, name: String? = nil, vendors: [VendorProfile], defaults: ProjectDefaults = ProjectDefaults(),
        environment: [String: String] = [:]
    ) -> LoadResult {
        let context = LoadContext(file: path, directory: VendorDirectory(vendors))
        guard let bytes = bytes(of: path, in: context) else {
            return LoadResult(project: nil, diagnostics: context.sorted, source: "")
        }
        let folder = URL(filePath: path).absoluteURL.deletingLastPathComponent().path(percentEncoded: false)
        return load(
            bytes: bytes, name: name ?? projectName(atPath: path), file: path, folder: folder, vendors: vendors,
            defaults: defaults, environment: environment)
    }

    /// Reads a file with defaults, of at most 1 MiB.
    public static func loadDefaults(file path: String, vendors: [VendorProfile]) -> DefaultsResult {
        let context = LoadContext(file: path, directory: VendorDirectory(vendors))
        guard let bytes = bytes(of: path, in: context), let source = source(bytes, in: context) else {
            return DefaultsResult(defaults: nil, diagnostics: context.sorted, source: "")
        }
        let root = tree(Array(source.utf8), in: context)
        let defaults =
            root.map { $0.isNull ? ProjectDefaults() : ProjectReader(context: context).defaults($0) } ?? nil
        return DefaultsResult(
            defaults: context.hasErrors ? nil : defaults, diagnostics: context.sorted, source: context.shown(source))
    }

    /// At most 1 MiB and one byte more; nil with a diagnostic when the file cannot be read.
    static func bytes(of path: String, in context: LoadContext) -> [UInt8]? {
        let url = URL(filePath: path)
        do {
            guard try isRegular(url) else {
                context.report(
                    .error, at: .start, "cannot be read: not a regular file",
                    hint: "on the command line, - stands for standard input")
                return nil
            }
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            return [UInt8](try handle.read(upToCount: SourceText.maximumBytes + 1) ?? Data())
        } catch {
            context.report(.error, at: .start, "cannot be read: \(reason(of: error))")
            return nil
        }
    }

    /// The text of a file; nil with a diagnostic when it is none.
    static func source(_ bytes: [UInt8], in context: LoadContext) -> String? {
        switch SourceText.decode(bytes) {
        case .failure(let problem):
            context.report(.error, at: problem.mark, problem.message, hint: problem.hint)
            return nil
        case .success(let text): return text
        }
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - name: the project's name.
    ///   - file: what the diagnostics call the text.
    ///   - vendors: whose models the file can name.
    public static func load(
        text: String, name: String, file: String = "project.yaml", vendors: [VendorProfile]
    ) -> LoadResult {
        load(bytes: Array(text.utf8), name: name, file: file, vendors: vendors)
    }

    /// Reads bytes that should be UTF-8.
    /// - Parameters:
    ///   - folder: where files are looked for that the project names; nil: nowhere.
    ///   - trust: where the project comes from.
    public static func load(
        bytes: [UInt8], name: String, file: String = "project.yaml", folder: String? = nil, vendors: [VendorProfile],
        defaults: ProjectDefaults = ProjectDefaults(), environment: [String: String] = [:], trust: Trust = .file
    ) -> LoadResult {
        let context = LoadContext(file: file, directory: VendorDirectory(vendors), trust: trust)
        (context.folder, context.environment) = (folder, environment)
        guard let source = source(bytes, in: context) else {
            return LoadResult(project: nil, diagnostics: context.sorted, source: "")
        }
        let project = read(Array(source.utf8), name: name, in: context, defaults: defaults)
        return LoadResult(
            project: context.hasErrors ? nil : project, sketch: project, diagnostics: context.sorted,
            source: context.shown(source))
    }

    /// The files of a folder that a server reads: those of projects, then that with the defaults; nil when the folder cannot
    /// be read. Paths are relative to the folder.
    public static func files(inFolder path: String) -> [String]? {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path).sorted() else { return nil }
        return ProjectFolder.candidates(in: path, entries).map(\.file)
            + entries.filter(ProjectFolder.isDefaults).prefix(1)
    }

    /// Whether a file holds defaults, and no project.
    public static func isDefaults(_ path: String) -> Bool {
        ProjectFolder.isDefaults(URL(filePath: path).lastPathComponent)
    }

    /// `advisor` for `advisor.yaml`, `advisor.yml` and `advisor.json`.
    static func projectName(ofFile file: String) -> String {
        for ending in [".yaml", ".yml", ".json"] where file.hasSuffix(ending) {
            return String(file.dropLast(ending.count))
        }
        return file
    }

    /// `advisor` for `projects/advisor.yaml` and for `projects/advisor/config.yaml`.
    public static func projectName(atPath path: String) -> String {
        let url = URL(filePath: path).standardizedFileURL
        let file = url.lastPathComponent
        let folder = url.deletingLastPathComponent().lastPathComponent
        return ProjectFolder.configurations.contains(file) && folder != "/" ? folder : projectName(ofFile: file)
    }

    static func read(
        _ bytes: [UInt8], name: String, in context: LoadContext, defaults: ProjectDefaults = ProjectDefaults()
    ) -> Project? {
        guard let root = tree(bytes, in: context) else { return nil }
        if case .scalar = root.content, root.isNull {
            context.report(
                .error, at: root.mark, "the file is empty", hint: "a project needs orchestrator and utility_agents")
            return nil
        }
        return ProjectReader(context: context, defaults: defaults).project(root, name: name)
    }

    static func tree(_ bytes: [UInt8], in context: LoadContext) -> YAMLNode? {
        let (root, problems) = YAMLTree.read(bytes)
        for problem in problems { context.report(.error, at: problem.mark, problem.message, hint: problem.hint) }
        return root
    }

    /// Opening a pipe would wait for a writer. Symbolic links are followed: mounted configurations consist of them.
    private static func isRegular(_ url: URL) throws -> Bool {
        let path = url.resolvingSymlinksInPath().path(percentEncoded: false)
        return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular
    }

    private static func reason(of error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "no such file"
        case .fileReadNoPermission: "permission denied"
        default: "the system reports an error"
        }
    }
}
