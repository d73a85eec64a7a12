import Agents
import LocalPlanner
import ProjectModel
import ProviderKit
import TestSupport
import Testing

/// Who answers a turn, read from what a model says. Its words are not believed.
struct AssignmentTests {
    private typealias Task = Assignment.Task
    private let names = ["Fleet", "Policy", "Stock Planner"]

    private func tasks(_ text: String) -> [Task]? {
        guard case .tasks(let tasks) = Assignment.read(text, among: names) else { return nil }
        return tasks
    }

    @Test(arguments: [
        ("Fleet", ["Fleet"]), (" **Policy.** ", ["Policy"]), ("stock-planner", ["Stock Planner"]),
        ("The Stock Planner should.", ["Stock Planner"]), (#"{"agent": "Policy"}"#, ["Policy"]),
        (#"{"tasks": ["Fleet"]}"#, ["Fleet"]), (#"{"tasks": ["Fleet", "Policy"]}"#, ["Fleet", "Policy"]),
        ("Fleet\nPolicy", ["Fleet", "Policy"]),
        ("Fleet, Policy and Stock Planner", ["Fleet", "Policy", "Stock Planner"]),
        ("Fleet, Fleet", ["Fleet"]), ("<think>Policy?</think>Fleet", ["Fleet"]),
        ("Here it is:\n```json\n{\"tasks\": [{\"agent\": \"fleet\", \"task\": \"\"}]}\n```\nGood luck {", ["Fleet"]),
        (#"[{"agent": "Policy"}]"#, ["Policy"]), (#"{"tasks": [{"name": "Policy"}, 7, null, [], {}]}"#, ["Policy"]),
        (#"{"tasks": ["Nobody", "Fleet", "Robert"]}"#, ["Fleet"]),
        (#"{"thought": {"a": 1}} {"tasks": ["Fleet"]}"#, ["Fleet"]),
    ])
    func namesAreRead(text: String, agents: [String]) {
        #expect(tasks(text)?.map(\.agent) == agents)
        #expect(tasks(text)?.allSatisfy { $0.words == nil && $0.after.isEmpty } == true)
    }

    @Test(arguments: ["none", "None.", #"{"tasks": []}"#, #"{"agent": "none"}"#, "None of the agents is for that."])
    func nobodyIsAChoice(text: String) { #expect(Assignment.read(text, among: names) == .nobody) }

    @Test(arguments: [
        "", "I cannot help with that.", #"{"tasks": ["Nobody"]}"#, "{", "[[[[[[[[[[", #"{"tasks": {"agent": "X"}}"#,
        "\u{0}", "Fleet or Policy, hard to say",
    ])
    func whatSaysNothingIsNoChoice(text: String) { #expect(Assignment.read(text, among: names) == nil) }

    @Test func eachIsAskedItsPart() {
        let text = #"""
            {"tasks": [{"agent": "Fleet", "task": " Which vans are free? ", "after": [], "if": ""},
             {"agent": "Policy", "task": "Is that covered?", "after": [0], "if": "a van is free"}]}
            """#
        #expect(
            tasks(text) == [
                Task(agent: "Fleet", words: "Which vans are free? "),
                Task(agent: "Policy", words: "Is that covered?", after: [0], condition: "a van is free"),
            ])
    }

    @Test(arguments: [
        // Of itself, of what is not there, of what is dropped, twice, as text, as a name.
        (#"["Fleet", {"agent": "Policy", "after": [1, 0, 0, 7, -1]}]"#, [[], [0]]),
        (#"["Bob", {"agent": "Policy", "after": [0]}]"#, [[]]),
        (#"["Fleet", {"agent": "Policy", "after": "0"}]"#, [[], [0]]),
        (#"["Fleet", {"agent": "Policy", "depends_on": ["Fleet", "Bob"]}]"#, [[], [0]]),
        // A circle, and one that stands before what it needs.
        (#"[{"agent": "Fleet", "after": [1]}, {"agent": "Policy", "after": [0]}]"#, [[], [0]]),
        (#"[{"agent": "Fleet", "after": [1]}, "Policy"]"#, [[], [0]]),
        (#"[{"agent": "Fleet", "after": [9223372036854775807]}]"#, [[]]),
    ])
    func whatATaskNeedsStandsBeforeIt(text: String, after: [[Int]]) { #expect(tasks(text)?.map(\.after) == after) }

    @Test func aConditionNeedsAnAnswer() {
        #expect(tasks(#"[{"agent": "Fleet", "if": "it rains"}]"#) == [Task(agent: "Fleet")])
    }

    @Test func anAgentIsAskedOnce() {
        let text =
            #"[{"agent": "Fleet", "task": "A?"}, {"agent": "fleet", "task": "B?"}, {"agent": "Policy", "after": [1]}]"#
        #expect(tasks(text) == [Task(agent: "Fleet", words: "A?\nB?"), Task(agent: "Policy", after: [0])])
        #expect(tasks(#"[{"agent": "Fleet", "task": "A?"}, "Fleet"]"#) == [Task(agent: "Fleet")], "all that was said")
    }

    @Test func nothingIsWithoutABound() throws {
        let many = (0..<50).map { "Agent \($0)" }
        let long = String(repeating: "w", count: 3000)
        let list = many.map { #"{"agent": "\#($0)", "task": "?"}"# }.joined(separator: ",")
        guard case .tasks(let tasks) = Assignment.read("[\(list)]", among: many) else { throw Missing() }
        #expect(tasks.map(\.agent) == Array(many.prefix(Assignment.mostTasks)))
        guard case .tasks(let listed) = Assignment.read(many.joined(separator: "\n"), among: many) else {
            throw Missing()
        }
        #expect(listed.count == Assignment.mostTasks)
        #expect(self.tasks(#"[{"agent": "Fleet", "task": "\#(long)"}]"#)?.first?.words?.count == Assignment.longestText)
        #expect(Assignment.read(String(repeating: "[", count: 100_000), among: names) == nil)
    }

    private struct Missing: Error {}

    /// Whatever the list holds: each agent at most once, what is needed stands before, and nothing is invented.
    @Test(arguments: 0..<200) func anyListIsAPlan(seed: Int) throws {
        var random = Seeded(seed)
        let names = (0..<12).map { "A\($0)" }
        let entries = (0..<Int.random(in: 1...20, using: &random)).map { _ -> String in
            let name = names.randomElement(using: &random) ?? ""
            let after = (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: -1...21, using: &random) }
            return #"{"agent": "\#(name)", "after": \#(after), "if": "\#(Bool.random(using: &random) ? "so" : "")"}"#
        }
        let text = "[\(entries.joined(separator: ","))]"
        guard case .tasks(let tasks) = Assignment.read(text, among: names) else { throw Missing() }
        #expect(Set(tasks.map(\.agent)).count == tasks.count && tasks.count <= Assignment.mostTasks)
        for (index, task) in tasks.enumerated() {
            #expect(text.contains("\"\(task.agent)\""))
            #expect(task.after.allSatisfy { (0..<index).contains($0) } && task.after == Set(task.after).sorted())
            #expect(task.condition == nil || !task.after.isEmpty)
        }
    }

    @Test func theModelIsToldTheForm() {
        let candidates = [Brief.Answer(agent: "Fleet", text: "Knows\nvans."), .init(agent: "Policy", text: "Rules.")]
        let brief = Brief(
            task: .assign(candidates: candidates, order: "Fleet first."), agentName: "o", callerWords: "Which vans?")
        let chat = Prompt.messages(for: brief, style: .html, context: PromptContext(routingOrder: "Fleet first."))
        #expect(chat.map(\.role) == [.system, .user] && chat[1].content == "Which vans?")
        #expect(chat[0].content.hasSuffix("\n- Fleet: Knows vans.\n- Policy: Rules."))
        let order = chat[0].content.firstRange(of: "Fleet first."), form = chat[0].content.firstRange(of: #"{"tasks""#)
        #expect(order != nil && form != nil && order?.lowerBound ?? "".endIndex < form?.lowerBound ?? "".startIndex)
        #expect(brief.form == .tasks(of: ["Fleet", "Policy"]))
    }

    // MARK: The offline planner

    private func planned(_ words: String, _ candidates: [Brief.Answer], order: String? = nil) -> [Task]? {
        let brief = Brief(task: .assign(candidates: candidates, order: order), agentName: "o", callerWords: words)
        let answer = LocalPlanner.answer(to: brief)
        guard case .tasks(let tasks) = Assignment.read(answer, among: candidates.map(\.agent)) else { return nil }
        return tasks
    }

    @Test func offlineAQuestionForOneGoesToOne() {
        let desk = [
            Brief.Answer(agent: "Fleet", text: "Knows the vans."), .init(agent: "Policy", text: "Knows the warranty."),
        ]
        #expect(planned("Which vans are free?", desk) == [Task(agent: "Fleet")])
        #expect(planned("Hello", desk) == [Task(agent: "Fleet")], "nobody in particular: the first")
        #expect(planned("Does the warranty cover it, and for how long?", desk) == [Task(agent: "Policy")])
        #expect(
            planned("Which vans are free, and what does the warranty cover?", desk) == [
                Task(agent: "Fleet", words: "Which vans are free"),
                Task(agent: "Policy", words: "what does the warranty cover"),
            ])
    }

    @Test func offlineAnOrderIsFollowed() {
        let shop = ["Sort", "Repair", "Learn"].map { Brief.Answer(agent: $0, text: "") }
        let order = "Call Sort first. When it says broken, call Repair. Always end with Learn."
        #expect(
            planned("My lamp flickers.", shop, order: order) == [
                Task(agent: "Sort"), Task(agent: "Repair", after: [0]), Task(agent: "Learn", after: [1]),
            ])
        #expect(planned("My lamp flickers.", shop, order: "Prefer Learn.")?.count == 1)
    }

    @Test func offlineNamesAreWrittenSafely() {
        let odd = [Brief.Answer(agent: "A \"b\\\n", text: "vans"), .init(agent: "C", text: "warranty")]
        #expect(planned("The vans and the warranty.", odd)?.count == 2)
    }
}
