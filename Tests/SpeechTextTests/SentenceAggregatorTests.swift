import SpeechText
import TestSupport
import Testing

/// What an aggregator makes of `text` when it comes in deltas of `width` scalars.
private func sentences(_ text: String, width: Int, _ aggregator: SentenceAggregator = .init()) -> [String] {
    var aggregator = aggregator
    var result: [String] = []
    var rest = Array(text.unicodeScalars)[...]
    while !rest.isEmpty {
        result += aggregator.push(String(String.UnicodeScalarView(rest.prefix(width))))
        rest = rest.dropFirst(width)
    }
    if let last = aggregator.finish() { result.append(last) }
    return result
}

private func trimmed(_ text: String) -> String {
    let spaces = text.prefix { $0.isWhitespace }.count
    return String(text.dropFirst(spaces).reversed().drop { $0.isWhitespace }.reversed())
}

@Suite struct SentenceAggregatorTests {
    /// Texts with the sentences they hold; a bar stands where one ends.
    static let cases: [(language: String, text: String)] = [
        ("en-US", "This is the first sentence. |And here is the second one."),
        ("en-US", "Is this a question? |Yes, it certainly is! |Very good indeed."),
        ("en-US", "Please ask Dr. Smith about the results. |He knows them."),
        ("en-US", "Use a hedge, e.g. a forward contract, i.e. a promise. |That helps you."),
        ("en-US", "The U.S. economy grew by 3.5 percent. |That is a lot."),
        ("en-US", "He moved to the U.S. |She stayed behind in Paris."),
        ("en-US", "It was J. R. R. Tolkien who wrote that. |Everybody knows it."),
        ("en-US", "It opens at 9 a.m. on Mondays. |Come early please."),
        ("en-US", "Write to help@example.com or see www.example.com/a?b=1. |We answer soon."),
        ("en-US", "Well... that is not so easy to say. |But we can try it."),
        ("en-US", "She said \"Leave it alone.\" |Then she went away."),
        ("en-US", "**Keep calm.** |Then think about it (really!). |Then act."),
        ("en-US", "- Buy some gold\n|- Sell the old bonds\n|- Keep some cash\n|"),
        ("en-US", "1. Look at the costs first\n|2. Look at the risks next"),
        ("en-US", "The year was 2024. |Everything changed after that."),
        ("en-US", "Sure! That is a good idea to begin with. |Let us start."),
        ("en-US", "Apples, pears, etc. are cheap this year. |Buy some of them."),
        ("en-US", "It is version 1.2.3 of the program. |It works well."),
        ("de-DE", "Das war am 3. März im letzten Jahr. |Danach kam nichts mehr."),
        ("de-DE", "Nehmen Sie z. B. einen Fonds mit Gold. |Das ist sicher."),
        ("ja-JP", "今日はとてもいい天気ですね。|明日も晴れるといいですね！|そう思いませんか？"),
        ("zh-CN", "他说：“这是一个很好的办法，我们试试吧。”|然后他就走了，再也没有回来。"),
        ("en-US", "The answer to that is no. |Look at No. 5 and fig. 3 of the plan."),
        ("en-US", "I have always loved art. |See art. 5 of the law."),
        ("en-US", "Write to j.doe@mail.example.co.uk. |Or see https://example.com/a.b?c=1.5!"),
        ("en-US", "No. Yes! Well, maybe. |That is all."),
        ("es-ES", "Ayer vino el Sr. García a la oficina. |Estaba muy contento."),
        ("de-DE", "Das gilt i. d. R. für Fonds, vgl. Abs. 3 im Vertrag. |Bitte lesen."),
        ("ja-JP", "明日は雨です。|傘を持って下さい。"),
        ("zh-CN", "好的。明天会下雨。|请带伞，谢谢您。"),
        ("zh-CN", "他赚了3.5亿元．|这是真的吗？！|当然是真的……不过很少。"),
        ("hi-IN", "आज मौसम बहुत अच्छा है।|कल भी अच्छा रहेगा।"),
        ("ur-PK", "آج موسم بہت اچھا ہے۔| کل بھی اچھا رہے گا؟| جی ہاں بالکل۔"),
        ("ar-SA", "هل يمكنني مساعدتك اليوم؟| نعم، بكل تأكيد يا صديقي."),
        ("hy-AM", "Այսօր եղանակը շատ լավ է։| Վաղը նույնպես լավ կլինի։"),
        ("am-ET", "ዛሬ የአየር ሁኔታው ጥሩ ነው።| ነገም ጥሩ ይሆናል።"),
        ("my-MM", "ဒီနေ့ ရာသီဥတု ကောင်းတယ်။|မနက်ဖြန်လည်း ကောင်းမယ်။"),
        ("km-KH", "ថ្ងៃនេះអាកាសធាតុល្អណាស់។|ថ្ងៃស្អែកក៏ល្អដែរ។"),
        ("bo", "དེ་རིང་གནམ་གཤིས་ཡག་པོ་འདུག།|སང་ཉིན་ཡང་ཡག་པོ་ཡོང་།"),
        ("el-GR", "Πώς είστε σήμερα; |Ελπίζω πολύ καλά."),
        ("en-US", "First we look; then we leap. |That is all of it."),
        ("en-US", "Here is the code to run:\n|```\nlet a = 1. \nPrint it! Now.\n```\n|That was all of it."),
    ]

