import Foundation
import Testing

/// The checker itself, on a made-up repository: each rule must be seen to fail.
struct RulesTests {
    private static let page = """
        Some text.

        | target | what | pure | may import |
        |---|---|---|---|
        | `Base` | ground | pure | – |
        | `Wire` | C | | `CWire` |
        | `Top` | all | | `Base`, `Wire` |
        | `Later` (planned) | – | | `Top` |

        | `Other` | another table | | |
        """

    private static let manifest = """
        {"targets": [
          {"name": "CWire", "type": "system", "path": "Sources/System/CWire", "dependencies": []},
          {"name": "Base", "type": "regular", "path": "Sources/Base", "dependencies": []},
          {"name": "Wire", "type": "regular", "path": "Sources/Wire", "dependencies": [{"byName": ["CWire", null]}]},
          {"name": "Top", "type": "executable", "path": "Sources/Top", "dependencies": [{"byName": ["Base", null]}]},
          {"name": "bench", "type": "executable", "path": "Sources/Benchmarks/x", "dependencies": [{"byName": ["Top", null]}]},
          {"name": "TopTests", "type": "test", "dependencies": [{"byName": ["Top", null]}, {"byName": ["CWire", null]}]}
        ]}
        """

    private static let rules = Rules(
        table: LayerTable(markdown: page), impureFiles: ["Sources/Base/Odd.swift"], uncheckedPlaces: ["Sources/Wire"],
        unstructuredPlaces: ["Sources/Top/Tasks.swift"], printingPlaces: ["Sources/Top/main.swift"],
        parsingPlaces: ["Sources/Base/Reader.swift"], longestFile: 6)

    private static func targets(_ text: String = manifest) throws -> [Manifest.Target] {
        try JSONDecoder().decode(Manifest.self, from: Data(text.utf8)).targets
    }

    private func faults(_ text: String, at path: String) throws -> [String] {
        Self.rules.faults(in: SourceFile(path: path, text: text), targets: try Self.targets())
    }

