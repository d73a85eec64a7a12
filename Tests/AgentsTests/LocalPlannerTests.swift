import Agents
import LocalPlanner
import ProjectModel
import ProviderKit
import Synchronization
import TestSupport
import Testing

private let question = "how can i protect my investments against currency risk"

private func brief(
    of name: String, asked words: String = question, parents: [Brief.Answer] = [], goal: String? = nil
) -> Brief {
    let description = Corpus.agents.first { $0.name == name }?.description ?? ""
    return Brief(
        task: .plan, agentName: name, agentDescription: description, goal: goal, callerWords: words, parents: parents)
}

/// What is wrong with a text that is to be spoken; empty when nothing is.
private func faults(of text: String) -> [String] {
    var faults: [String] = []
    if text.isEmpty { return [] }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    if words.contains("") { faults.append("two spaces") }
    for (left, right) in zip(words, words.dropFirst()) where left.lowercased() == right.lowercased() {
        faults.append("doubled \(left)")
    }
    if text.contains(where: { !($0.isLetter || $0.isNumber || " .,;:?'-&".contains($0)) }) { faults.append("odd mark") }
    for pair in [" .", " ,", "..", ",.", ",,", ".,", ":.", ";.", "?.", ": .", " ;", " :", "{", "}"]
    where text.contains(pair) {
        faults.append("\"\(pair)\"")
    }
    if text.last != "." && text.last != "?" { faults.append("no end") }
    for ending in ["the", "a", "to", "of", "and", "against", "for"] where text.contains(" \(ending).") {
        faults.append("hanging \(ending)")
    }
    return faults
}

private func sentences(_ text: String) -> Int {
    text.split(separator: " ").count { $0.hasSuffix(".") || $0.hasSuffix("?") }
}

struct PlanTests {
    @Test func takesUpTopicAndRole() {
        let text = LocalPlanner.answer(to: brief(of: "Stock Planner"))
        #expect(text.contains("investments"))
        #expect(text.contains("currency risk"))
        #expect(text.contains("hedge losses against stock price variance"))
        #expect(text.contains("offline planner"))
    }

    /// Once a conversation: by the first agent of the first answer that was heard.
    @Test func theDisclaimerIsSaidOnce() {
        func says(_ brief: Brief, after messages: [ChatMessage] = []) -> Bool {
            LocalPlanner.answer(to: brief, after: messages).contains("offline planner")
        }
        var first = brief(of: "Stock Planner")
        let said = LocalPlanner.answer(to: first)
        #expect(says(first))
        #expect(says(first, after: [ChatMessage(role: .user, content: "Are you the offline planner?")]))
        #expect(!says(first, after: [ChatMessage(role: .assistant, content: said)]))
        var history = ConversationHistory(HistoryLimits(maximumTurns: 1))
        for words in ["one", "two"] {
            history.append(.init(.caller, words))
            history.append(.init(.agent("Stock Planner"), "Well."))
        }
        #expect(!says(first, after: Prompt.messages(for: first, style: .conversational, history: history)))
        first.isFirst = false
        #expect(!says(first))
    }

    // MARK: Triage

    private func sorter(_ words: String, _ conditions: [String]) -> String {
        LocalPlanner.answer(
            to: Brief(
                task: .plan, agentName: "Sorter", agentDescription: "Sort the request into garden or kitchen.",
                callerWords: words, conditions: conditions))
    }

    @Test(arguments: [
        ("My roses have brown leaves.", [true, false]), ("How do I water the garden?", [true, false]),
        ("What should I cook tonight?", [false, true]), ("The kitchen sink is blocked.", [false, true]),
        ("Herbs of the garden for my kitchen", [true, true]), ("Good morning.", [false, false]), ("", [false, false]),
    ]) func whatSortsSaysWhichConditionHolds(words: String, holds: [Bool]) {
        let conditions = ["request is about the garden", "request is about the kitchen"]
        let answer = sorter(words, conditions)
        #expect(faults(of: answer).isEmpty && sentences(answer) == 1, "\(answer)")
        let verdicts = conditions.map { condition in
            LocalPlanner.answer(
                to: Brief(
                    task: .judge(condition: condition), agentName: "Sorter", callerWords: words,
                    parents: [.init(agent: "Sorter", text: answer)]))
        }
        #expect(verdicts == holds.map { $0 ? "yes" : "no" }, "\(answer)")
    }

    /// A condition on the answer is judged by an answer.
    @Test func whoPlansGoesOnPlanning() {
        let plain = sorter("my flight was cancelled", [])
        #expect(sorter("my flight was cancelled", ["the plan mentions hedging"]) == plain)
    }

