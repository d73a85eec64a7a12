import ProjectModel
import ProviderKit
import Testing

@testable import Agents

/// How an answer is settled from drafts, as a value.
@Suite struct ReflectionTests {
    private static let good = #"{"good": true, "flaws": []}"#
    private static let bad = #"{"good": false, "flaws": ["It is dull."]}"#

    /// What is written for each step, until the answer is settled: drafts `a`, `b`, `c`…, and those words about them. nil is a
    /// failure.
    private func run(
        _ rules: SelfReflection, drafts: [String?] = ["a", "b", "c", "d", "e"], said: [String?]
    ) -> (answer: String?, steps: [String]) {
        var reflection = Reflection(rules)
        var (drafts, said, steps) = (drafts[...], said[...], [String]())
        while steps.count < 50 {
            let next: Reflection.Next?
            if reflection.isDrafting {
                steps.append("draft")
                let draft: String? = drafts.popFirst() ?? nil
                next = draft.map { reflection.drafted($0) } ?? reflection.failedToDraft()
            } else {
                let words: String? = said.popFirst() ?? nil
                next = words.map { reflection.answered($0, by: "Ada")?.next } ?? reflection.failedToAnswer()
            }
            switch next {
            case .ask(.critique): steps.append("critique")
            case .ask(.choose): steps.append("choose")
            case .ask(.merge): steps.append("merge")
            case .redraft: break
            case .settled(let text): return (text, steps)
            default: return (nil, steps)
            }
        }
        return (nil, steps)
    }

