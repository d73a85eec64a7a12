import TestSupport
import Testing

@testable import ProviderKit

/// Where one model's text ends and another's goes on.
struct SeamTests {
    private static func join(_ before: String, _ after: String, width: Int) -> String {
        var seam = TextSeam(after: before)
        var text = before
        var rest = after[...]
        while !rest.isEmpty {
            text += seam.take(String(rest.prefix(width)))
            rest = rest.dropFirst(width)
        }
        return text + seam.finish()
    }

    @Test(arguments: [
        // It goes on as it should.
        ("I would look ", "at the fees.", "I would look at the fees."),
        ("I would look,", "then buy.", "I would look, then buy."),
        ("I would look.", " Then buy.", "I would look. Then buy."),
        ("", "Then buy.", "Then buy."),
        // It repeats the last words.
        ("I would look ", "look at the fees.", "I would look at the fees."),
        ("I would look ", "I would look at the fees.", "I would look at the fees."),
        ("First the rates. I would ", "I would look.", "First the rates. I would look."),
        ("I would look, ", "Would look, then buy.", "I would look, then buy."),
        ("Ask the bank", "The Bank, then.", "Ask the bank, then."),
        ("That is it.", "is it.", "That is it."),
        // It begins anew and differs.
        ("One two three four five ", "One two three four, nine ten.", "One two three four five nine ten."),
        // Words that only look like a repetition.
        ("Call 5 5 ", "5 3 now.", "Call 5 5 5 3 now."),
        ("I would look ", "looking back helps.", "I would look looking back helps."),
        ("I think so ", "I do.", "I think so I do."),
        // Without spaces between words.
        ("我们先看利率，", "我们先看利率，然后看费用。", "我们先看利率，然后看费用。"),
        ("我们先看", "利率。", "我们先看利率。"),
        // White space at the front.
        ("I would ", "  \n", "I would   \n"),
    ])
    func joins(before: String, after: String, whole: String) {
        for width in [1, 2, 5, 100] {
            #expect(Self.join(before, after, width: width) == whole, "pieces of \(width)")
        }
    }

    /// Cut anywhere between two words and gone on with from any earlier word, a text of distinct words comes out whole.
    @Test(arguments: 0..<300)
    func anyRepetitionIsLeftOut(seed: Int) {
        var seeded = Seeded(seed)
        let words = (0..<30).map { "\(["ra", "be", "ko", "lu"][$0 % 4])n\($0)x" }.map {
            $0 + (["", "", "", ",", "."].randomElement(using: &seeded) ?? "")
        }
        let cut = Int.random(in: 1...30, using: &seeded)
        let from = Int.random(in: 0...cut, using: &seeded)
        let before = words[..<cut].joined(separator: " ") + (Bool.random(using: &seeded) ? " " : "")
        let after = words[from...].joined(separator: " ")
        let whole = Self.join(before, after, width: .random(in: 1...40, using: &seeded))
        #expect(whole.split(separator: " ") == words.map { $0[...] })
    }

    @Test(arguments: 0..<100)
    func theHoldLosesNothingAndEndsBetweenWords(seed: Int) {
        var seeded = Seeded(seed)
        let text =
            "Don't wait; the well-known 3 ways, \"as they say\", work. 我们看。 \(String(repeating: "x", count: 200))"
        var hold = WordHold()
        var given = ""
        var rest = text[...]
        while !rest.isEmpty {
            let width = Int.random(in: 1...9, using: &seeded)
            let new = hold.take(String(rest.prefix(width)))
            rest = rest.dropFirst(width)
            given += new
            #expect(hold.held.count <= WordHold.limit)
            #expect(text.hasPrefix(given + hold.held))
            #expect(new.isEmpty || given.last?.isWithinWord == false || new.count > WordHold.limit)
        }
        #expect(given + hold.finish() == text)
    }
}
