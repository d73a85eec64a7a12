import SpeechText
import TestSupport
import Testing

/// What models send, and what of it is the answer.
enum AnswerCorpus {
    static let thoughts: [(sent: String, answer: String)] = [
        ("<think>Buy for three.</think>\n\nIt costs ten euros.", "It costs ten euros."),
        ("<thinking>\nBuy for three.\n</thinking>\nIt costs ten euros.", "It costs ten euros."),
        ("<Think>a</THINK>Ja!", "Ja!"),
        ("<think >a</think >Yes.", "Yes."),
        ("<think type=\"deep\" effort='high' n=3>a</think>Yes.", "Yes."),
        ("<thought>a</thought>b", "b"),
        ("<reasoning>a</reasoning>b", "b"),
        ("<reflection>a</reflection>b", "b"),
        ("<scratchpad>a</scratchpad>b", "b"),
        ("<inner_monologue>a</inner_monologue>b", "b"),
        ("<seed:think>a</seed:think>b", "b"),
        ("[THINK]a[/THINK]b", "b"),
        ("◁think▷a◁/think▷b", "b"),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>", "b"),
        ("<|begin_of_thought|>a<|end_of_thought|>b", "b"),
        ("<|channel>thought\na\n<channel|>b", "b"),
        ("<think>a<think>b</think>c</think>d", "d"),
        ("<think>a<reflection>b</reflection>c</think>d", "d"),
        ("<think>a<reflection>b</think>d", "d"),
        ("<thinking>a</think>d", "d"),
        ("<think>a</think>It is <think>b</think>ten.", "It is ten."),
        ("First.<think>b</think>Second.", "First. Second."),
        ("<think/>Yes.", "Yes."),
        ("<think>\n\n</think>\n\nYes.", "Yes."),
        ("<think>It never ends. </thin", ""),
        ("It costs ten. <think>Or three.", "It costs ten. "),
        ("<think>a<think>b</think>c", ""),
        ("<think>a</think>", ""),
        ("<answer>It costs ten.</answer>", "It costs ten."),
        ("<answer from=\"Tax\">It costs ten.</answer>", "It costs ten."),
        (
            "<|channel|>analysis<|message|>Three.<|end|><|start|>assistant<|channel|>final<|message|>Ten.<|return|>",
            "Ten."
        ),
        ("<|channel|>analysis<|message|>Three.<|end|>assistant<|channel|>final<|message|>Ten.", "Ten."),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary to=functions.f "
                + "<|constrain|>json<|message|>{\"a\": 1}<|call|>", ""
        ),
        ("<|start|>assistant<|channel|>final<|message|>Ten.<|end|>Three.", "Ten."),
        ("<|channel|>analysis<|message|>Three.", ""),
    ]

    static let tokens: [(sent: String, answer: String)] = [
        ("Ten euros.<|im_end|>", "Ten euros."),
        ("Ten euros.<|im_end|>\n<|im_start|>user\nAnd two?<|im_end|>\n<|im_start|>assistant\nTwenty.", "Ten euros."),
        ("<|im_start|>assistant\nTen euros.", "Ten euros."),
        ("<|im_start|>user\nHow much?<|im_end|>\n<|im_start|>assistant\nTen euros.", "Ten euros."),
        ("<|im_start|>assistant<|im_sep|>Ten euros.", "Ten euros."),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nTen euros.<|eot_id|>x", "Ten euros."),
        ("Ten.<|start_header_id|>user<|end_header_id|>\n\nAnd two?", "Ten."),
        ("<start_of_turn>model\nTen euros.<end_of_turn>\n<start_of_turn>user\nHi", "Ten euros."),
        ("<s>Ten euros.</s>Three.", "Ten euros."),
        ("<s> [INST] Ten euros.", "Ten euros."),
        ("Ten euros. [INST] And two? [/INST] Twenty.", "Ten euros. "),
        ("Ten euros.<|endoftext|>Human: hi", "Ten euros."),
        ("Ten euros.<｜end▁of▁sentence｜><｜User｜>hi", "Ten euros."),
        ("<｜Assistant｜>Ten euros.<｜User｜>hi", "Ten euros."),
        ("Ten <|fim_middle|>euros.", "Ten euros."),
        ("Ten <|reserved_special_token_5|>euros.<|user|>hi", "Ten euros."),
        ("It is <|begin_of_box|>42<|end_of_box|>.", "It is 42."),
        ("<bos><pad>Ten.<eos>x", "Ten."),
        ("<<SYS>>Be kind.<</SYS>>Ten.", "Ten."),
        ("Ten euros.<turn|>x", "Ten euros."),
    ]

    static let calls: [(sent: String, answer: String)] = [
        ("<tool_call>\n{\"name\": \"f\"}\n</tool_call>", ""),
        ("One moment.\n<tool_call>{\"name\": \"f\"}</tool_call>", "One moment.\n"),
        ("<function=price>{\"a\": 1}</function>It is ten.", "It is ten."),
        ("<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>Ten.", "Ten."),
        ("<function_calls><invoke name=\"f\">x</invoke></function_calls>", ""),
        ("<|python_tag|>f.call(a=1)", ""),
        ("[TOOL_CALLS][{\"name\": \"f\"}]", ""),
        ("[TOOL_CALLS]f[ARGS]{\"a\": 1}", ""),
        ("<|tool_calls_section_begin|><|tool_call_begin|>f:0<|tool_calls_section_end|>Ten.", "Ten."),
        ("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>", ""),
        ("<｜DSML｜function_calls><｜DSML｜invoke name=\"f\">x</｜DSML｜invoke></｜DSML｜function_calls>Ten.", "Ten."),
    ]

    static let data: [(sent: String, answer: String)] = [
        ("```json\n{\"price\": 10}\n```", ""),
        ("It is ten.\n```json\n{\"price\": 10}\n```\nDo you want it?", "It is ten.\n\nDo you want it?"),
        ("Here: ```json {\"a\": \"`\"}``` done", "Here: done"),
        ("```\n{\"price\": 10}\n```\nIt is ten.", "It is ten."),
        ("```tool_code\nprint(1)\n```", ""),
        ("~~~yaml\na: 1\n~~~\nTen.", "Ten."),
        ("```json\n{\"never\": ", ""),
        ("{\"answer\": \"It is ten.\"}", ""),
        ("  [{\"a\": 1}, {\"b\": [2, 3]}]\n", ""),
        ("{\"a\": \"}\\\"\"} It is ten.", "It is ten."),
        ("It is ten.\n\n{\"a\": {\"b\": 1}}", "It is ten.\n\n"),
        ("Sure. {\"name\": \"f\", \"arguments\": {}}", "Sure. "),
        ("Call it: {\"name\": \"f\"}", "Call it: "),
        ("{'a': 1}", ""),
        ("[\"a\", \"b\"]", ""),
        ("{\"a\": 1}\n{\"b\": 2}\n", ""),
    ]

    static let directions: [(sent: String, answer: String)] = [
        ("*smiles* Hello there.", "Hello there."),
        ("Hello there. *smiles warmly* How are you?", "Hello there. How are you?"),
        ("Hello! (laughs softly)", "Hello! "),
        ("[clears throat] Well, ten euros.", "Well, ten euros."),
        ("It is ten. *sighs deeply*\nReally.", "It is ten. \nReally."),
        ("*Smiles* Hello.", "Hello."),
        ("*leans forward* Listen.", "Listen."),
        ("*clears throat* well then", "well then"),
        ("(pause) And now.", "And now."),
        ("(he laughs) And now.", "And now."),
        ("Hi 😊 *winks* Ten euros.", "Hi 😊 Ten euros."),
        ("*lächelt* Guten Tag.", "Guten Tag."),
        ("Das ist gut. (lacht leise) Wirklich.", "Das ist gut. Wirklich."),
        ("*räuspert sich* Also, zehn Euro.", "Also, zehn Euro."),
        ("[seufzt] Zehn Euro.", "Zehn Euro."),
        ("*leise lachend* Zehn Euro.", "Zehn Euro."),
        ("Zehn Euro. *nickt*", "Zehn Euro. "),
        ("Ha! (laughs). Next.", "Ha! Next."),
        ("*smiles* (laughs) [sighs] Ten.", "Ten."),
        ("*smiles*", ""),
        ("_grins_ Ten.", "Ten."),
    ]

    static let ours: [(sent: String, answer: String)] = [
        ("It costs ten [INTERRUPTED]", "It costs ten "),
        ("It costs ten [interrupted] euros.", "It costs ten euros."),
        ("It costs (INTERRUPTED) ten.", "It costs ten."),
        ("[INTERRUPTED]", ""),
        ("It costs ten [INTERRUP", "It costs ten "),
        ("Stock Planner: It costs ten.", "It costs ten."),
        ("**Stock Planner:** It costs ten.", "It costs ten."),
        ("**stock planner**: It costs ten.", "It costs ten."),
        ("[Stock Planner]: It costs ten.", "It costs ten."),
        ("Stock Planner： Ten.", "Ten."),
        ("Stock Planner: Stock Planner: Ten.", "Ten."),
        ("<think>a</think>\nStock Planner: *smiles* Ten.", "Ten."),
        ("Stock Planner: [INTERRUPTED]", ""),
    ]

    /// What stays as it is.
    static let ordinary: [String] = [
        "Plain text, with a comma; and more: done.", "a < b and c > d", "if x<y then z", "List<String> and Map<K, V>",
        "Write to <a@b.c> or <https://x.y>.", "x <s and y> t", "a <think about it> b",
        "<b>bold</b> and <span class=\"a\">s</span>",
        "It was <s>ten</s> eight euros.", "cout << x << y; 1 << 3", "f <| x |> g",
        "Use `<think>` and `</think>` and `<|im_end|>` so.",
        "That is *very* good.", "*Very* important.", "*Kein* Problem!", "*Nein*, das geht nicht.", "*ja*",
        "**Wichtig:** Bitte lesen.",
        "* item one\n* item two\n", "It costs ten. (about ten euros) Fine.", "(Optional) Buy it.",
        "(the price) is ten.",
        "(leicht erhöht) Zehn.", "(z. B. Gold) Ja.", "A note.[1] See [the page](https://x.y).\n[1]: a source",
        "[^1] Footnote.",
        "[laughs](https://x.y) is a page.", "*Laughter* is healthy.", "He said (laughing at us) nothing.",
        "She *smiles* at you.",
        "He was (interrupted by noise) here.", "I was interrupted.", "2 * 3 * 4 = 24", "*a* + *b* is the sum",
        "snake_case _and_ more",
        "Send {\"a\": 1} to it.", "{name} is a field.", "[1, 2, 3] are numbers.", "[see below] It is ten.",
        "Use `{\"a\": 1}` here.",
        "```swift\nlet x = [1] // *smiles* (laughs)\n```\nDone.", "```\nplain code\n```", "```x``` and ``y``",
        "Stock: it costs ten.", "Stock Planner is my name.", "Stock", "The Stock Planner: here.",
        "[think](https://x.y)", "5 <", "x [",
        "好的。明天会下雨。", "e\u{301}👩‍👩‍👧🇩🇪", "...", "👍", "<", "~~~ hm ~~~", "Hmm~~ so", "Re: ten", "^_^ hi", "He ends (", "`a",
        "The Thinker <3 you", "<thesis> stays", "(eine Frage) Ja.", "(und mehr) Ja.", "(Smile more!) Then.",
        "(lachen Sie ruhig) Ja.", "(Bows and arrows) are old.", "_x_ and __y__",
    ]

    static let all: [(sent: String, answer: String)] =
        thoughts + tokens + calls + data + directions + ours + ordinary.map { ($0, $0) }
}

