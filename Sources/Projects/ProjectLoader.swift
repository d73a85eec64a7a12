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
    ///   - name: the project's name; nil takes the file's name without its ending.
    ///   - vendors: whose models the file can name.
    public static func load(file path: String, name: String? = nil, vendors: [VendorProfile]) -> LoadResult {
        let url = URL(filePath: path)
        let bytes: [UInt8]
        do {
            guard try isRegular(url) else {
                return failure(
                    path, .start, "cannot be read: not a regular file",
                    hint: "on the command line, - stands for standard input")
            }
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            bytes = [UInt8](try handle.read(upToCount: SourceText.maximumBytes + 1) ?? Data())
        } catch {
            return failure(path, .start, "cannot be read: \(reason(of: error))")
        }
        return load(
            bytes: bytes, name: name ?? projectName(ofFile: url.lastPathComponent), file: path, vendors: vendors)
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
    public static func load(
        bytes: [UInt8], name: String, file: String = "project.yaml", vendors: [VendorProfile]
    ) -> LoadResult {
        let source: String
        switch SourceText.decode(bytes) {
        case .failure(let problem): return failure(file, problem.mark, problem.message, hint: problem.hint)
        case .success(let text): source = text
        }
        let context = LoadContext(file: file, directory: VendorDirectory(vendors))
        let project = read(Array(source.utf8), name: name, in: context)
        return LoadResult(
            project: context.hasErrors ? nil : project, diagnostics: context.sorted, source: context.shown(source))
    }

    /// `advisor` for `advisor.yaml` and `advisor.yml`.
    static func projectName(ofFile file: String) -> String {
        for ending in [".yaml", ".yml"] where file.hasSuffix(ending) { return String(file.dropLast(ending.count)) }
        return file
    }

    static func read(_ bytes: [UInt8], name: String, in context: LoadContext) -> Project? {
        let (root, problems) = YAMLTree.read(bytes)
        for problem in problems { context.report(.error, at: problem.mark, problem.message, hint: problem.hint) }
        guard let root else { return nil }
        if case .scalar = root.content, root.isNull {
            context.report(
                .error, at: root.mark, "the file is empty", hint: "a project needs orchestrator and utility_agents")
            return nil
        }
        return ProjectReader(context: context).project(root, name: name)
    }

    private static func failure(_ file: String, _ mark: Mark, _ message: String, hint: String? = nil) -> LoadResult {
        let diagnostic = Diagnostic(.error, file: file, line: mark.line, column: mark.column, message, hint: hint)
        return LoadResult(project: nil, diagnostics: [diagnostic], source: "")
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
