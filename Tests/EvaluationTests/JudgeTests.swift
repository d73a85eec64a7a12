import Projects
import Testing

@testable import Evaluation

/// What is expected of calls, of data and of what is heard.
struct JudgeTests {
    private struct Answers: DataSource {
        struct Missing: Error, CustomStringConvertible { let description = "nobody is there" }
        var answers: [String: String]

        func get(_ url: String) async throws -> [UInt8] {
            guard let answer = answers[url] else { throw Missing() }
            return Array(answer.utf8)
        }
    }

    private static func trace(_ parts: [CallTrace.What]) -> CallTrace {
        var trace = CallTrace()
        for (index, part) in parts.enumerated() { trace.append(part, at: .seconds(index)) }
        return trace
    }

    private func complaints(
        _ trace: CallTrace, data: (any DataSource)? = nil, _ change: (inout Projects.Expectation) -> Void
    ) async -> [String] {
        var expectation = Projects.Expectation()
        change(&expectation)
        return await Judge(trace: trace, span: 0..<trace.entries.count, data: data).complaints(expectation)
    }

    private static let booked = trace([
        .toolCalled(key: "1", tool: "book", arguments: #"{"day": "Monday", "who": {"name": "Ada", "age": 40}}"#),
        .toolFinished(key: "1"), .toolCalled(key: "2", tool: "look", arguments: "{}"), .toolFinished(key: "2"),
    ])

    @Test(arguments: [
        (ToolExpectation(name: "book"), true), (ToolExpectation(name: "book", count: 1), true),
        (ToolExpectation(name: "book", count: 2), false), (ToolExpectation(name: "book", count: 0), false),
        (ToolExpectation(name: "cancel", count: 0), true), (ToolExpectation(name: "cancel"), false),
        (ToolExpectation(name: "book", arguments: #"{"who": {"name": "Ada"}}"#), true),
        (ToolExpectation(name: "book", arguments: #"{"who": {"name": "Bea"}}"#), false),
        (ToolExpectation(name: "book", arguments: #"{"who": {"name": "Bea"}}"#, count: 0), true),
        (ToolExpectation(name: "book", arguments: #"{"day": null}"#), false),
    ])
    func calls(expected: ToolExpectation, isMet: Bool) async {
        let complaints = await complaints(Self.booked) { $0.tools = [expected] }
        #expect(complaints.isEmpty == isMet, "\(complaints)")
    }

    @Test(arguments: [
        (["list"], DataExpectation.Value.contains(#"[{"a": 2}]"#), true),
        (["list"], .contains(#"[{"a": 2}, {"a": 2}]"#), false),
        (["list"], .equals(#"[{"a": 1}, {"b": 0, "a": 2}]"#), true),
        (["list"], .equals(#"[{"a": 1}]"#), false), (["list"], .count(2), true), (["list"], .count(1), false),
        (["list", "1", "a"], .equals("2.0"), true), (["list", "2"], .equals("2"), false), (["none"], .count(0), false),
        ([], .contains(#"{"empty": {}}"#), true), (["empty"], .count(0), true), (["flag"], .equals("true"), true),
        (["flag"], .equals("1"), false), (["flag"], .count(1), false),
    ])
    func data(path: [String], value: DataExpectation.Value, isMet: Bool) async {
        let answers = Answers(answers: ["u": #"{"list": [{"a": 1}, {"a": 2, "b": 0}], "empty": {}, "flag": true}"#])
        let complaints = await complaints(CallTrace(), data: answers) {
            $0.data = [DataExpectation(url: "u", path: path, value)]
        }
        #expect(complaints.isEmpty == isMet, "\(complaints)")
    }

    @Test func dataThatCannotBeHadIsAComplaint() async {
        let expected = ["u", "v"].map { DataExpectation(url: $0, .count(0)) }
        let source = Answers(answers: ["v": "no JSON"])
        #expect(
            await complaints(CallTrace(), data: source) { $0.data = expected } == [
                "u: nobody is there", "v: the answer is no JSON",
            ])
        #expect(await complaints(CallTrace()) { $0.data = [expected[0]] }.count == 1)
    }

    @Test func ofAnInterruptedAnswerOnlyWhatWasPlayedIsHeard() {
        let trace = Self.trace([
            .said(item: "a", agent: "Ada", "First part. ", isFiller: false), .played(item: "a", .seconds(1)),
            .said(item: "b", agent: "Bea", "Second part, and a rest.", isFiller: false),
            .played(item: "b", .seconds(1)), .said(item: "c", agent: "Cleo", "Third part.", isFiller: false),
            .interrupted(agent: "Bea", heard: "Second part,"),
            .said(item: "d", agent: "Ada", "A new answer.", isFiller: false), .played(item: "d", .seconds(1)),
        ])
        #expect(trace.heard(in: 0..<trace.entries.count) == "First part.  Second part, A new answer.")
        #expect(trace.said(in: 0..<trace.entries.count).contains("Third part."))
    }

    @Test func aConversationIsQuietWhenNothingIsUnderWay() {
        var trace = CallTrace()
        #expect(trace.isQuiet(at: .seconds(2), for: .seconds(2)))
        trace.append(.line(until: .seconds(5)), at: .seconds(2))
        #expect(!trace.isQuiet(at: .seconds(6), for: .seconds(2)))
        trace.append(.responseStarted("r"), at: .seconds(6))
        #expect(!trace.isQuiet(at: .seconds(60), for: .seconds(2)))
        trace.append(.toolCalled(key: "k", tool: "t", arguments: "{}"), at: .seconds(61))
        trace.append(.played(item: "i", .seconds(10)), at: .seconds(62))
        trace.append(.responseDone("r"), at: .seconds(62))
        #expect(!trace.isQuiet(at: .seconds(90), for: .seconds(2)), "a call is under way")
        trace.append(.toolFinished(key: "k"), at: .seconds(63))
        #expect(!trace.isQuiet(at: .seconds(73), for: .seconds(2)))
        #expect(trace.isQuiet(at: .seconds(74), for: .seconds(2)))
    }

    @Test func aTraceIsBounded() {
        var trace = CallTrace()
        for _ in 0...CallTrace.longest { trace.append(.silenced, at: .zero) }
        #expect(trace.entries.count == CallTrace.longest)
    }
}
