import Projects
import Testing

/// Scenario files: what they mean, and what is said of mistakes in them.
struct ScenarioTests {
    @Test func everythingThatAScenarioCanHold() throws {
        let result = ScenarioLoader.load(
            text: """
                name: One booking
                project: ../desk.yaml
                model:
                  - say: One moment.
                    when: /book|appoint/
                    agent: Desk
                    delay_ms: 50
                    call:
                      - name: book
                        arguments: {day: Monday, guests: 2}
                  - fails: true
                steps:
                  - say_text: Book, please.
                  - interrupt: {speak: Wait., at_tool: book}
                  - interrupt: {speak: No., after_ms: 900}
                  - wait_ms: 20
                  - speak: Good bye.
                  - expect:
                      said: [a, /b+/]
                      heard: {contains: c, absent: d}
                      tools:
                        - {name: book, arguments: {day: Monday}, count: 1}
                        - {name: cancel, absent: true}
                      data:
                        - {url: "http://127.0.0.1:1/x", path: a.0.b, equals: {c: [1]}}
                        - {url: "ENV:PLACE/x", count: 2}
                      within_ms: 1500
                      ended: true
                      interrupted: false
                finally:
                  tools: [{name: book}]
                """)
        #expect(result.diagnostics == [], "\(result.rendered)")
        let scenario = try #require(result.scenario)
        #expect(scenario.name == "One booking")
        #expect(scenario.project == "../desk.yaml")
        #expect(
            scenario.replies == [
                ScriptedReply(
                    "One moment.", calls: [.init(name: "book", arguments: #"{"day":"Monday","guests":2}"#)],
                    when: .expression("book|appoint"), agent: "Desk", delay: .milliseconds(50)),
                ScriptedReply("", fails: true),
            ])
        var expected = Expectation()
        expected.said = TextExpectation(contains: [.words("a"), .expression("b+")])
        expected.heard = TextExpectation(contains: [.words("c")], absent: [.words("d")])
        expected.tools = [
            ToolExpectation(name: "book", arguments: #"{"day":"Monday"}"#, count: 1),
            ToolExpectation(name: "cancel", count: 0),
        ]
        expected.data = [
            DataExpectation(url: "http://127.0.0.1:1/x", path: ["a", "0", "b"], .equals(#"{"c":[1]}"#)),
            DataExpectation(url: "ENV:PLACE/x", .count(2)),
        ]
        (expected.within, expected.ended, expected.interrupted) = (.milliseconds(1500), true, false)
        #expect(
            scenario.steps.map(\.action) == [
                .type("Book, please."), .interrupt("Wait.", .toolCalled("book")),
                .interrupt("No.", .played(.milliseconds(900))), .wait(.milliseconds(20)), .speak("Good bye."),
                .expect(expected),
            ])
        #expect(scenario.steps.map(\.place.line).prefix(3) == [13, 14, 15])
        #expect(scenario.finally?.tools == [ToolExpectation(name: "book")])
    }

    @Test(arguments: [
        ("model: []", "1:1: error: 'steps' is missing"), ("steps: []", "1:8: error: must not be empty"),
        ("steps: [{}]", "1:9: error: the step does nothing"), ("steps: hello", "must be a list, not text"),
        ("steps: [{say_texts: a}]", "did you mean 'say_text'?"),
        ("steps: [{speak: ' '}]", "1:17: error: must have words"),
        ("steps: [{speak: a, wait_ms: 5}]", "1:20: error: a step does one thing"),
        ("steps: [{interrupt: {speak: a}}]", "1:9: error: there is no answer to interrupt"),
        ("steps: [{say_text: a}, {expect: {said: b}}, {interrupt: {speak: a}}]", "there is no answer to interrupt"),
        ("steps: [{say_text: a}, {interrupt: {speak: a, after_ms: 5, at_tool: b}}]", "exclude each other"),
        ("steps: [{say_text: a}, {expect: {}}]", "warning: nothing is expected here"),
        ("steps: [{expect: {said: '/(/'}}]", "1:25: error: is not a regular expression"),
        ("steps: [{expect: {tools: [{name: a, count: 1, absent: true}]}}]", "'count' and 'absent' exclude"),
        ("steps: [{expect: {tools: [{name: a, arguments: 5}]}}]", "must be a block of keys, not a number"),
        ("steps: [{expect: {data: [{url: 'http://a'}]}}]", "exactly one of equals, contains and count"),
        ("steps: [{expect: {data: [{url: 'http://a', count: 1, equals: 1}]}}]", "exactly one of"),
        ("steps: [{expect: {data: [{url: 'file:///a', count: 1}]}}]", "must begin with http://"),
        ("steps: [{expect: {within_ms: fast}}]", "must be a whole number within 1…600000, not text"),
        ("model: [{}]\nsteps: [{say_text: a}]", "1:9: error: the reply says nothing and calls nothing"),
        ("model: [{say: 'a', cal: []}]\nsteps: [{say_text: a}]", "did you mean 'call'?"),
        ("", "must be a block of keys, not nothing"), ("steps: [", "error: "),
        ("- steps", "must be a block of keys, not a list"),
    ])
    func mistakesAreSaidWithTheirPlaces(text: String, message: String) {
        let result = ScenarioLoader.load(text: text)
        #expect(result.rendered.contains(message), "\(result.rendered)")
        #expect(message.hasPrefix("warning") || message.contains("did you mean") || result.scenario == nil)
    }

    @Test func aFileThatIsNotThereIsADiagnostic() {
        #expect(ScenarioLoader.load(file: "/nowhere/a.yaml").rendered.contains("no such file"))
    }

    @Test func wordsAndExpressionsAreFoundInEitherCase() throws {
        let words = try #require(TextPattern("Good Bye"))
        #expect(words.isFound(in: "and good bye, then") && !words.isFound(in: "good, bye"))
        let expression = try #require(TextPattern("/^one.*three$/"))
        #expect(expression.isFound(in: "One two THREE") && !expression.isFound(in: "zero one three"))
        #expect(TextPattern("/[/") == nil && TextPattern("//") == .words("//"))
    }
}
