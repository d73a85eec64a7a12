import SpeechText
import SpellOut
import TestSupport
import Testing

/// What is read aloud in languages other than English.
struct ReadingAloudTests {
    private static let forms = ICUForms()

    private func spoken(_ text: String, _ language: String) -> String {
        speakable(text, language: language, forms: Self.forms)
    }

    static let cases: [(language: String, written: String, spoken: String)] = [
        // Times and spans of them
        ("de-DE", "Um 14:30 Uhr, um 9:05.", "Um vierzehn Uhr dreißig, um neun Uhr fünf."),
        ("de-DE", "Von 9:00–17:00 Uhr, um 14.30 Uhr.", "Von neun Uhr bis siebzehn Uhr, um vierzehn Uhr dreißig."),
        ("fr-FR", "À 14h30.", "À quatorze heures trente."),
        ("es-ES", "A las 14:30.", "A las catorce y treinta."),
        ("ja-JP", "会議は14:30です。", "会議は十四時三十分です。"),
        ("zh-CN", "会议14:30开始。", "会议十四点三十分开始。"),
        ("ko-KR", "14:30에 시작합니다.", "십사시 삼십분에 시작합니다."),
        ("tr-TR", "Saat 14:30'da.", "Saat on dört otuz'da."),
        ("ru-RU", "В 14:30.", "В четырнадцать тридцать."),
        // Durations
        (
            "de-DE", "90 min, 1h30m, 2:15 h, 1 h.",
            "neunzig Minuten, eine Stunde dreißig Minuten, zwei Stunden fünfzehn Minuten, eine Stunde."
        ),
        ("ru-RU", "45 мин.", "сорок пять минут."),
        // Money, and what it is for
        (
            "de-DE", "9,99 €/Monat, 20 €/h, 1 €.",
            "neun Euro neunundneunzig pro Monat, zwanzig Euro pro Stunde, ein Euro."
        ),
        ("de-DE", "1.234,50 € und 3–5 €.", "eintausendzweihundertvierunddreißig Euro fünfzig und drei bis fünf Euro."),
        (
            "fr-FR", "1 234,50 €, 9,99 €/mois.",
            "mille deux cent trente-quatre euros cinquante, neuf euros quatre-vingt-dix-neuf par mois."
        ),
        ("nl-NL", "€ 9,99/maand.", "negen euro negenennegentig per maand."),
        ("zh-CN", "¥20/月。", "二十人民币每月。"),
        // Percent, units, spans
        (
            "de-DE", "3,5 % Zins, 5–10 km, 20 °C.",
            "drei Komma fünf Prozent Zins, fünf bis zehn Kilometer, zwanzig Grad Celsius."
        ),
        ("tr-TR", "%50 indirim.", "yüzde elli indirim."),
        ("zh-CN", "涨了50%。", "涨了百分之五十。"),
        ("ar-SA", "خصم 50%.", "خصم خمسون بالمئة."),
        ("es-ES", "80 km/h.", "ochenta kilómetros por hora."),
        // Versions, codes, telephone numbers
        (
            "de-DE", "Version 2.3.1, Code XK-4471.",
            "Version zwei Punkt drei Punkt eins, Code X K, vier vier sieben eins."
        ),
        ("de-DE", "Tel. 0800 123 4567.", "Tel. null acht null null, eins zwei drei, vier fünf sechs sieben."),
        ("de-DE", "(030) 123456", "null drei null, eins zwei drei vier fünf sechs"),
        ("fr-FR", "06 12 34 56 78.", "zéro six, un deux, trois quatre, cinq six, sept huit."),
        // Dates and years
        (
            "de-DE", "Am 2024-03-15 und 15.03.2024.",
            "Am 15. März zweitausendvierundzwanzig und 15. März zweitausendvierundzwanzig."
        ),
        ("de-DE", "Im Jahr 1999.", "Im Jahr neunzehnhundertneunundneunzig."),
        ("es-ES", "El 15/03/2024.", "El quince de marzo de dos mil veinticuatro."),
        // What only the voice can know stays
        ("de-DE", "Am 3. März mit 1 Hund.", "Am 3. März mit 1 Hund."),
        ("fr-FR", "Le 1er mars, 3e étage.", "Le 1er mars, 3e étage."),
        ("ru-RU", "В 1999 году.", "В 1999 году."),
        ("zh-CN", "2024年。", "2024年。"),
        ("eu-ES", "14:30, 21 lagun.", "14:30, 21 lagun."),
        // Plain numbers
        (
            "de-DE", "21 Leute, 1.000.000 Menschen, -5 Grad.",
            "einundzwanzig Leute, eine Million Menschen, minus fünf Grad."
        ),
        ("hi-IN", "21 लोग।", "इक्कीस लोग।"),
    ]

    @Test(arguments: cases) func isReadOut(language: String, written: String, expected: String) {
        #expect(spoken(written, language) == expected)
        #expect(spoken(expected, language) == expected, "twice is once")
    }

    static let languages = [
        "de-DE", "fr-FR", "es-ES", "it-IT", "pt-BR", "nl-NL", "sv-SE", "da-DK", "nb-NO", "fi-FI", "pl-PL", "cs-CZ",
        "ru-RU",
        "uk-UA", "tr-TR", "el-GR", "hu-HU", "ro-RO", "id-ID", "vi-VN", "ja-JP", "zh-CN", "ko-KR", "ar-SA", "he-IL",
        "hi-IN", "th-TH",
    ]

    /// In every language whose words are known: no figure is left of what a voice stumbles over.
    @Test(arguments: languages) func noFigureIsLeft(language: String) {
        for text in [
            "x 14:30 x", "x 50% x", "x 3-5 x", "x 2.3.1 x", "x XK-4471 x", "x +49 30 1234567 x", "x 90 min x",
            "x 1h30m x",
            "x €20 x", "x 0042 x", "x 250 x",
        ] {
            let said = spoken(text, language)
            #expect(!said.contains { ("0"..."9").contains($0) }, "\(language): \(text) → \(said)")
        }
    }

    static let bricks = [
        "Wort", "14:30", "9,99", "€", "%", "1.234,5", "1", "3.", " ", " ", "–", "-", "/", "(", ")", "h", "min", "km",
        "2024",
        "XK-44", "+49", "0800", "年", "에", "و", "'da", "٣", "é", "。", ".", ",", "\u{A0}", "\u{202F}", "1h30", "v2.0",
        "2024-03-15",
        "**", "\n", "$", "1er", "½", "🎉", "°C", "Monat", "00", "99999999999999999999",
    ]

    @Test(arguments: 1...25) func lawsHoldForRandomTexts(seed: UInt64) {
        var random = Seeded(seed)
        let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            Self.bricks.randomElement(using: &random) ?? ""
        }.joined()
        for language in Self.languages {
            let once = spoken(text, language)
            #expect(spoken(once, language) == once, "\(language) from \(text.debugDescription)")
            #expect(once.count <= 64 * text.count + 64, "\(language) from \(text.debugDescription)")
            #expect(once.contains(where: \.isLetter) || !text.contains(where: \.isLetter))
        }
    }
}