    @Test func laterAgentsNameTheirParentsAndDoNotRepeatTheDisclaimer() {
        let first = LocalPlanner.answer(to: brief(of: "Stock Planner"))
        let text = LocalPlanner.answer(
            to: brief(of: "Currency Planner", parents: [.init(agent: "Stock Planner", text: first)]))
        #expect(text.contains("Stock Planner"))
        #expect(!text.contains("offline planner"))
        #expect(text.contains("currency risk"))
    }

    @Test(arguments: Corpus.questions) func agentsDiffer(question: String) {
        let texts = Corpus.agents.map { LocalPlanner.answer(to: brief(of: $0.name, asked: question)) }
        #expect(Set(texts).count == texts.count)
    }

    @Test func siblingsShareNoStep() {
        let steps = ["Stock Planner", "Currency Planner", "Risk Assessment Planner"].map { name in
            Set(
                LocalPlanner.answer(to: brief(of: name)).split(separator: ". ").dropFirst().map(String.init))
        }
        #expect(steps[0].isDisjoint(with: steps[1]))
        #expect(steps[1].isDisjoint(with: steps[2]))
        #expect(steps[0].isDisjoint(with: steps[2]))
    }

    @Test func sameBriefSameText() {
        var generator = Seeded(3)
        for _ in 0..<200 {
            let brief = Corpus.brief(using: &generator)
            #expect(LocalPlanner.answer(to: brief) == LocalPlanner.answer(to: brief))
        }
    }

    @Test func isSpeakableAndBoundedWhateverTheBrief() {
        var generator = Seeded(5)
        for _ in 0..<1000 {
            let brief = Corpus.brief(using: &generator)
            let text = LocalPlanner.answer(to: brief)
            #expect(faults(of: text).isEmpty, "\(faults(of: text)): \(text)")
            #expect((10...90).contains(text.split(separator: " ").count), "\(text)")
            #expect((1...2).contains(sentences(text)), "\(text)")
        }
    }

    @Test func hostileInputIsBounded() {
        let inputs = [
            String(repeating: "a", count: 100_000), String(repeating: "word ", count: 20_000),
            String(repeating: "\"\n", count: 50_000), "e" + String(repeating: "\u{301}", count: 50_000),
            String(repeating: "how can i ", count: 10_000), String(repeating: "how can i hedge risk. ", count: 5000),
        ]
        for input in inputs {
            for parents in [[], [Brief.Answer(agent: input, text: input)]] {
                var brief = Brief(
                    task: .plan, agentName: input, agentDescription: input, goal: input, callerWords: input,
                    parents: parents)
                let tasks: [Brief.Task] = [.plan, .summarize, .judge(condition: input)]
                for task in tasks {
                    brief.task = task
                    let text = LocalPlanner.answer(to: brief)
                    #expect(text.count <= LocalPlanner.maximumLength)
                    #expect(text.utf8.count <= 4 * LocalPlanner.maximumLength)
                }
            }
        }
    }
}

struct SummaryTests {
    private func summary(_ parents: [Brief.Answer], by name: String = "Advisor") -> String {
        LocalPlanner.answer(to: Brief(task: .summarize, agentName: name, callerWords: question, parents: parents))
    }

    @Test func namesEveryParentInTwoSentences() {
        let names = ["Stock Planner", "Currency Planner", "Risk Assessment Planner"]
        let text = summary(names.map { .init(agent: $0, text: LocalPlanner.answer(to: brief(of: $0))) })
        for name in names { #expect(text.contains(name)) }
        #expect(sentences(text) == 2)
        #expect(faults(of: text).isEmpty, "\(text)")
    }

    @Test func takesTheFirstSentenceThatSaysSomething() {
        let answer = "Sure, happy to help! **Sell half of your foreign bonds** before June. Then wait."
        #expect(
            summary([.init(agent: "A", text: answer)])
                == "A says in short: sell half of your foreign bonds before June.")
    }

    @Test func anAgentsOwnSummaryNamesNobody() {
        let text = summary([.init(agent: "Chef", text: LocalPlanner.answer(to: brief(of: "Chef")))], by: "Chef")
        #expect(!text.contains("Chef"))
        #expect((1...2).contains(sentences(text)))
    }

    @Test func nothingSaidIsNothingToSummarise() {
        #expect(summary([]) == "")
        #expect(summary([.init(agent: "A", text: " … ")]) == "")
    }

    @Test func isSpeakableWhateverTheParentsSaid() {
        var generator = Seeded(9)
        for _ in 0..<500 {
            var brief = Corpus.brief(using: &generator, parents: 1..<8)
            brief.task = .summarize
            let text = LocalPlanner.answer(to: brief)
            #expect(faults(of: text).isEmpty, "\(faults(of: text)): \(text)")
            #expect(sentences(text) <= 2, "\(text)")
            #expect(text.split(separator: " ").count <= 150)
        }
    }
}