    @Test func readsTheTable() {
        #expect(
            LayerTable(markdown: Self.page).rows == [
                .init(target: "Base", mayImport: [], isPure: true),
                .init(target: "Wire", mayImport: ["CWire"], isPure: false),
                .init(target: "Top", mayImport: ["Base", "Wire"], isPure: false),
            ])
        #expect(LayerTable(markdown: "no table").rows.isEmpty)
    }

    @Test func aManifestThatKeepsToTheTableHasNoFaults() throws {
        #expect(Self.rules.faults(in: try Self.targets()) == [])
    }

    @Test(arguments: [
        (
            #""name": "Base", "type": "regular", "path": "Sources/Base", "dependencies": ["#,
            #"{"byName": ["Top", null]}"#,
            "Base depends on Top"
        ),
        (#"{"targets": ["#, #"{"name": "New", "type": "regular", "dependencies": []},"#, "New is not in the table"),
    ])
    func manifestFaultsAreFound(before: String, added: String, fault: String) throws {
        let targets = try Self.targets(Self.manifest.replacing(before, with: before + added))
        #expect(Self.rules.faults(in: targets).contains { $0.hasPrefix(fault) })
    }

    @Test func tableFaultsAreFound() throws {
        var rules = Self.rules
        rules.table = LayerTable(markdown: Self.page.replacing("pure | – |", with: "pure | `Top` |"))
        #expect(rules.faults(in: try Self.targets()).contains { $0.hasPrefix("the table lets Base import Top") })
        let fewer = try Self.targets().filter { $0.name != "Wire" }
        #expect(Self.rules.faults(in: fewer).contains("Wire is in the table and not in the manifest"))
    }

    private static let users = [
        SourceFile(path: "Sources/Wire/A.swift", text: "private import CWire"),
        SourceFile(path: "Sources/Top/A.swift", text: "import Base"),
        SourceFile(path: "Sources/Top/B.swift", text: "@preconcurrency import struct Wire.Socket"),
    ]

    @Test func whatIsImportedIsUsed() throws {
        #expect(Self.rules.unusedImports(in: Self.users, targets: try Self.targets()) == [])
    }

    /// Neither another target's import nor one in a comment counts.
    @Test(arguments: ["", "// import Base", "import BaseTests", "let important = Base"])
    func whatNobodyImportsIsFound(text: String) throws {
        var files = Self.users
        files[1].text = text
        files.append(SourceFile(path: "Sources/Benchmarks/x/main.swift", text: "import Base"))
        files.append(SourceFile(path: "Tests/TopTests/A.swift", text: "import Base"))
        #expect(
            Self.rules.unusedImports(in: files, targets: try Self.targets()) == [
                "Top depends on Base, which none of its files imports",
                "the table lets Top import Base, which none of its files does",
            ])
    }

    /// A permission alone is one fault: the manifest of the example does not let `Top` depend on `Wire`.
    @Test func whatOnlyTheTableAllowsIsFound() throws {
        let faults = Self.rules.unusedImports(in: Array(Self.users.prefix(2)), targets: try Self.targets())
        #expect(faults == ["the table lets Top import Wire, which none of its files does"])
    }

    @Test(arguments: [
        ("import Top", "Sources/Base/A.swift", "Base may not import Top"),
        ("@testable import Top", "Sources/Base/A.swift", "Base may not import Top"),
        ("internal import struct Top.Thing", "Sources/Base/A.swift", "Base may not import Top"),
        ("import Wire", "Sources/Top/A.swift", "imports Wire without depending on it"),
        ("import Foundation", "Sources/Base/A.swift", "is pure and may not import Foundation"),
        ("import Glibc", "Sources/Base/A.swift", "is pure and may not import Glibc"),
        ("final class A: @unchecked Sendable {", "Sources/Top/A.swift", "@unchecked"),
        ("let t = Task { }", "Sources/Top/A.swift", "unstructured"),
        ("Task.detached(priority: .low) {", "Sources/Top/A.swift", "unstructured"),
        ("Task<Void, Never> {", "Sources/Top/A.swift", "unstructured"),
        ("let a = try! b()", "Sources/Top/main.swift", "try!"), ("let a = b as! C", "Sources/Top/A.swift", "as!"),
        ("let a = try JSONDecoder().decode(A.self, from: b)", "Sources/Top/A.swift", "JSONReader"),
        ("let d: JSONDecoder = .init()", "Sources/Base/A.swift", "JSONReader"),
        ("try JSONSerialization.jsonObject(with: a)", "Sources/Wire/A.swift", "JSONReader"),
        ("    print(1)", "Sources/Top/A.swift", "printing"), ("dump(1)", "Sources/Wire/A.swift", "printing"),
        ("try await Task.sleep(for: .seconds(1))", "Tests/TopTests/A.swift", "waits"),
        ("\n\n\n\n\n\n\n", "Sources/Top/A.swift", "7 lines"), ("\n\n\n\n\n\n\n", "Sources/Wire/a.c", "7 lines"),
    ])
    func sourceFaultsAreFound(text: String, path: String, fault: String) throws {
        let faults = try faults(text, at: path)
        #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
    }

    @Test(arguments: [
        ("import Base", "Sources/Top/A.swift"), ("import Foundation", "Sources/Top/A.swift"),
        ("import Foundation", "Sources/Base/Odd.swift"), ("import Synchronization", "Sources/Base/A.swift"),
        ("import Top", "Sources/Benchmarks/x/main.swift"), ("import CWire", "Tests/TopTests/A.swift"),
        ("struct A: @unchecked Sendable {", "Sources/Wire/A.swift"), ("Task { }", "Sources/Top/Tasks.swift"),
        ("print(1)", "Sources/Top/main.swift"), ("log.print(1)", "Sources/Top/A.swift"),
        ("JSONDecoder().decode(A.self, from: b)", "Sources/Base/Reader.swift"),
        ("JSONDecoder().decode(A.self, from: b)", "Tests/TopTests/A.swift"),
        ("JSONSerialization.data(withJSONObject: a)", "Sources/Top/A.swift"),
        ("// print(1) try! Task { }", "Sources/Top/A.swift"), ("/* a /* try! */ try! */", "Sources/Top/A.swift"),
        (##"let a = "print(1) \" try!" + #"as! " x"#"##, "Sources/Top/A.swift"),
        ("let a = \"\"\"\n  try! \"\n  Task {\n  \"\"\"", "Sources/Top/A.swift"),
        ("public enum Task { case a }", "Sources/Top/A.swift"), ("await group.addTask { }", "Sources/Top/A.swift"),
        ("for try await x in y {}", "Sources/Top/A.swift"), ("\n\n\n\n\n\n", "Sources/Top/A.swift"),
    ])
    func whatIsAllowedPasses(text: String, path: String) throws {
        #expect(try faults(text, at: path) == [])
    }
}
