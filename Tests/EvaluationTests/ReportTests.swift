import JSONText
import Projects
import Testing

@testable import Evaluation

/// The same results for people, for programs and for CI.
struct ReportTests {
    private static let report = EvaluationReport([
        ScenarioResult(name: "booking", file: "a.yaml", findings: [], length: .milliseconds(12_345), expectations: 3),
        ScenarioResult(
            name: "a <b> & \"c\"", file: "b.yaml",
            findings: [
                Finding(place: .init(line: 4, column: 5), message: "\"x\" was not said; said was: \"\u{1B}<y>\""),
                Finding(place: .init(line: 9, column: 1), message: "the conversation is not over"),
            ], length: .seconds(2), expectations: 1),
    ])

    @Test func forPeople() {
        #expect(
            Self.report.text == """
                ok    booking (12.3 s, 3 expectations)
                FAIL  a <b> & "c" (2.0 s, 1 expectations)
                      b.yaml:4:5: "x" was not said; said was: "\u{1B}<y>"
                      b.yaml:9:1: the conversation is not over
                2 scenarios, 1 failed

                """)
        #expect(!Self.report.passes)
    }

    @Test func forPrograms() {
        #expect(
            Self.report.json.text.hasPrefix(
                #"{"passed":false,"scenarios":[{"name":"booking","file":"a.yaml","passed":true,"seconds":12.345,"#))
        #expect(Self.report.json.text.contains(#""findings":[{"line":4,"column":5,"message":"\"x\" was"#))
    }

    @Test func forCI() {
        #expect(
            Self.report.junit == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="parley eval" tests="2" failures="1" time="14.3">
                  <testcase classname="a.yaml" name="booking" time="12.3"/>
                  <testcase classname="b.yaml" name="a &lt;b&gt; &amp; &quot;c&quot;" time="2.0">
                    <failure message="&quot;x&quot; was not said; said was: &quot;\u{FFFD}&lt;y&gt;&quot;">\
                b.yaml:4:5: &quot;x&quot; was not said; said was: &quot;\u{FFFD}&lt;y&gt;&quot;&#10;\
                b.yaml:9:1: the conversation is not over</failure>
                  </testcase>
                </testsuite>

                """)
    }
}