struct DecisionTests {
    private func judge(_ condition: String, of answer: String, asked: String = "") -> String {
        LocalPlanner.answer(
            to: Brief(
                task: .judge(condition: condition), agentName: "A", callerWords: asked,
                parents: [.init(agent: "B", text: answer)]))
    }

    @Test(arguments: [
        ("the answer mentions currency risks", "Start with currency risk.", "yes"),
        ("the answer mentions currency risks", "Water the flowers.", "no"),
        ("the plan mentions hedging", "You could have hedged half.", "yes"),
        ("no risk is mentioned", "All is calm.", "yes"), ("no risk is mentioned", "A risk remains.", "no"),
        ("the patient isn't urgent", "This is urgent for the patient.", "no"), ("", "Anything.", "no"),
        ("if it is so", "It is so.", "no"),
    ])
    func judgesBySharedWords(condition: String, answer: String, expected: String) {
        #expect(judge(condition, of: answer) == expected)
    }

    @Test func conditionsOnTheCallerReadTheCaller() {
        #expect(judge("the caller asks about travel", of: "Hm.", asked: "I am travelling to Rome") == "yes")
        #expect(judge("the answer is about travel", of: "Hm.", asked: "I am travelling to Rome") == "no")
    }

    private func route(_ words: String, _ candidates: [Brief.Answer]) -> String {
        LocalPlanner.answer(
            to: Brief(task: .route(candidates: candidates), agentName: "Orchestrator", callerWords: words))
    }

    @Test func routesToTheNearestDescription() {
        let candidates = Corpus.agents.map { Brief.Answer(agent: $0.name, text: $0.description) }
        #expect(route("book me a flight and two hotels", candidates) == "Trip Planner")
        #expect(route("my symptoms are getting worse", candidates) == "Triage Nurse")
        #expect(route("what about the volatility of my portfolio", candidates) == "Risk Assessment Planner")
        #expect(route("xyzzy", candidates) == "Stock Planner")
        #expect(route("xyzzy", []) == "")
    }

    @Test func routesToTheNameAsItIsWritten() {
        let name = "Ünal \"the\n2nd\""
        #expect(route("ünal", [.init(agent: "A", text: ""), .init(agent: name, text: "")]) == name)
    }
}

/// Keeps what was emitted.
private final class Recorder: Sendable {
    private let kept = Mutex<[String]>([])

    func take(_ piece: GenerationPiece) {
        if case .text(let text) = piece { kept.withLock { $0.append(text) } }
    }

    var pieces: [String] { kept.withLock { $0 } }
}

struct StreamTests {
    private func pieces(_ brief: Brief) async throws -> [String] {
        let recorder = Recorder()
        let request = GenerationRequest(brief: brief, messages: [])
        try await LocalPlanner().generate(request) { recorder.take($0) }
        return recorder.pieces
    }

    @Test func piecesJoinToTheAnswer() async throws {
        var generator = Seeded(2)
        for _ in 0..<50 {
            let brief = Corpus.brief(using: &generator)
            let pieces = try await pieces(brief)
            #expect(pieces.joined() == LocalPlanner.answer(to: brief))
            #expect(pieces.count >= 10 && pieces.allSatisfy { $0.split(separator: " ").count == 1 })
        }
    }

    @Test func stopsWhenTheTaskIsCancelled() async {
        let recorder = Recorder()
        let request = GenerationRequest(brief: brief(of: "Chef"), messages: [])
        let wasCancelled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await LocalPlanner().generate(request) { piece in
                        recorder.take(piece)
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            return await group.next() == true
        }
        #expect(wasCancelled)
        #expect(recorder.pieces.count == 1)
    }
}

/// What the offline planner says of what it cannot do.
struct LocalPlannerStandInTests {
    private let brief = Brief(
        task: .plan, agentName: "Tides", agentDescription: "Looks up the tides.", callerWords: "When is high water?",
        lack: "search the web")

    @Test func itSaysSoOnce() {
        let answer = LocalPlanner.answer(to: brief)
        #expect(answer.hasPrefix("I cannot search the web here. "))
        let later = LocalPlanner.answer(to: brief, after: [ChatMessage(role: .assistant, content: answer)])
        #expect(!later.contains("I cannot") && !later.isEmpty)
        var whole = brief
        whole.lack = nil
        #expect(!LocalPlanner.answer(to: whole).contains("I cannot"))
    }

    @Test func anotherLackIsAnotherSentence() {
        let other = ChatMessage(role: .assistant, content: "I cannot use tools here. But I can wait.")
        #expect(LocalPlanner.answer(to: brief, after: [other]).hasPrefix("I cannot search the web here. "))
    }
}
