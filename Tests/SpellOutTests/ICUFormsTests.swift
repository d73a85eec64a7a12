import SpeechText
import SpellOut
import Testing

/// The words that ICU has for numbers and what they count.
struct ICUFormsTests {
    private let forms = ICUForms()

    @Test(arguments: [
        ("de-DE", "einundzwanzig"), ("fr-FR", "vingt-et-un"), ("es-ES", "veintiuno"), ("it-IT", "ventuno"),
        ("nl-NL", "eenentwintig"), ("pl-PL", "dwadzieścia jeden"), ("ru-RU", "двадцать один"), ("ja-JP", "二十一"),
        ("ar-SA", "واحد وعشرون"), ("hi-IN", "इक्कीस"), ("th-TH", "ยี่สิบเอ็ด"), ("tr-TR", "yirmi bir"),
    ]) func numbersAreWords(language: String, words: String) {
        #expect(forms.number("21", in: language) == words)
        #expect(forms.number("21", in: language.replacing("-", with: "_")) == words)
    }

    /// A language without words would speak English; letters that cannot be heard are taken out.
    @Test func whatICUCannotSayIsSaidByNobody() {
        for language in ["eu-ES", "ur-PK", "xx-XX", ""] where language != "" {
            #expect(forms.number("21", in: language) == nil, "\(language)")
        }
        #expect(forms.number("x", in: "de-DE") == nil && forms.number("", in: "de-DE") == nil)
        let hidden = forms.number("1234567", in: "de-DE")?.unicodeScalars.contains {
            $0 == "\u{AD}" || $0 == "\u{200B}"
        }
        #expect(hidden == false)
    }

    @Test func moneyTimesAndDatesAreNamed() {
        #expect(forms.money("9.99", currency: "EUR", in: "de-DE") == "9,99 Euro")
        #expect(forms.money("1", currency: "USD", in: "de-DE") == "1 US-Dollar")
        #expect(forms.money("x", currency: "EUR", in: "de-DE") == nil)
        #expect(forms.time(1, .hours, in: "de-DE") == "1 Stunde" && forms.time(2, .hours, in: "de-DE") == "2 Stunden")
        #expect(forms.time(5, .minutes, in: "ru-RU") == "5 минут" && forms.time(-1, .days, in: "de-DE") == nil)
        #expect(forms.date(year: 2024, month: 3, day: 15, in: "fr-FR") == "15 mars 2024")
        #expect(forms.date(year: 2024, month: 2, day: 30, in: "fr-FR") == nil)
    }

    /// The bound: no more spellers than `most` are kept, and what fell out is made anew, with the same words.
    @Test func fewSpellersAreKept() {
        let languages = [
            "de", "fr", "es", "it", "nl", "pl", "pt", "ru", "sv", "da", "nb", "fi", "cs", "hu", "ro", "el", "tr", "uk",
        ]
        #expect(languages.count == ICUForms.most + 2)
        let first = languages.map { forms.number("7", in: $0) }
        #expect(forms.made == languages.count)
        for language in languages.suffix(ICUForms.most) { _ = forms.number("8", in: language) }
        #expect(forms.made == languages.count, "the last ones are still there")
        #expect(forms.number("7", in: "de") == first[0])
        #expect(forms.made == languages.count + 1)
    }

    @Test func conversationsShareThem() async {
        let forms = forms
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    let language = ["de", "fr", "ja", "ru"][index % 4]
                    return (0..<50).allSatisfy { forms.number(String($0), in: language) != nil }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(forms.made == 4)
    }
}
