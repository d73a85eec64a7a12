import Foundation
import ProjectModel
import Testing
import Vendors

/// The schema and the documentation say of vendors what the list of vendors says. With `PARLEY_UPDATE_GOLDEN` in the
/// environment the tests write them.
struct DerivedPagesTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let vendors = Vendor.all.map(\.profile)

    @Test func theSchemaFollowsFromTheList() throws {
        try check("schemas/project.schema.json") { text in
            ModelSchema(vendors: Self.vendors).parts.reduce(text) { text, part in
                let head = "    \"\(part.name)\": {\n"
                guard let start = text.range(of: "\n" + head),
                    let end = text.range(of: "\n    }", range: start.upperBound..<text.endIndex)
                else {
                    Issue.record("the schema has no \(part.name)")
                    return text
                }
                let written = "\n    \"\(part.name)\": \(part.schema.pretty(indent: "    "))"
                return text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: written)
            }
        }
    }

    @Test func thePageOfProvidersFollowsFromTheList() throws {
        try checkTable("docs/providers.md", ProviderTables(vendors: Self.vendors).providers)
    }

    @Test func thePageOfTheProjectFileFollowsFromTheList() throws {
        try checkTable("docs/project-file.md", ProviderTables(vendors: Self.vendors).models)
    }

    @Test func theKeysOfEndpointsAreDocumented() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/project-file.md"), encoding: .utf8)
        for option in Self.vendors.flatMap(\.options) {
            #expect(page.contains("`\(option.key)`"), "docs/project-file.md does not have \(option.key)")
        }
    }

    private func checkTable(_ page: String, _ table: [String]) throws {
        try check(page) { text in
            var lines = text.components(separatedBy: "\n")
            guard let start = lines.firstIndex(of: table[0]) else {
                Issue.record("\(page) has no table with the head \(table[0])")
                return text
            }
            let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
            lines.replaceSubrange(start..<end, with: table)
            return lines.joined(separator: "\n")
        }
    }

    private func check(_ path: String, _ derive: (String) throws -> String) throws {
        let file = Self.root.appending(path: path)
        let text = try String(contentsOf: file, encoding: .utf8)
        let derived = try derive(text)
        if ProcessInfo.processInfo.environment["PARLEY_UPDATE_GOLDEN"] != nil {
            try derived.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text == derived, "\(path) is behind the list of vendors: run with PARLEY_UPDATE_GOLDEN=1")
        }
    }
}
