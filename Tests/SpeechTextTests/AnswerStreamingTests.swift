import SpeechText
import TestSupport
import Testing

/// An answer as events give it: its texts, with a bar where all before was retracted.
private func joined(_ events: [AnswerFilter.Event]) -> String {
    events.map { if case .text(let text) = $0 { text } else { "\u{0}" } }.joined()
}

private func filtered(_ pieces: [String]) -> [Unicode.Scalar] {
    var filter = AnswerFilter(speaker: "Stock Planner")
    var result = ""
    for piece in pieces { result.unicodeScalars += joined(filter.read(piece)).unicodeScalars }
    result.unicodeScalars += joined(filter.end()).unicodeScalars
    return Array(result.unicodeScalars)
}

private func cut(_ text: String, _ random: inout Seeded, longest: Int) -> [String] {
    var rest = Array(text.unicodeScalars)[...]
    var pieces: [String] = []
    while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...longest, using: &random))
        pieces.append(String(String.UnicodeScalarView(piece)))
        rest = rest.dropFirst(piece.count)
    }
    return pieces
}

struct AnswerStreamingTests {
    @Test(arguments: 1...40) func cuttingChangesNothing(seed: Int) {
        var random = Seeded(seed)
        for (sent, _) in AnswerCorpus.all {
            let pieces = cut(sent, &random, longest: [1, 3, 9].randomElement(using: &random) ?? 1)
            #expect(filtered(pieces) == filtered([sent]), "\(sent.debugDescription)")
        }
    }

    private static let bricks = [
        "<think>", "</think>", "<", ">", "|", "<|", "|>", "[", "]", "(", ")", "*", "_", "`", "```", "```json\n", "{",
        "}",
        "\"a\"", ":", ",", " ", "\n", ".", "word", "smiles", "laughs", "Ten", "<|im_end|>", "<|channel|>",
        "<|message|>",
        "analysis", "final", "<|end|>", "assistant", "user", "<|im_start|>", "INTERRUPTED", "Stock Planner", "◁",
        "think▷", "/", "=",
        "e\u{301}", "👩‍👩‍👧", "<s>", "</s>", "[INST]", "<tool_call>", "</tool_call>", "'", "~~~", "to=", "｜",
    ]

    @Test(arguments: 1...200) func cuttingChangesNothingInNonsense(seed: Int) {
        var random = Seeded(seed)
        let count = Int.random(in: 1...30, using: &random)
        let text = (0..<count).map { _ in Self.bricks.randomElement(using: &random) ?? "" }.joined()
        #expect(filtered(cut(text, &random, longest: 4)) == filtered([text]), "\(text.debugDescription)")
    }

    @Test func plainTextPassesAtOnce() {
        var filter = AnswerFilter(speaker: "Stock Planner")
        for piece in [
            "It", " costs", " ten", " euros.", " ", "Is that *", "too", "* much?", " (Or", " not.)", "\n", "* a ",
        ] {
            #expect(filter.push(piece) == piece)
        }
        #expect(filter.push("<") == "")
        #expect(filter.push(" b") == "< b")
    }

    /// What is held back never exceeds the bound, whatever comes.
    @Test(arguments: [
        "<think a=\"", "<|", "<tool_call a=", "{\"", "(he and she and ", "*smiles and ", "```", "[{  ",
        "<|start|>assistant to=",
    ])
    func littleIsHeldBack(opening: String) {
        var filter = AnswerFilter(speaker: "Stock Planner")
        var sent = opening
        var given = filter.push(opening)
        for _ in 0..<400 {
            sent += "x"
            given += filter.push("x")
            #expect(sent.unicodeScalars.count - given.unicodeScalars.count <= 160)
        }
    }

    @Test func endlessThoughtTakesNoMemoryAndGivesNothing() {
        var filter = AnswerFilter()
        #expect(filter.push("<think>") == "")
        for _ in 0..<4_000 { #expect(filter.push("<think>thought and {\"a\": [ ") == "") }
        #expect(filter.finish() == "")
    }

    @Test func blocksInBlocksHaveABound() {
        // The bound is 32: what opens deeper belongs to the block around it.
        let text = String(repeating: "<think>", count: 40) + String(repeating: "</think>", count: 32) + "Ten."
        #expect(AnswerFilter.answer(in: text) == "Ten.")
    }

    @Test func tagThatIsTooLongIsText() {
        let tag = "<think a=\"" + String(repeating: "x", count: 200) + "\">"
        #expect(AnswerFilter.answer(in: tag + " Ten.") == tag + " Ten.")
    }

    @Test func nothingComesBehindTheEnd() {
        var filter = AnswerFilter()
        #expect(filter.push("Ten.<|im_end|>") == "Ten.")
        #expect(filter.hasEnded)
        #expect(filter.push("Three.") == "")
        #expect(filter.finish() == "")
        #expect(filter.push("Three.") == "")
        #expect(filter.finish() == "")
    }
}