struct AnswerFilterTests {
    private func expect(_ cases: [(sent: String, answer: String)]) {
        for (sent, answer) in cases {
            #expect(AnswerFilter.answer(in: sent, speaker: "Stock Planner") == answer, "\(sent.debugDescription)")
        }
    }

    @Test func thoughtsAreNoAnswer() { expect(AnswerCorpus.thoughts) }
    @Test func tokensOfTemplatesGoAndEndTheAnswer() { expect(AnswerCorpus.tokens) }
    @Test func toolCallsAreNoAnswer() { expect(AnswerCorpus.calls) }
    @Test func dataIsNoAnswer() { expect(AnswerCorpus.data) }
    @Test func stageDirectionsAreNotSpoken() { expect(AnswerCorpus.directions) }
    @Test func marksOfOursDoNotComeBack() { expect(AnswerCorpus.ours) }
    @Test func ordinaryTextStays() { expect(AnswerCorpus.ordinary.map { ($0, $0) }) }

    // MARK: Thoughts that began in the prompt

    @Test func thoughtWithoutABeginningIsRetracted() {
        var filter = AnswerFilter()
        #expect(filter.read("Buy for three.") == [.text("Buy for three.")])
        #expect(filter.read("</thi") == [])
        #expect(filter.read("nk>\n\nIt costs ten.") == [.retracted, .text("It costs ten.")])
        #expect(filter.read("</think> Really.") == [.text(" Really.")])
        #expect(filter.end() == [])
    }

