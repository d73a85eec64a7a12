import Testing

@testable import Projects

@Suite("YAML as a node tree")
struct YAMLTreeTests {
    private func tree(_ text: String) -> (root: YAMLNode?, problems: [YAMLTree.Problem]) {
        YAMLTree.read(Array(text.utf8))
    }

    @Test func everyNodeKnowsItsPlace() throws {
        let root = try #require(tree("a: 1\nlist:\n  - ä: {b: \"c\"}\n  - x\n").root)
        #expect(root["a"]?.mark == Mark(line: 1, column: 4))
        #expect(root["list"]?.mark == Mark(line: 3, column: 3))
        guard case .sequence(let items) = try #require(root["list"]).content else {
            Issue.record("not a list")
            return
        }
        #expect(items[0].mark == Mark(line: 3, column: 5))
        #expect(items[0]["ä"]?["b"]?.mark == Mark(line: 3, column: 12))
        #expect(items[1].mark == Mark(line: 4, column: 5))
    }

    @Test func plainScalarsMeanSomethingAndQuotedOnesAreText() throws {
        func node(_ text: String) throws -> YAMLNode { try #require(tree("v: \(text)").root?["v"]) }
        #expect(try node("yes").bool == true)
        #expect(try node("OFF").bool == false)
        #expect(try node("y").bool == nil)
        #expect(try node("\"yes\"").bool == nil)
        #expect(try node("\"yes\"").text == "yes")
        #expect(try node("-12").int == -12)
        #expect(try node("0x1F").int == 31)
        #expect(try node("0x-1").int == nil)
        #expect(try node("012").int == nil)
        #expect(try node("1_000").int == nil)
        #expect(try node("99999999999999999999").int == nil)
        #expect(try node("1.5").double == 1.5)
        #expect(try node("-.5").double == -0.5)
        #expect(try node("3.").double == 3)
        #expect(try node("1e3").double == 1000)
        #expect(try node("1e999").double == nil)
        #expect(try node(".nan").double == nil)
        #expect(try node("nan").double == nil)
        #expect(try node("0x1p3").double == nil)
        #expect(try node("e").double == nil)
        #expect(try node("~").isNull)
        #expect(try node("").isNull)
        #expect(try !node("''").isNull)
        #expect(try node("1.2.3").text == "1.2.3")
        #expect(try node("!!str 7").text == "7")
        #expect(try node("|\n  7\n").text == "7\n")
    }

    @Test func mergeKeysYieldToWrittenOnes() throws {
        let root = try #require(tree("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {y: 0, <<: [*a, *b]}").root)
        #expect(root["c"]?["x"]?.int == 1)
        #expect(root["c"]?["y"]?.int == 0)
        #expect(root["c"]?["z"]?.int == 4)
        #expect(root["c"]?["<<"] == nil)
    }

    @Test func aliasesAreCounted() {
        let lines = (1...9).map {
            "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]"
        }
        let result = tree((["a0: &a0 [lol]"] + lines).joined(separator: "\n"))
        #expect(result.root == nil)
        #expect(result.problems.map(\.message) == ["more than 20000 values after expanding aliases"])
    }

    @Test func mergesAreCounted() {
        let big = (0..<500).map { "k\($0): 1" }.joined(separator: ", ")
        let merges = (0..<100).map { "m\($0): {<<: [\(Array(repeating: "*a", count: 100).joined(separator: ","))]}" }
        #expect(tree((["a: &a {\(big)}"] + merges).joined(separator: "\n")).root == nil)
    }

    @Test func plainSizeIsCounted() {
        #expect(tree("[" + String(repeating: "x,", count: 20_001) + "]").root == nil)
        #expect(tree("[" + String(repeating: "x,", count: 10_000) + "]").root != nil)
    }

    @Test func depthIsCounted() {
        #expect(tree(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).root != nil)
        #expect(tree(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)).root == nil)
        #expect(tree(String(repeating: "[", count: 500_000)).root == nil)
        #expect(tree(String(repeating: "- ", count: 500_000)).root == nil)
        #expect(tree(String(repeating: "? ", count: 500_000)).root == nil)
    }
}

@Suite("Bytes as text")
struct SourceTextTests {
    private func problem(_ bytes: [UInt8]) -> SourceText.Problem? {
        if case .failure(let problem) = SourceText.decode(bytes) { problem } else { nil }
    }

    @Test func invalidUTF8HasAPlace() {
        let bytes = Array("ä: b\nxü".utf8) + [0xFF] + Array("y".utf8)
        #expect(problem(bytes)?.mark == Mark(line: 2, column: 3))
        #expect(problem(bytes)?.message == "not UTF-8: the byte at offset 9 is invalid")
        // Cut in the middle of a character, an overlong form, and half a surrogate pair.
        for tail: [UInt8] in [[0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80]] {
            #expect(problem(Array("ab".utf8) + tail)?.mark == Mark(line: 1, column: 3))
        }
    }

    @Test func nulHasAPlace() {
        #expect(problem(Array("a: b\nc\0: d".utf8))?.mark == Mark(line: 2, column: 2))
    }

    @Test func sizeIsBounded() {
        #expect(problem([UInt8](repeating: 0x20, count: 1 << 20)) == nil)
        let message = problem([UInt8](repeating: 0x20, count: (1 << 20) + 1))?.message
        #expect(message == "the file is larger than 1 MiB (1048577 bytes)")
    }

    @Test func byteOrderMarkIsNoContent() {
        let text =
            "\u{FEFF}orchestrator: {agent_list: [{agent_name: A}]}\nutility_agents: [{agent_class: PlanningAgent, agent_name: A}]"
        let result = ProjectLoader.load(text: text, name: "x")
        #expect(result.diagnostics == [])
        #expect(result.project != nil)
    }
}
