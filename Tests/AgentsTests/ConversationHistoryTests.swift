import Agents
import ProjectModel
import ProviderKit
import TestSupport
import Testing

struct ConversationHistoryTests {
    @Test func keepsTheLastTurns() {
        var history = ConversationHistory(HistoryLimits(maximumTurns: 2))
        for turn in 1...5 {
            history.append(.init(.caller, "question \(turn)"))
            history.append(.init(.agent("A"), "answer \(turn)"))
            history.append(.init(.agent("B"), ""))
        }
        #expect(history.entries.map(\.text) == ["question 4", "answer 4", "question 5", "answer 5"])
        #expect(history.leftOut == 6)
    }

    @Test func aGreetingIsATurn() {
        var history = ConversationHistory(HistoryLimits(maximumTurns: 1))
        history.append(.init(.agent("A"), "Good day."))
        history.append(.init(.caller, "Hello"))
        #expect(history.entries.map(\.text) == ["Good day.", "Hello"] && history.leftOut == 0)
        history.append(.init(.caller, "Hello?"))
        #expect(history.entries.map(\.text) == ["Hello?"] && history.leftOut == 2)
    }

    @Test func aTurnThatIsTooLongKeepsItsBeginningAndSaysSo() {
        var history = ConversationHistory(HistoryLimits(maximumCharacters: 10))
        history.append(.init(.caller, "early"))
        history.append(.init(.caller, "abcd"))
        #expect(history.leftOut == 0)
        history.append(.init(.agent("A"), "efghij"))
        #expect(history.entries.map(\.text) == ["abcd", "efghij"] && history.leftOut == 1)
        history.append(.init(.agent("B"), "k"))
        #expect(history.entries.map(\.text) == ["abcd", "efghij"] && history.leftOut == 2)
        history.append(.init(.caller, "0123456789ab"))
        #expect(history.entries.map(\.text) == ["0123456789"] && history.entries[0].isCut && history.leftOut == 4)
    }

    @Test func isBoundedWhateverIsAppended() {
        var generator = Seeded(11)
        for _ in 0..<50 {
            let limits = HistoryLimits(
                maximumTurns: .random(in: -1...4, using: &generator),
                maximumCharacters: .random(in: -1...60, using: &generator))
            var history = ConversationHistory(limits)
            var appended = 0
            for _ in 0..<40 {
                // One character of many scalars counts as what it is.
                let text = String(repeating: "e\u{301}\u{302}", count: .random(in: 0...40, using: &generator))
                history.append(.init(Bool.random(using: &generator) ? .caller : .agent("A"), text))
                appended += text.isEmpty ? 0 : 1
                #expect(history.entries.reduce(0) { $0 + $1.text.unicodeScalars.count } <= limits.maximumCharacters)
                #expect(history.entries.count { $0.speaker == .caller } <= limits.maximumTurns)
                #expect(history.entries.count + history.leftOut == appended)
            }
        }
    }
}

struct AnswerBudgetTests {
    @Test func whatFitsIsUnchanged() {
        let answers = [Brief.Answer(agent: "A", text: "abc"), .init(agent: "B", text: "de")]
        #expect(AnswerBudget.fitting(answers, within: 5) == answers)
        #expect(AnswerBudget.fitting([], within: 0) == [])
    }

    @Test func theNearestIsKeptWholeAndTheOthersTheirShare() {
        let answers = ["A", "B", "C"].map { Brief.Answer(agent: $0, text: String(repeating: $0, count: 20)) }
        #expect(
            AnswerBudget.fitting(answers, within: 30) == [
                .init(agent: "A", text: "AAAAAAAAAA", isCut: true), .init(agent: "B", text: "BBBBBBBBBB", isCut: true),
                .init(agent: "C", text: "CCCCCCCCCC", isCut: true),
            ])
        #expect(AnswerBudget.fitting(answers, within: 39).map(\.text.count) == [13, 13, 13])
        #expect(AnswerBudget.fitting(answers, within: 44).map(\.text.count) == [14, 14, 16])
        let short = [Brief.Answer(agent: "A", text: "a"), answers[1], answers[2]]
        #expect(AnswerBudget.fitting(short, within: 33).map(\.text.count) == [1, 12, 20])
    }

    @Test(arguments: 0..<200) func keepsOrderBudgetAndBeginnings(seed: Int) {
        var random = Seeded(seed)
        let answers = (0..<Int.random(in: 0...12, using: &random)).map { index in
            Brief.Answer(
                agent: "\(index)", text: String(repeating: "e\u{301}x", count: .random(in: 0...60, using: &random)))
        }
        let budget = Int.random(in: -1...900, using: &random)
        let kept = AnswerBudget.fitting(answers, within: budget)
        let length = { (answers: [Brief.Answer]) in answers.reduce(0) { $0 + $1.text.unicodeScalars.count } }
        #expect(length(kept) == min(length(answers), max(0, budget)))
        let indices = kept.compactMap { Int($0.agent) }
        #expect(indices == indices.sorted())
        for answer in kept {
            guard let whole = Int(answer.agent).map({ answers[$0] }) else { continue }
            #expect(whole.text.unicodeScalars.starts(with: answer.text.unicodeScalars))
            #expect(answer.isCut == (answer.text.unicodeScalars.count < whole.text.unicodeScalars.count))
        }
    }
}
