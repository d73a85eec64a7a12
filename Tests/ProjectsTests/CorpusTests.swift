import Foundation
import Projects
import Testing

/// Each file of `Corpus` tests one thing. Its first lines say what, and list every diagnostic that is expected:
/// `# expect: error 12:5 message [path]`.
@Suite("Corpus of project files")
struct CorpusTests {
    private func expected(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { $0.hasPrefix("# expect: ") }.map { String($0.dropFirst("# expect: ".count)) }
    }

    private func found(_ result: LoadResult) -> [String] {
        result.diagnostics.map { diagnostic in
            let place = diagnostic.path.isEmpty ? "" : " [\(diagnostic.path)]"
            return "\(diagnostic.severity) \(diagnostic.line):\(diagnostic.column) \(diagnostic.message)\(place)"
        }
    }

    @Test(arguments: TestFiles.corpus("valid"))
    func valid(name: String) throws {
        let bytes = try TestFiles.corpusBytes(name)
        let result = ProjectLoader.load(bytes: bytes, name: "x", file: name, folder: TestFiles.corpusFolder(of: name))
        #expect(result.project != nil)
        #expect(!result.diagnostics.hasErrors)
        #expect(found(result) == expected(bytes))
    }

    @Test(arguments: TestFiles.corpus("invalid"))
    func invalid(name: String) throws {
        let bytes = try TestFiles.corpusBytes(name)
        let result = ProjectLoader.load(bytes: bytes, name: "x", file: name, folder: TestFiles.corpusFolder(of: name))
        #expect(result.project == nil)
        #expect(result.diagnostics.hasErrors)
        #expect(found(result) == expected(bytes))
    }

    @Test func corpusIsThere() {
        #expect(TestFiles.corpus("valid").count >= 30)
        #expect(TestFiles.corpus("invalid").count >= 80)
    }
}
