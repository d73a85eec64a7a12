import Foundation
import Projects
import Testing

@Suite("Diagnostics as text")
struct DiagnosticRenderingTests {
    @Test func wholeReport() {
        let text = """
            orchestrator:
              agent_list:
                - agent_name: Stock Planer
            utility_agents:
              - agent_class: PlanningAgent
                agent_name: Stock Planner
                speech_config:
                  voise: slt
                  speed: 9
            """
        let result = ProjectLoader.load(text: text, name: "advisor", file: "projects/advisor.yaml")
        #expect(result.project == nil)
        #expect(
            result.rendered == """
                projects/advisor.yaml:3:19: error: unknown agent 'Stock Planer' [orchestrator.agent_list[0].agent_name]
                 3 |     - agent_name: Stock Planer
                   |                   ^
                   = did you mean 'Stock Planner'?
                projects/advisor.yaml:8:7: warning: unknown key 'voise' [utility_agents[0].speech_config.voise]
                 8 |       voise: slt
                   |       ^
                   = did you mean 'voice'?
                projects/advisor.yaml:9:14: error: must be a number within 0.25…4 [utility_agents[0].speech_config.speed]
                 9 |       speed: 9
                   |              ^
                2 errors, 1 warning

                """)
    }

    @Test func oneLineForLogs() {
        let diagnostic = Diagnostic(
            .warning, file: "a.yaml", line: 3, column: 5, path: "x.y", "unknown key 'y'", hint: "did you mean 'z'?")
        #expect(diagnostic.summary == "a.yaml:3:5: warning: unknown key 'y' [x.y]; did you mean 'z'?")
    }

    @Test func tabsAndWideLinesKeepTheCaretInPlace() {
        let renderer = DiagnosticRenderer(source: "\tab\r\n" + String(repeating: "x", count: 300) + "Y" + "zzz")
        #expect(
            renderer.render(Diagnostic(.error, file: "f", line: 1, column: 3, "m")) == """
                f:1:3: error: m
                 1 |  ab
                   |   ^
                """)
        let lines = renderer.render(Diagnostic(.error, file: "f", line: 2, column: 301, "m")).split(separator: "\n")
        let place = lines[1].firstIndex(of: "Y").map { lines[1].distance(from: lines[1].startIndex, to: $0) }
        #expect(place == lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) })
        #expect(lines[1].count < 140)
    }

    @Test func nothingOfAFileControlsTheTerminal() {
        let renderer = DiagnosticRenderer(source: "a\u{1B}[31m: \u{202E}b")
        let text = renderer.render(
            Diagnostic(.error, file: "f", line: 1, column: 1, "unknown key 'a\u{1B}[31m'", hint: "\u{7}"))
        #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || $0.value == 0x202E) })
    }

    @Test func nothingToSay() {
        #expect(DiagnosticRenderer(source: "").render([]) == "")
    }

    @Test func placesOutsideTheSource() {
        #expect(
            DiagnosticRenderer(source: "").render(Diagnostic(.error, file: "f", line: 1, column: 1, "empty"))
                == "f:1:1: error: empty")
        #expect(
            DiagnosticRenderer(source: "a").render(Diagnostic(.note, file: "f", line: 9, column: 9, "m"))
                == "f:9:9: note: m")
    }

    /// One mistake on every agent is said once, with all places.
    @Test(arguments: [(2, 2), (3, 1), (8, 1)])
    func whatIsAlikeIsSaidOnce(agents: Int, times: Int) {
        let list = (1...agents).map { "  - {agent_class: Butler, agent_name: A\($0)}" }
        let text = "orchestrator: {agent_list: [{agent_name: A1}]}\nutility_agents:\n" + list.joined(separator: "\n")
        let rendered = ProjectLoader.load(text: text, name: "x").rendered
        #expect(rendered.components(separatedBy: "unknown agent_class 'Butler'").count == times + 1)
        #expect(rendered.contains("\(agents) errors"))
        if times == 1 { for line in 4..<(3 + agents) { #expect(rendered.contains("\(line):19")) } }
    }
}