    @Test(arguments: [
        // What is good is settled at once, whatever the mode.
        (SelfReflection.Selection.auto, 2, [good], "a", "draft critique"),
        (.best, 2, [good], "a", "draft critique"), (.aggregate, 5, [good], "a", "draft critique"),
        // The last draft that is good is the answer; only where none is, the best is chosen.
        (.auto, 2, [bad, good], "b", "draft critique draft critique"),
        (.auto, 2, [bad, bad, "1"], "a", "draft critique draft critique choose"),
        (.auto, 3, [bad, bad, bad, #"{"draft": "2"}"#], "b", "draft critique draft critique draft critique choose"),
        // Where there is a choice at the end, the last draft needs no critique.
        (.best, 2, [bad, "1"], "a", "draft critique draft choose"),
        (.best, 3, [bad, good, "2"], "b", "draft critique draft critique choose"),
        (.aggregate, 2, [bad, "Both."], "Both.", "draft critique draft merge"),
        (.aggregate, 3, [bad, bad, "All."], "All.", "draft critique draft critique draft merge"),
        // One draft is the answer.
        (.auto, 1, [], "a", "draft"), (.best, 1, [], "a", "draft"), (.aggregate, 1, [], "a", "draft"),
        (
            .auto, 5, [bad, bad, bad, bad, bad, "Number 4"], "d",
            "draft critique draft critique draft critique draft critique draft critique choose"
        ),
    ])
    func theAnswerIsSettled(
        _ selection: SelfReflection.Selection, attempts: Int, said: [String], answer: String, steps: String
    ) {
        let found = run(SelfReflection(maximumAttempts: attempts, selection: selection), said: said)
        #expect(found.answer == answer)
        #expect(found.steps.joined(separator: " ") == steps)
    }

    /// Where what should improve it fails, the last draft stands.
    @Test(
        arguments: [
            (SelfReflection.Selection.auto, [nil], "a"), (.best, [nil], "a"), (.aggregate, [bad, nil], "b"),
            (.auto, ["What a draft!"], "a"), (.auto, [bad, "hm"], "b"), (.auto, [bad, nil], "b"),
            (.best, [bad, "7"], "b"), (.best, [bad, ""], "b"), (.best, [bad, nil], "b"),
            (.aggregate, [bad, ""], "b"), (.aggregate, [bad, "<think>hm</think> …"], "b"),
        ] as [(SelfReflection.Selection, [String?], String)])
    func aDraftStands(_ selection: SelfReflection.Selection, said: [String?], answer: String) {
        #expect(run(SelfReflection(selection: selection), said: said).answer == answer)
    }

    @Test func aLaterDraftThatFailsChangesNothing() {
        #expect(run(SelfReflection(), drafts: ["a", nil], said: [Self.bad]).answer == "a")
        #expect(
            run(SelfReflection(maximumAttempts: 3), drafts: ["a", "b", nil], said: [Self.bad, Self.bad]).answer == "b")
        #expect(run(SelfReflection(), drafts: [nil], said: []).answer == nil)
    }

    /// Whoever writes the same again is not asked again.
    @Test func theSameDraftAgainIsTheAnswer() {
        let found = run(SelfReflection(maximumAttempts: 5), drafts: ["a", "a"], said: [Self.bad])
        #expect(found.answer == "a" && found.steps == ["draft", "critique", "draft"])
    }

    /// What comes at the wrong time changes nothing.
    @Test func whatIsLateIsHarmless() {
        var reflection = Reflection(SelfReflection())
        #expect(reflection.answered(Self.good, by: "Ada") == nil && reflection.failedToAnswer() == nil)
        _ = reflection.drafted("a")
        #expect(reflection.failedToDraft() == nil && reflection.drafted("b") == .settled("a"))
        #expect(reflection.drafts == ["a"])
        _ = reflection.answered(Self.good, by: "Ada")
        #expect(reflection.answered(Self.bad, by: "Ada") == nil && reflection.failedToAnswer() == nil)
    }

    /// What a hostile or helpless model says of a draft.
    @Test(
        arguments: [
            (good, Critique.good), (bad, .flawed(["It is dull."])),
            ("Well:\n```json\n{\"good\": false, \"flaws\": \"One\"}\n```", .flawed(["One"])),
            (#"<think>{"good": true}</think>{"good": false}"#, .flawed([])),
            (#"{} {"good": true}"#, .good),
            (#"{"good": false, "flaws": [1, null, {}, "  ", "a\nb"]}"#, .flawed(["a b"])),
            (#"{"good": true, "flaws": ["x"]}"#, .good),
            (#"{"good": "true"}"#, nil), (#"{"good": 1}"#, nil), (#"{"good": null}"#, nil), (#"{"good": true"#, nil),
            ("", nil), ("good", nil), (#"["good", true]"#, nil), (String(repeating: "{", count: 100_000), nil),
            (String(repeating: "x", count: 9_000) + good, nil),
            (#"{"good": "# + String(repeating: "[", count: 3_000) + "]}", nil),
        ] as [(String, Critique?)])
    func critiquesAreRead(_ text: String, _ critique: Critique?) {
        #expect(Critique.read(text) == critique)
    }

    @Test func flawsAreBounded() throws {
        let flaws = (0..<20).map { "\"\($0)" + String(repeating: "ä", count: 300) + "\"" }.joined(separator: ",")
        guard case .flawed(let read) = Critique.read("{\"good\": false, \"flaws\": [\(flaws)]}") else {
            Issue.record("unread")
            return
        }
        #expect(read.count == Critique.mostFlaws && read.allSatisfy { $0.count <= 302 })
        let long = String(repeating: "y", count: Critique.longestFlaw + 1)
        let one = Critique.read("{\"good\": false, \"flaws\": [\"\(long)\"]}")
        #expect(one == .flawed([String(repeating: "y", count: Critique.longestFlaw)]))
    }

    // MARK: - What the model is told

    private func chat(_ task: Brief.Task) -> [ChatMessage] {
        let brief = Brief(task: task, agentName: "Ada", callerWords: "And now?")
        var chat = Prompt.messages(for: brief, style: .conversational)
        chat.reflect(for: task)
        return chat
    }

    /// All of them begin as the chat in which the agent answers, and their roles take turns.
    @Test func itLooksAtItsDraftsInItsOwnChat() throws {
        let plan = chat(.plan)
        let critique = chat(.critique(draft: "At </draft> ten [CUT]."))
        #expect(critique.prefix(2) == plan[...])
        #expect(critique.map(\.role) == [.system, .user, .assistant, .user])
        #expect(critique[2].content == "At < /draft> ten (CUT).")
        for task in [Brief.Task.choose(drafts: ["One.", "Two. </draft>"]), .merge(drafts: ["One.", "Two. </draft>"])] {
            let chat = chat(task)
            #expect(chat.map(\.role) == [.system, .user] && chat[0] == plan[0])
            #expect(chat[1].content.hasPrefix("And now?\n\n<draft number=\"1\">One.</draft>"))
            #expect(chat[1].content.contains("<draft number=\"2\">Two. < /draft></draft>"))
        }
        var redraft = plan
        redraft.revise(.init(draft: "At ten.", flaws: ["Too\nshort", "</draft>"]))
        #expect(redraft.map(\.role) == [.system, .user, .assistant, .user])
        #expect(redraft[3].content.contains("* Too short\n* < /draft>\n"))
        var vague = plan
        vague.revise(.init(draft: "At ten.", flaws: []))
        #expect(vague[3].content.contains("not good enough"))
    }

    @Test func draftsFitIntoTheBudget() {
        let long = Array(repeating: String(repeating: "z", count: 16_000), count: 5)
        #expect(chat(.choose(drafts: long))[1].content.unicodeScalars.count < AnswerBudget.characters + 2_000)
    }

    @Test func formsCanBeChecked() {
        func form(_ task: Brief.Task) -> AnswerForm { Brief(task: task, agentName: "", callerWords: "").form }
        #expect(form(.critique(draft: "a")) == .critique && form(.merge(drafts: ["a", "b"])) == .text)
        #expect(form(.choose(drafts: ["a", "b"])) == .choice(of: ["1", "2"], key: "draft"))
    }
}
