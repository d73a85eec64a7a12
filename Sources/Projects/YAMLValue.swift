import Foundation
import JSONText
import ProjectModel

/// The value of a YAML text that is no project: aliases and merge keys resolved, scalars read as in project files, with
/// the same bounds (1 MiB, 20,000 values, 64 levels).
public struct YAMLValue: Equatable, Sendable {
    /// The problems of a text that has no value.
    public struct Failure: Error, Equatable {
        /// Everything that is wrong, sorted by position; at least one error.
        public var diagnostics: [Diagnostic]
    }

    private let root: YAMLNode

    /// Reads a text that holds one document at most; without one the value is null.
    /// - Parameter file: what the diagnostics call the text.
    public static func read(text: String, file: String) throws(Failure) -> YAMLValue {
        let context = LoadContext(file: file, directory: VendorDirectory([]))
        let (root, problems) = read(text)
        for problem in problems { context.report(.error, at: problem.mark, problem.message, hint: problem.hint) }
        guard let root, !context.hasErrors else { throw Failure(diagnostics: context.sorted) }
        return YAMLValue(root: root)
    }

    private static func read(_ text: String) -> (root: YAMLNode?, problems: [YAMLTree.Problem]) {
        switch SourceText.decode(Array(text.utf8)) {
        case .success(let text): YAMLTree.read(Array(text.utf8))
        case .failure(let problem):
            (nil, [YAMLTree.Problem(mark: problem.mark, message: problem.message, hint: problem.hint)])
        }
    }

    /// Where the value at `path` begins, which is the place of its key; steps are keys, and places in lists from 0. Of a
    /// path that leads nowhere, the last place on it.
    /// - Returns: line and column, from 1.
    public func place(of path: [String]) -> (line: Int, column: Int) {
        let mark = root.place(of: path)
        return (mark.line, mark.column)
    }

    /// The value as JSON text, keys in the order of the file.
    public func jsonData() -> Data { Data(root.json.text.utf8) }
}

extension YAMLNode {
    /// Where the value at `path` begins; of a path that leads nowhere, the last place on it.
    func place(of path: some Sequence<String>) -> Mark {
        var (node, mark) = (self, self.mark)
        for step in path {
            switch node.content {
            case .mapping(let entries):
                guard let entry = entries.first(where: { $0.key == step }) else { return mark }
                (node, mark) = (entry.value, entry.keyMark)
            case .sequence(let items):
                guard let index = Int(step), items.indices.contains(index) else { return mark }
                (node, mark) = (items[index], items[index].mark)
            case .scalar: return mark
            }
        }
        return mark
    }

    /// The value as JSON, keys in the order of the file.
    var json: JSON {
        switch content {
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries): .object(entries.map { ($0.key, $0.value.json) })
        case .scalar(let text, _):
            if isNull {
                .null
            } else if let bool {
                .bool(bool)
            } else if let int {
                .int(int)
            } else if let double {
                .double(double)
            } else {
                .string(text)
            }
        }
    }
}