    /// Thai, Lao and Khmer write no marks: a text of them is spoken while it is still being written, cut at its spaces, and
    /// without spaces at a bound, never within a character.
    @Test(arguments: [
        "วันนี้อากาศดีมากเลยนะครับท่านผู้ชมทุกท่าน พรุ่งนี้ฝนอาจจะตกในหลายพื้นที่ของประเทศ โปรดเตรียมร่มไว้ด้วยนะครับ",
        "ມື້ນີ້ອາກາດດີຫຼາຍສຳລັບທຸກຄົນໃນປະເທດ ມື້ອື່ນອາດຈະມີຝົນຕົກໃນຫຼາຍບ່ອນຂອງປະເທດ",
        "ថ្ងៃនេះអាកាសធាតុល្អណាស់សម្រាប់មនុស្សគ្រប់គ្នា ថ្ងៃស្អែកអាចនឹងមានភ្លៀងធ្លាក់នៅតំបន់ជាច្រើន",
    ]) func aScriptWithoutMarksIsCutAtItsSpaces(text: String) {
        let cut = sentences(text, width: 1)
        #expect(cut.count >= 2 && cut.joined() == text)
        #expect(cut.dropLast().allSatisfy { $0.last == " " })
        let run = text.filter { $0 != " " }
        let pieces = sentences(String(repeating: run, count: 5), width: 7)
        #expect(pieces.joined() == String(repeating: run, count: 5))
        #expect(pieces.allSatisfy { $0.unicodeScalars.count <= 120 }, "\(pieces.map(\.unicodeScalars.count))")
        #expect(
            pieces.count >= 3 && pieces.allSatisfy { $0.unicodeScalars.first?.properties.isGraphemeExtend == false })
    }

    /// The first words of such a text are heard when the stream is slow: at a space.
    @Test func aSlowTextWithoutMarksIsCutAtASpace() {
        var aggregator = SentenceAggregator(language: "th-TH")
        #expect(aggregator.push("วันนี้อากาศดีมากเลย พรุ่ง") == [])
        #expect(aggregator.cutFirstClause() == "วันนี้อากาศดีมากเลย ")
    }

    /// A sentence of ideographs without marks is as long to hear as twice as many letters.
    @Test func wideTextIsCutSooner() {
        let text = String(repeating: "今天天气很好", count: 60)
        let pieces = sentences(text, width: 3)
        #expect(pieces.joined() == text && pieces.allSatisfy { $0.count <= 141 } && pieces.count >= 3)
    }

    @Test(arguments: cases) func findsTheSentences(language: String, text: String) {
        let wanted = text.split(separator: "|").map { trimmed(String($0)) }.filter { !$0.isEmpty }
        let plain = text.filter { $0 != "|" }
        #expect(sentences(plain, width: 1, .init(language: language)).map(trimmed) == wanted)
    }

    @Test(arguments: 1...64) func widthOfDeltasChangesNothing(width: Int) {
        for (language, text) in Self.cases {
            let plain = text.filter { $0 != "|" }
            let aggregator = SentenceAggregator(language: language)
            #expect(sentences(plain, width: width, aggregator) == sentences(plain, width: 1, aggregator))
        }
    }

    static let bricks = [
        "word", "I", "Dr", "e.g", "U.S", "3", ".", "5", "!", "?", "…", "...", " ", "  ", "\n", "\r\n", "\n\n", "\"",
        ")",
        "(", "**", "`", "```", "```\n", "- ", "1. ", "。", "！", "你好", "é", "e\u{301}", "👩‍👩‍👧", "🇩🇪", "a@b.co",
        "http://x.y/z?q",
        ",", ";", "–", "investments", "\t", "\u{A0}", "|", "#", "Then", "z. B. ",
    ]

    @Test(arguments: 1...60) func lawsHoldForRandomTexts(seed: UInt64) {
        var random = Seeded(seed)
        let text = (0..<Int.random(in: 1...400, using: &random)).map { _ in
            Self.bricks.randomElement(using: &random) ?? ""
        }.joined()
        let aggregator = SentenceAggregator(
            language: seed.isMultiple(of: 2) ? "de" : "en", minimum: Int.random(in: 1...30, using: &random),
            maximum: Int.random(in: 20...200, using: &random))
        let whole = sentences(text, width: .max, aggregator)
        #expect(Array(whole.joined().unicodeScalars) == Array(text.unicodeScalars))
        #expect(whole.allSatisfy { !$0.isEmpty && $0.unicodeScalars.count <= aggregator.maximum })
        for width in [1, 2, 3, 7, 31] { #expect(sentences(text, width: width, aggregator) == whole) }
    }

    @Test func certainEndIsGivenOutAtTheSpace() {
        var aggregator = SentenceAggregator()
        #expect(aggregator.push("You could buy some bonds.").isEmpty)
        #expect(aggregator.push(" ") == ["You could buy some bonds. "])
    }

    @Test func doubtfulEndWaitsForOneCharacterOnly() {
        var aggregator = SentenceAggregator()
        #expect(aggregator.push("It costs about 300. ").isEmpty)
        #expect(aggregator.push("T") == ["It costs about 300. "])
    }

    @Test func longSentenceIsCutAtAClause() {
        let clause = "and then another thing that happened, "
        let text = String(repeating: clause, count: 20)
        let cut = sentences(text, width: 5)
        #expect(cut.count > 2)
        #expect(cut.dropLast().allSatisfy { $0.hasSuffix("happened, ") })
    }

    @Test func textWithoutSpacesIsCutWithoutBreakingCharacters() {
        let text = String(repeating: "e\u{301}", count: 2000)
        let cut = sentences(text, width: 3)
        #expect(cut.count > 10)
        #expect(cut.joined() == text)
        #expect(cut.map(\.count).reduce(0, +) == 2000)
    }

    @Test func finishMakesReadyForTheNextText() {
        var aggregator = SentenceAggregator()
        #expect(aggregator.finish() == nil)
        _ = aggregator.push("```\ncode without an end")
        #expect(aggregator.finish() == "```\ncode without an end")
        #expect(aggregator == SentenceAggregator())
    }
}
