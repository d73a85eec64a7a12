import Foundation
import TestSupport
import Testing

/// What docs/architecture.md says of the sources is so.
@Suite struct ArchitecturePageTests {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func page() throws -> String {
        try String(contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
    }

    /// Each walk is a numbered list of at most seven steps, and each step names files that exist.
    @Test func theWalksNameFilesThatExist() throws {
        let page = try Self.page()
        let walks = page.components(separatedBy: "## Three walks").last?.components(separatedBy: "\n## ").first ?? ""
        let lists = walks.components(separatedBy: "### ").dropFirst()
        #expect(lists.count == 3)
        for list in lists {
            let steps = list.split(separator: "\n").filter { $0.contains(#/^\d+\. /#) }
            #expect((1...7).contains(steps.count), "\(list.prefix(40))")
            for step in steps { #expect(step.contains("`Sources/"), "no file in: \(step)") }
            for match in list.matches(of: #/`(Sources/[^`]+)`/#) {
                let path = String(match.1)
                #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: path).path), "\(path) is gone")
            }
        }
    }

    /// The table of folders is the folders.
    @Test func theFoldersOfSessionAreThoseOfTheTable() throws {
        let page = try Self.page()
        let table =
            page.components(separatedBy: "| folder of `Session`").last?.components(separatedBy: "\n\n").first ?? ""
        let named = Set(table.matches(of: #/\n\| `(\w+)` \|/#).map { String($0.1) })
        let session = Self.root.appending(path: "Sources/Session")
        let folders = try FileManager.default.contentsOfDirectory(
            at: session, includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { (try? $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true }
        .map(\.lastPathComponent).filter { !$0.hasSuffix(".docc") }
        #expect(named == Set(folders))
    }

    /// No type of `Session` has more than 12 stored properties.
    @Test func typesOfSessionAreSmall() throws {
        let session = Self.root.appending(path: "Sources/Session")
        let files = FileManager.default.enumerator(at: session, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        var checked = 0
        for file in files ?? [] where file.pathExtension == "swift" {
            for (name, count) in storedProperties(in: try String(contentsOf: file, encoding: .utf8)) {
                checked += 1
                #expect(count <= 12, "\(name) in \(file.lastPathComponent) has \(count) stored properties")
            }
        }
        #expect(checked > 50)
    }

    @Test func storedPropertiesAreCounted() {
        let text = """
            struct A {
                let a: Int
                private var (b, c) = (1, 2)
                var d: Int { 4 }
                static let e = 5
                struct B {
                    var f = 6
                }
                private(set) var g: Int = 7
                func h() {
                    let i = 8
                }
            }
            """
        let counts = Dictionary(uniqueKeysWithValues: storedProperties(in: text))
        #expect(counts == ["A": 4, "B": 1])
    }
}

/// The stored properties of each type of a formatted source, by the type's name.
private func storedProperties(in source: String) -> [(String, Int)] {
    var open: [(name: String, indent: Int, count: Int)] = []
    var done: [(String, Int)] = []
    for line in codeOnly(source).split(separator: "\n", omittingEmptySubsequences: true) {
        let indent = line.prefix { $0 == " " }.count
        let text = line.drop { $0 == " " }
        while let last = open.last, indent <= last.indent, text.hasPrefix("}") {
            done.append((last.name, last.count))
            open.removeLast()
        }
        if let match = text.prefixMatch(of: #/(?:[\w()]+ )*(?:struct|class|enum|extension) (\w+)[^\n]*\{$/#) {
            open.append((String(match.1), indent, 0))
            continue
        }
        guard let last = open.last, indent == last.indent + 4, !text.contains("static "),
            let match = text.prefixMatch(of: #/(?:[\w()]+ )*(?:let|var) (\(.*?\)|\w+)/#)
        else { continue }
        let isComputed = text.hasPrefix("let") ? false : text.contains("{") && !text.contains(" = ")
        if isComputed { continue }
        open[open.count - 1].count += match.1.filter { $0 == "," }.count + 1
    }
    return done + open.map { ($0.name, $0.count) }
}