    @Test(arguments: ["</think>", "</thinking>", "[/THINK]", "◁/think▷", "<|END_THINKING|>", "[/INST]"])
    func everyKindOfEndingRetracts(mark: String) {
        #expect(AnswerFilter.answer(in: "Buy for three. \(mark) Ten.") == "Ten.")
        #expect(AnswerFilter.answer(in: "\(mark) Ten.") == "Ten.")
    }

    @Test func nameIsTakenOffBehindARetraction() {
        #expect(AnswerFilter.answer(in: "Hm.</think>\n*smiles* Ten.", speaker: "A") == "Ten.")
        #expect(AnswerFilter.answer(in: "Hm.</think>\nAda: Ten.", speaker: "Ada") == "Ten.")
    }

    @Test func strayEndingBehindAThoughtRetractsNothing() {
        var filter = AnswerFilter()
        #expect(filter.read("<think>a</think>Ten.</think> Yes.") == [.text("Ten. Yes.")])
    }

    // MARK: What can be said

    @Test(arguments: [
        "", " \n\n ", "👍", "...", "—", "?!", "<|im_end|>", "<think>yes", "*smiles*", "{\"a\": 1}", "[INTERRUPTED]",
        "***", "<br>", "🎉🎉", "🇩🇪",
    ])
    func nothingToSay(text: String) { #expect(!isSayable(text)) }

    @Test(arguments: ["42", "Ja!", "好", "No.", "👍 Ja", "`x`", "½", "Да", "<think>a</think>b"])
    func somethingToSay(text: String) { #expect(isSayable(text)) }
}
