import Agents
import Testing

struct VerdictTests {
    @Test(
        arguments: [
            "yes", "Yes.", "YES!", " yes\n", "**Yes**", "\"yes\"", "`yes`", "- yes", "Yes, it does. There is no doubt.",
            "true",
            "Ja!", "Ja, das stimmt nicht ganz, aber ja.", "Oui", "Sí.", "是的，成立。", "はい",
            "<think>No, hardly. No.</think>Yes", "no no no</think>\nyes", "<|im_start|>assistant\nyes<|im_end|>no",
            "<|channel|>analysis<|message|>No.<|end|><|start|>assistant<|channel|>final<|message|>yes",
            "{\"holds\": true}",
            "{\"answer\":\"yes\"}", "```json\n{\"holds\": true, \"reason\": \"No doubt.\"}\n```",
            "{\"reason\": \"No doubt\", \"holds\": true}",
            "{\"verdict\": \"Yes, clearly\"}", "Answer: yes", "**Answer:** Yes.",
            "Sure: {\"result\": {\"holds\": true}}",
            "{\"is_true\": true}",
        ])
    func holds(text: String) { #expect(Verdict.read(text) == true) }

    @Test(
        arguments: [
            "no", "No.", "NO", "Nein.", "nein, es gilt nicht", "false", "No, yes would be wrong.",
            "<think>Yes! Yes!</think> no",
            "{\"answer\":\"no\"}", "{\"holds\": false}", "[{\"holds\": \"FALSE\"}]", "Non.", "不", "*no*",
            "Antwort: Nein",
            "{\"reason\": \"Yes it seems\", \"answer\": \"no\"}",
        ])
    func fails(text: String) { #expect(Verdict.read(text) == false) }

    @Test(
        arguments: [
            "", " ", "Yesterday it rained.", "No-one knows.", "Nobody", "Maybe.", "I think yes", "Notes: yes", "Japan",
            "👍", "42",
            "<think>yes", "<think>yes</think>", "{\"holds\": null}", "{\"a\": true, \"b\": false}", "{}",
            "It is not the case.", "yes-man",
        ])
    func neither(text: String) { #expect(Verdict.read(text) == nil) }

    @Test func deepNestingIsReadWithoutRecursion() {
        let deep = String(repeating: "{\"a\":[", count: 10_000)
        #expect(Verdict.read(deep) == nil)
        #expect(Verdict.read(deep + "{\"holds\": true}") == true)
    }
}
