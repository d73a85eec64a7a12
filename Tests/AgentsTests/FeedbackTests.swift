import ProviderKit
import Testing

@testable import Agents

/// What models make of answers to questions.
@Suite struct FeedbackTests {
    private static let questions = [
        Question(name: "suits", kind: .truth, isRequired: true), Question(name: "days", kind: .integer),
        Question(name: "price", kind: .number), Question(name: "why", kind: .text),
    ]

    @Test(arguments: [
        (#"{"suits": true, "days": 3, "price": 2.5, "why": "near"}"#, "suits: yes\ndays: 3\nprice: 2.5\nwhy: near"),
        (#"Here: {"suits": "no", "days": "3", "price": 2, "why": " "} Done."#, "suits: no\ndays: 3\nprice: 2"),
        (#"```json\#n{"why": "two\nlines", "suits": null}\#n```"#, "why: two lines"),
        (#"{"suits": 1, "days": 2.5, "price": "dear", "why": ["x"]}"#, ""),
        (#"{"suits": true, "suits": false, "other": 1}"#, "suits: no"), ("{}", ""),
    ])
    func readsTheFirstObject(text: String, lines: String) {
        #expect(Feedback(reading: text, of: Self.questions)?.lines == lines)
    }

    @Test(arguments: ["", "yes", "[1, 2]", "{\"suits\": ", String(repeating: "{", count: 100_000)])
    func readsNothingWithoutAnObject(text: String) { #expect(Feedback(reading: text, of: Self.questions) == nil) }

    @Test func longTextsAreCut() {
        let long = String(repeating: "a", count: 5000)
        let feedback = Feedback(reading: "{\"why\": \"\(long)\"}", of: Self.questions)
        #expect(feedback?.values.first?.text.count == Feedback.longestText)
    }

    @Test func onlyWhatMustBeKnownIsMissing() {
        let feedback = Feedback(reading: #"{"days": 1}"#, of: Self.questions)
        #expect(feedback?.missing(of: Self.questions).map(\.name) == ["suits"])
    }
}
