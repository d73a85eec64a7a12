import ProjectModel
import TestSupport
import Testing

@testable import Privacy

/// What holds for every text. The seed of a failure is its argument.
@Suite struct MaskLawTests {
    /// Details that the rules find by their form or their introduction; no two of them are the same.
    private struct Maker {
        var random: Seeded
        private var used: Set<String> = []

        init(_ seed: Int) { random = Seeded(seed) }

        mutating func detail() -> (text: String, secret: String) {
            while true {
                let made = candidate()
                if used.insert(made.secret.lowercased()).inserted { return made }
            }
        }

        private mutating func digits(_ count: Int) -> String {
            (0..<count).map { _ in String(Int.random(in: 1...9, using: &random)) }.joined()
        }

        private mutating func letters(_ count: Int) -> String {
            (0..<count).map { _ in String("bcdfghklmnprtvz".randomElement(using: &random) ?? "b") }.joined()
        }

        private mutating func candidate() -> (text: String, secret: String) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let mail = "\(letters(4)).\(letters(3))@\(letters(5)).com"
                return (mail, mail)
            case 1:
                let mail = "\(letters(4)) dot \(letters(3)) at \(letters(5)) dot com"
                return (mail, mail)
            case 2:
                let phone = "\(digits(3))-\(digits(3))-\(digits(4))"
                return (phone, phone)
            case 3:
                let name = "\(letters(5).capitalized) \(letters(6).capitalized)"
                return ("my name is \(name)", name)
            case 4:
                let address = "10.\(digits(2)).\(digits(2)).\(digits(2))"
                return (address, address)
            case 5:
                let place = letters(8).capitalized
                return ("I live in \(place)", place)
            case 6:
                let date = "12/\(Int.random(in: 10...12, using: &random))/19\(digits(2))"
                return (date, date)
            default:
                let phone = (0..<7).map { _ in
                    ["one", "two", "three", "five", "six"].randomElement(using: &random) ?? "one"
                }.joined(separator: " ")
                return ("the phone is \(phone)", phone)
            }
        }

        mutating func junk() -> String {
            [
                "so", "we met;", "“quoted”", "[", "]", "\\", "[x]", "_", "[EMAIL_ADDRESS_1]", "person_2",
                "[ PERSON_1 ]",
                "\\[TEXT_1\\]", "[EMAIL_", "ADDRESS_1]", "grüße", "👍", "你好", "\n", "**", "[TEXT 1", "[PHONE_NUMBER_12",
            ].randomElement(using: &random) ?? ""
        }

        /// A text of details, junk that looks like tokens, and words; and what must not be seen in it.
        mutating func text() -> (text: String, secrets: [String]) {
            var (parts, secrets) = ([String](), [String]())
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if Bool.random(using: &random) {
                    let made = detail()
                    parts.append(made.text + ",")
                    secrets.append(made.secret)
                } else {
                    parts.append(junk())
                }
            }
            return (parts.joined(separator: Bool.random(using: &random) ? " " : "; "), secrets)
        }
    }

    private func book() -> MaskBook { MaskBook(PIIMasking(), salt: "") }

    @Test(arguments: 0..<50) func whatIsMaskedComesBack(seed: Int) {
        var maker = Maker(seed)
        var book = book()
        for _ in 0..<4 {
            let (text, _) = maker.text()
            let masked = book.mask(text)
            #expect(book.unmask(masked) == text, "\(masked)")
        }
    }

    @Test(arguments: 0..<50) func nothingOfADetailIsLeft(seed: Int) {
        var maker = Maker(seed)
        for treatment in [nil, PIIMasking.Operator.redact, .hash] {
            var book = MaskBook(PIIMasking(rules: PIIEntity.common.map { .init($0, treatment) }), salt: "")
            var secrets: [String] = []
            for _ in 0..<4 {
                let (text, more) = maker.text()
                secrets += more
                let masked = book.mask(text)
                for secret in secrets { #expect(!masked.localizedContains(secret), "\(masked)") }
                if treatment != nil {
                    for secret in secrets { #expect(!book.unmask(masked).localizedContains(secret)) }
                }
            }
        }
    }

    /// Wherever a text is cut, the same comes out; and what is held back is bounded.
    @Test(arguments: 0..<50) func piecesEqualTheWhole(seed: Int) {
        var maker = Maker(seed)
        var book = book()
        var text = ""
        for _ in 0..<4 { text += book.mask(maker.text().text) + maker.junk() }
        for form in [Unmasker.Form.said, .arguments] {
            let whole = form == .said ? book.unmask(text) : book.unmask(arguments: text)
            for longest in [1, 3, 20] {
                var unmasker = Unmasker(form)
                var (result, taken) = ("", 0)
                let scalars = Array(text.unicodeScalars)
                while taken < scalars.count {
                    let count = min(Int.random(in: 1...longest, using: &maker.random), scalars.count - taken)
                    result += unmasker.push(Scan.text(scalars[taken..<taken + count]), book)
                    taken += count
                }
                result += unmasker.finish(book)
                #expect(Array(result.unicodeScalars) == Array(whole.unicodeScalars))
            }
        }
    }

    /// A text that only ever begins a token is not held back for ever.
    @Test func whatIsHeldBackIsBounded() {
        var book = book()
        _ = book.mask("a@example.com")
        var unmasker = Unmasker()
        var (given, taken) = (0, 0)
        for piece in Array(repeating: #"\[ email\_address\_11111 [[[[ "#, count: 200) {
            for character in piece {
                given += 1
                taken += unmasker.push(String(character), book).unicodeScalars.count
                #expect(given - taken <= 80)
            }
        }
    }

    @Test(arguments: 0..<20) func theSameTextHasTheSameTokens(seed: Int) {
        var maker = Maker(seed)
        var book = book()
        let texts = (0..<3).map { _ in maker.text().text }
        for text in texts { _ = book.mask(text) }
        let again = texts.map { book.mask($0) }
        let count = book.count
        #expect(texts.map { book.mask($0) } == again)
        #expect(book.count == count)
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
    fileprivate func localizedContains(_ other: String) -> Bool { lowercased().contains(other.lowercased()) }
}
