import Foundation
import ProjectModel
import Projects
import TestSupport
import Testing

/// Whatever the bytes, there is a verdict: a project, or an error that says where.
@Suite("Mutated project files")
struct FuzzTests {
    private static let pieces = [
        "\t", "\n", "  ", ": ", "- ", "? ", "&a ", "*a", "<<: *a", "{", "}", "[", "]", "\"", "'", "|", ">", "#", "%",
        "!!str ",
        "!x ", "---\n", "...\n", "\u{FEFF}", "\u{2028}", "\0", "null", "1e309", "-0x", "𝛑", "agent_name: ", "to: ",
    ]

    private func mutate(_ bytes: [UInt8], using random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let length = min(Int.random(in: 0...40, using: &random), bytes.count - place)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(place..<place + length)
            case 1: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: 0)
            case 2: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &random) ?? "").utf8), at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 4:
                bytes.replaceSubrange(
                    place..<place + length, with: (Self.pieces.randomElement(using: &random) ?? "").utf8)
            default:
                let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
                let line = lines.randomElement(using: &random) ?? []
                bytes.insert(contentsOf: Array(line) + [0x0A], at: place)
            }
        }
        return bytes
    }

    @Test(arguments: 0..<40)
    func alwaysAVerdict(seed: UInt64) throws {
        var random = Seeded(seed)
        let names = TestFiles.corpus("valid") + TestFiles.corpus("invalid")
        for _ in 0..<60 {
            let name = try #require(names.randomElement(using: &random))
            let bytes = mutate(try TestFiles.corpusBytes(name), using: &random)
            let result = ProjectLoader.load(bytes: bytes, name: "fuzzed", file: "fuzzed.yaml")
            #expect((result.project == nil) == result.diagnostics.hasErrors)
            #expect(result.diagnostics.allSatisfy { $0.line > 0 && $0.column > 0 && !$0.message.isEmpty })
            #expect(result.diagnostics == result.diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
            #expect(result.rendered.isEmpty == result.diagnostics.isEmpty)
            #expect(result == ProjectLoader.load(bytes: bytes, name: "fuzzed", file: "fuzzed.yaml"))
            for name in result.project?.orchestrator.agentNames ?? [] {
                #expect(result.project?.agent(named: name) != nil || result.project?.superAgent(named: name) != nil)
            }
        }
    }

    @Test(arguments: 0..<20)
    func whateverYAMLHasAValueIsJSON(seed: UInt64) throws {
        var random = Seeded(seed)
        let names = TestFiles.corpus("valid") + TestFiles.corpus("invalid")
        for _ in 0..<60 {
            let name = try #require(names.randomElement(using: &random))
            let text = String(decoding: mutate(try TestFiles.corpusBytes(name), using: &random), as: UTF8.self)
            do throws(YAMLValue.Failure) {
                let data = try YAMLValue.read(text: text, file: "fuzzed.yaml").jsonData()
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
                }
            } catch {
                #expect(error.diagnostics.hasErrors)
            }
        }
    }

    @Test(arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let result = ProjectLoader.load(bytes: bytes, name: "noise")
            #expect(result.project == nil)
            #expect(result.diagnostics.hasErrors)
        }
    }
}
