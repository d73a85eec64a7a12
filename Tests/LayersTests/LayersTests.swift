import Foundation
import Testing

/// The repository as it is, held against its own rules.
struct LayersTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The exceptions, each with its reason.
    private static func rules() throws -> Rules {
        let page = try String(contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
        return Rules(
            table: LayerTable(markdown: page),
            impureFiles: [
                "Sources/AudioCore/Resampler.swift",  // wraps a C library
                "Sources/JSONText/JSONReader.swift",  // wraps Foundation's parsers
            ],
            uncheckedPlaces: [
                "Sources/Network",  // objects that C calls back, each bound to one thread
                "Sources/ProviderKit/BlockingWorkers.swift",  // threads that sleep on a condition
            ],
            unstructuredPlaces: ["Sources/Session/Loop/TaskScope.swift", "Sources/MCP/Background.swift"],
            printingPlaces: [
                "Sources/parley",  // the command line talks to a person
                "Sources/Benchmarks",
            ],
            parsingPlaces: ["Sources/JSONText/JSONReader.swift"])
    }

    @Test func manifestKeepsToTheTable() throws {
        let rules = try Self.rules()
        #expect(rules.table.rows.count > 10, "the table in docs/architecture.md was not understood")
        let faults = rules.faults(in: try Manifest.load(root: Self.root).targets)
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test func sourcesKeepToTheRules() throws {
        let rules = try Self.rules()
        let targets = try Manifest.load(root: Self.root).targets
        let files = try Self.files()
        #expect(files.count > 20)
        let faults = files.flatMap { rules.faults(in: $0, targets: targets) }
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test func everyDependencyIsUsed() throws {
        let targets = try Manifest.load(root: Self.root).targets
        let faults = try Self.rules().unusedImports(in: try Self.files(), targets: targets)
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    private static func files() throws -> [SourceFile] {
        try ["Sources", "Tests"].flatMap { folder in
            let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            return try paths.filter { path in [".swift", ".c", ".h"].contains { path.hasSuffix($0) } }.sorted().map {
                let url = root.appending(path: folder).appending(path: $0)
                return SourceFile(path: "\(folder)/\($0)", text: try String(contentsOf: url, encoding: .utf8))
            }
        }
    }
}
