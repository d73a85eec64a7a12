import SpeechText
import TestSupport
import Testing

/// What an aggregator that is to hurry makes of `text` when it comes in deltas of `width` scalars; it is told so when
/// `after` of them have come.
private func pieces(_ text: String, width: Int, after: Int = 0, _ aggregator: SentenceAggregator = .init()) -> [String]
{
    var aggregator = aggregator
    var result: [String] = []
    let scalars = Array(text.unicodeScalars)
    func feed(_ rest: ArraySlice<Unicode.Scalar>) {
        var rest = rest
        while !rest.isEmpty {
            result += aggregator.push(String(String.UnicodeScalarView(rest.prefix(width))))
            rest = rest.dropFirst(width)
        }
    }
    feed(scalars.prefix(after))
    if let piece = aggregator.cutFirstClause() { result.append(piece) }
    feed(scalars.dropFirst(after))
    if let last = aggregator.finish() { result.append(last) }
    return result
}

@Suite struct FirstClauseTests {
    /// A bar stands where the first piece ends.
    static let cases = [
        "You could buy some government bonds, |because they are safe. Then wait.",
        "Unfortunately, that is not so easy to say: |it depends, as always.",
        "There is one way that always works – |patience, and a plan.",
        "There is one way that always works—|patience, and a plan.",
        "Well, yes, I think; so do many, |I would say; but then again, no.",
        "That is good. |But, of course, only for some of us, and not always.",
        // Numbers, ranges and abbreviations stay whole.
        "The fund now holds 1,000,000 shares, |and it grows.",
        "Take between 10 - 20 percent of 3, 4 or 5 funds, |not more.",
        "Use some hedge, e.g., a forward contract, |to be safe.",
        "We meet at the office at 10:30 on Monday, |as always.",
        // So does what stands in quotation marks, parentheses, emphasis.
        "She said \"I do not know, to be honest, at all\" and left, |and that was it.",
        "She said “I do not know, to be honest, at all” and left, |and that was it.",
        "A bond (a loan, in other words, to a state) is safe, |they say.",
        "It is **really and truly, believe me, safe** for you, |they say.",
        "今天的天气真的很不错，|我们出去走走吧。",
        "はい、今日はとてもいい天気ですね、|明日も晴れるといいですね。",
        "他说：“这个，那个，都是很好的办法吧”，|然后就走了。",
    ]

    @Test(arguments: cases) func findsTheFirstClause(text: String) {
        let wanted = text.split(separator: "|", maxSplits: 1).first.map(String.init)
        #expect(pieces(text.filter { $0 != "|" }, width: 1).first == wanted)
    }

    @Test func onlyTheFirstPieceIsCut() {
        let text =
            "You could buy some government bonds, because they are safe, as I said. And if not, then, well, wait."
        #expect(
            pieces(text, width: 3) == [
                "You could buy some government bonds, ", "because they are safe, as I said. ",
                "And if not, then, well, wait.",
            ])
    }

    @Test func theClauseThatIsThereIsGivenOutAtOnce() {
        var aggregator = SentenceAggregator()
        #expect(aggregator.push("You could buy some government bonds, because they").isEmpty)
        #expect(aggregator.mayCutFirstClause)
        #expect(aggregator.cutFirstClause() == "You could buy some government bonds, ")
        #expect(!aggregator.mayCutFirstClause && aggregator.cutFirstClause() == nil)
        #expect(aggregator.push(" are safe, as written. ") == ["because they are safe, as written. "])
    }

    /// Whenever it is asked for: the pieces joined are the text, and how it was cut into deltas changes nothing.
    @Test(arguments: 0..<80) func laws(seed: Int) {
        var random = Seeded(seed)
        let bricks = SentenceAggregatorTests.bricks + ["and then ", "some money, ", "well - ", "： ", "，", "你好吗"]
        let text = (0..<Int.random(in: 1...120, using: &random)).map { _ in bricks.randomElement(using: &random) ?? "" }
            .joined()
        let after = Int.random(in: 0...text.unicodeScalars.count, using: &random)
        let whole = pieces(text, width: .max, after: after)
        #expect(Array(whole.joined().unicodeScalars) == Array(text.unicodeScalars))
        #expect(whole.allSatisfy { !$0.isEmpty })
        for width in [1, 2, 5, 17] { #expect(pieces(text, width: width, after: after) == whole) }
    }
}
