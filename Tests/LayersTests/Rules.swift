/// A file of the repository, by its path from the root.
struct SourceFile {
    var path: String
    var text: String
}

/// What may not be, and where it may be all the same.
struct Rules {
    var table: LayerTable
    /// Files of pure targets that may import Foundation or the C library.
    var impureFiles: Set<String> = []
    /// Files and folders with `@unchecked Sendable`.
    var uncheckedPlaces: [String] = []
    /// Files that start unstructured tasks.
    var unstructuredPlaces: [String] = []
    /// Files and folders that print.
    var printingPlaces: [String] = []
    /// The one file that calls Foundation's JSON parsers.
    var parsingPlaces: [String] = []
    /// A longer file has a second subject, in lines.
    var longestFile = 400

    // MARK: The manifest

    /// Where the manifest and the table part.
    func faults(in targets: [Manifest.Target]) -> [String] {
        var faults: [String] = []
        let system = Set(targets.filter { $0.kind == .system }.map(\.name))
        let layered = targets.filter { isLayered($0) }
        for target in layered {
            guard let row = table[target.name] else {
                faults.append("\(target.name) is not in the table of docs/architecture.md")
                continue
            }
            for dependency in target.dependencies where !row.mayImport.contains(dependency) {
                faults.append("\(target.name) depends on \(dependency), which the table does not allow")
            }
        }
        for (index, row) in table.rows.enumerated() {
            if !layered.contains(where: { $0.name == row.target }) {
                faults.append("\(row.target) is in the table and not in the manifest")
            }
            let below = Set(table.rows[..<index].map(\.target))
            for name in row.mayImport where !system.contains(name) && !below.contains(name) {
                faults.append("the table lets \(row.target) import \(name), which does not stand above it there")
            }
        }
        return faults
    }

    /// Benchmarks and tests may look at everything; libraries of the distribution stand under everything.
    private func isLayered(_ target: Manifest.Target) -> Bool {
        let isExempt = ["Sources/Benchmarks", "Tests/"].contains { target.path?.hasPrefix($0) ?? false }
        return (target.kind == .regular || target.kind == .executable) && !isExempt
    }

    // MARK: The sources

    /// What is wrong with `file`; `targets` tells which one it belongs to.
    func faults(in file: SourceFile, targets: [Manifest.Target]) -> [String] {
        let lineCount = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        var faults = lineCount > longestFile ? ["\(file.path) has \(lineCount) lines; \(longestFile) are allowed"] : []
        guard file.path.hasSuffix(".swift") else { return faults }
        let lines = codeOnly(file.text).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            for fault in self.faults(inLine: String(line), of: file.path) {
                faults.append("\(file.path):\(index + 1): \(fault)")
            }
        }
        return faults + importFaults(lines, of: file.path, targets: targets)
    }

    private func faults(inLine line: String, of path: String) -> [String] {
        var faults: [String] = []
        if path.hasPrefix("Tests/") {
            if line.contains("Task.sleep") || line.contains("Thread.sleep") || line.contains("usleep(") {
                faults.append("a test waits for an event, never for a time")
            }
            return faults
        }
        if line.contains("@unchecked Sendable") && !path.isIn(uncheckedPlaces) {
            faults.append("@unchecked Sendable is not allowed here")
        }
        if line.contains("Task"),
            line.contains(#/\bTask(\.detached|\.immediate|\.immediateDetached)?\s*(<.*>)?\s*(\(.*\))?\s*\{/#),
            !line.contains(#/\b(enum|struct|class|actor|extension)\s/#), !path.isIn(unstructuredPlaces)
        {
            faults.append("an unstructured task is not allowed here")
        }
        if line.contains(#/\bJSONDecoder\b|\bJSONSerialization\.jsonObject\b/#), !path.isIn(parsingPlaces) {
            faults.append("JSON is read with JSONReader only; Foundation's parsers can end the process")
        }
        if line.contains("try!") { faults.append("try! is not allowed") }
        if line.contains(" as! ") { faults.append("as! is not allowed") }
        if line.contains("("),
            line.contains(#/(^|[^.\w])(print|debugPrint|dump)\(/#) && !line.contains("func ")
                && !path.isIn(printingPlaces)
        {
            faults.append("printing is not allowed here; a Log is")
        }
        return faults
    }

    private func importFaults(_ lines: [Substring], of path: String, targets: [Manifest.Target]) -> [String] {
        guard let own = owner(of: path, among: targets), let row = table[own.name] else { return [] }
        let known = Set(targets.map(\.name))
        let hosted: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "FoundationNetworking"]
        var faults: [String] = []
        for (index, line) in lines.enumerated() {
            guard let module = importedModule(line) else { continue }
            if known.contains(module) && !row.mayImport.contains(module) {
                faults.append("\(path):\(index + 1): \(own.name) may not import \(module)")
            } else if known.contains(module) && !own.dependencies.contains(module) {
                faults.append("\(path):\(index + 1): \(own.name) imports \(module) without depending on it")
            }
            if row.isPure && hosted.contains(module) && !impureFiles.contains(path) {
                faults.append("\(path):\(index + 1): \(own.name) is pure and may not import \(module)")
            }
        }
        return faults
    }

    /// The target that the file at `path` belongs to, when it has a row.
    private func owner(of path: String, among targets: [Manifest.Target]) -> Manifest.Target? {
        targets.first { isLayered($0) && path.hasPrefix(($0.path ?? "Sources/\($0.name)") + "/") }
    }

    // MARK: What nobody uses

    /// What the manifest or the table lets a target import, and none of its files does. `files` are all of the repository.
    func unusedImports(in files: [SourceFile], targets: [Manifest.Target]) -> [String] {
        var imported: [String: Set<String>] = [:]
        for file in files where file.path.hasSuffix(".swift") {
            guard let owner = owner(of: file.path, among: targets) else { continue }
            let lines = codeOnly(file.text).split(separator: "\n")
            imported[owner.name, default: []].formUnion(lines.compactMap(importedModule))
        }
        return targets.filter { isLayered($0) }.flatMap { target -> [String] in
            let used = imported[target.name] ?? []
            let allowed = table[target.name]?.mayImport ?? []
            return target.dependencies.filter { !used.contains($0) }
                .map { "\(target.name) depends on \($0), which none of its files imports" }
                + allowed.filter { !used.contains($0) }
                .map { "the table lets \(target.name) import \($0), which none of its files does" }
        }
    }
}

/// The module that a line of code imports; nil when it imports none.
private func importedModule(_ line: Substring) -> String? {
    guard line.contains("import") else { return nil }
    let match = line.firstMatch(
        of:
            #/^\s*(?:@\w+(?:\(.*?\))?\s+|public\s+|internal\s+|private\s+)*import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/#
    )
    return match.map { String($0.1) }
}

extension String {
    /// Whether this path is one of `places` or lies in one of them.
    fileprivate func isIn(_ places: [String]) -> Bool {
        places.contains { self == $0 || hasPrefix($0 + "/") }
    }
}
