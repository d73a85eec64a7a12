import SpeechText
import TestSupport
import Testing

@Suite struct SpeakableTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var language = "en-US"
        var written: String
        var spoken: String
        var testDescription: String { written }

        init(_ written: String, _ spoken: String, _ language: String = "en-US") {
            self.written = written
            self.spoken = spoken
            self.language = language
        }
    }

    static let markup = [
        Case("Plain text stays as it is.", "Plain text stays as it is."),
        Case("**Bold**, *italic*, __strong__ and ~~gone~~ `code`.", "Bold, italic, strong and gone code."),
        Case("# Heading\nSome text.", "Heading. Some text."),
        Case("## Heading ##\n\nSome text", "Heading. Some text"),
        Case("- one thing\n- another thing", "one thing. another thing."),
        Case("* [ ] buy bonds\n* [x] sell shares", "buy bonds. sell shares."),
        Case("1. Look first\n2. Then leap", "one, Look first. two, Then leap."),
        Case("> Quoted *words*\n> go on.", "Quoted words go on."),
        Case("See [the guide](https://example.com/guide?x=1).", "See the guide."),
        Case("![A chart](chart.png) shows it.", "A chart shows it."),
        Case("Read [this][1] now[^2].", "Read this now."),
        Case("Go to https://www.example.com/a/b?c=d.", "Go to example dot com."),
        Case("Write to help.desk@example.com today.", "Write to help dot desk at example dot com today."),
        Case("Good news 🎉🎉 for you 👍🏽!", "Good news for you!"),
        Case("a<br>b <b>bold</b> &amp; more", "a b bold and more"),
        Case("snake_case_name", "snake case name"),
        Case("Try this:\n```swift\nlet x = 1\n```\nDone.", "Try this: Done."),
        Case("```\nlet total\n```", "let total."),
        Case("| Bond | Yield |\n|---|---|\n| Swiss | 2% |", "Bond, Yield. Swiss, two percent."),
        Case("above\n\n---\n\nbelow", "above. below"),
        Case("line one\nline two", "line one line two"),
        Case("", ""), Case("   \n", ""), Case("🎉", ""), Case("---", ""),
        Case(
            "# Überschrift\n- **Gold** kostet 5 €\n- 3,5 % Zins", "Überschrift. Gold kostet 5 €. 3,5 % Zins.", "de-DE"),
        Case("Am 3. März um 15:30 Uhr.", "Am 3. März um 15:30 Uhr.", "de-DE"),
        Case("Voir [le guide](https://exemple.fr) 👍.", "Voir le guide.", "fr-FR"),
        Case("这是**重点**。", "这是重点。", "zh-CN"),
    ]

    static let english = [
        Case("I have 0 of 7 and 13 of 21.", "I have zero of seven and thirteen of twenty-one."),
        Case("It costs 1,234 units.", "It costs one thousand two hundred thirty-four units."),
        Case("It costs 1,234 units.", "It costs one thousand two hundred and thirty-four units.", "en-GB"),
        Case("1000000 is big.", "one million is big."),
        Case("Pi is 3.14, about.", "Pi is three point one four, about."),
        Case("Agent 007 here.", "Agent zero zero seven here."),
        Case("Version 1.2.3 is out.", "Version one point two point three is out."),
        Case("It is -5 now.", "It is minus five now."),
        Case(
            "$5 or $1 or $12.50 or $0.99",
            "five dollars or one dollar or twelve dollars and fifty cents or ninety-nine cents"),
        Case("$1,234.00 is due.", "one thousand two hundred thirty-four dollars is due."),
        Case(
            "$3.5 million and €2bn and £5k",
            "three point five million dollars and two billion euros and five thousand pounds"),
        Case("US$20, 50€, 30 EUR, USD 10.", "twenty US dollars, fifty euros, thirty euros, ten US dollars."),
        Case("$5-10 a month", "five to ten dollars a month"),
        Case("-$40 today", "minus forty dollars today"),
        Case("Up 3.5%, or 7 % of 100%.", "Up three point five percent, or seven percent of one hundred percent."),
        Case("The 1st, 2nd, 3rd, 11th and 22nd.", "The first, second, third, eleventh and twenty-second."),
        Case(
            "In 1999, 2000, 2005 and 2024.",
            "In nineteen ninety-nine, two thousand, two thousand five and twenty twenty-four."),
        Case("Since 1905 or in 1789.", "Since nineteen oh five or in seventeen eighty-nine."),
        Case("We sold 1500 shares.", "We sold one thousand five hundred shares."),
        Case("The 1990s and the '80s.", "The nineteen nineties and the eighties."),
        Case("From 2020-2024 it grew.", "From twenty twenty to twenty twenty-four it grew."),
        Case("5-10 days", "five to ten days"), Case("5–10% more", "five to ten percent more"),
        Case("On 2024-03-15.", "On March fifteenth, twenty twenty-four."),
        Case("On 3/15/2024.", "On March fifteenth, twenty twenty-four."),
        Case("On 3/4/2024.", "On the third of April twenty twenty-four.", "en-GB"),
        Case("March 15, 2024 was it.", "March fifteenth, twenty twenty-four was it."),
        Case("On 15 March 2024.", "On the fifteenth of March twenty twenty-four."),
        Case(
            "At 3:30 pm or 15:45 or 9am or 10:00.",
            "At three thirty p m or fifteen forty-five or nine a m or ten o'clock."),
        Case("At 9:05 a.m. we open.", "At nine oh five a m we open."),
        Case("5 km at 20°C and 3kg, 1 m", "five kilometers at twenty degrees Celsius and three kilograms, one meter"),
        Case("120 km/h with 16GB", "one hundred twenty kilometers per hour with sixteen gigabytes"),
        Case("1/2 of it, 3/4 of that, ½ more", "one half of it, three quarters of that, one half more"),
        Case("Call 555-123-4567 now.", "Call five five five, one two three, four five six seven now."),
        Case("Call +1 800 555 0199.", "Call plus one, eight zero zero, five five five, zero one nine nine."),
        Case("Dr. Smith vs. Mr. Jones, e.g. today.", "Doctor Smith versus Mister Jones, for example today."),
        Case("Stocks, bonds, etc.", "Stocks, bonds, et cetera."),
        Case("The U.S. and the U.K. agree.", "The U S and the U K agree."),
        Case("See No. 5 and #7.", "See number five and number seven."),
        Case("A & B, R&D, 24/7", "A and B, R and D, twenty-four seven"),
        Case("Your 401(k) and mp3 and COVID-19", "Your four oh one k and mp three and COVID nineteen"),
        Case(
            "5 > 3 and 2 < 4 and 1 + 1 = 2",
            "five greater than three and two less than four and one plus one equals two"),
        Case("C++ and C# rock.", "C plus plus and C sharp rock."),
        Case("~50 people", "about fifty people"),
        Case("and/or", "and or"),
        Case("(about 5)", "(about five)"),
        // What something is per
        Case(
            "$9.99/month, €5/mo, $20/user/month",
            "nine dollars and ninety-nine cents per month, five euros per month, twenty dollars per user per month"),
        Case(
            "100 MB/s, 3x/week, 2 l/min",
            "one hundred megabytes per second, three times per week, two liters per minute"),
        // Spans of more than numbers
        Case("From 9:00–17:00, 9am–5pm.", "From nine o'clock to seventeen hundred hours, nine a m to five p m."),
        Case("€5–€10, $10–$20/month", "five to ten euros, ten to twenty dollars per month"),
        Case("20°C–25°C, Mon–Fri", "twenty degrees Celsius to twenty-five degrees Celsius, Monday to Friday"),
        Case("5-7 p.m., then 7 a.m., then", "five to seven p m, then seven a m, then"),
        // Durations
        Case(
            "1h30m, 1:30 h, 5m30s, 45s",
            "one hour thirty minutes, one hour thirty minutes, five minutes thirty seconds, forty-five seconds"),
        Case("At 2024-03-15T14:30:00Z", "At March fifteenth, twenty twenty-four at fourteen thirty"),
        // Versions and codes
        Case(
            "v2.3.1, version 1.10, Python 3.12",
            "version two point three point one, version one point ten, Python three point twelve"),
        Case("Order XK-4471, A1B2C3, LH123", "Order X K, four four seven one, A one B two C three, L H one two three"),
        Case("The code is 7391, PIN: 2048", "The code is seven three nine one, PIN: two zero four eight"),
        Case("B2B, MP3, H2O, 4711 people", "B two B, MP three, H two O, four thousand seven hundred eleven people"),
        // Telephone numbers
        Case("Call 0800 123 4567.", "Call zero eight zero zero, one two three, four five six seven."),
        Case("Call (030) 123456.", "Call zero three zero, one two three four five six."),
        Case("Call +1 (555) 123-4567.", "Call plus one, five five five, one two three, four five six seven."),
        Case(
            "On 03/15/2024 and 03-15-2024.",
            "On March fifteenth, twenty twenty-four and March fifteenth, twenty twenty-four."),
    ]

    @Test(arguments: markup) func markupGoes(_ example: Case) {
        #expect(speakable(example.written, language: example.language) == example.spoken)
    }

    @Test(arguments: english) func englishIsReadOut(_ example: Case) {
        #expect(speakable(example.written, language: example.language) == example.spoken)
    }

    @Test(arguments: markup + english) func twiceIsOnce(_ example: Case) {
        let once = speakable(example.written, language: example.language)
        #expect(speakable(once, language: example.language) == once)
    }

    static let bricks = [
        "word", "Dr.", "e.g.", "U.S.", "$", "5", "3.5", "1,000", "%", "€", "-", "–", "/", ":", ".", ",", " ", " ", "\n",
        "\n\n",
        "**", "*", "_", "`", "```\n", "#", "# ", "> ", "- ", "1. ", "[", "]", "(", ")", "<", ">", "<b>", "&amp;",
        "&lt;", "|",
        "https://a.com/x", "@", "🎉", "1️⃣", "½", "²", "٣", "é", "你好", "。", "\\", "~", "^", "{", "}", "=", "+", "am", "pm",
        "March", "2024", "12", "31", "km", "°C", "\u{1}", "\u{200B}", "°", "…", "!", "?", "'", "\"", "I", "x", "K", "№",
        "Ⅳ",
    ]

    static let marks = Set("*_`#~|[]{}\\<>^\n")
    static let digits = Set("0123456789")

    @Test(arguments: 1...150) func lawsHoldForRandomTexts(seed: UInt64) {
        var random = Seeded(seed)
        let text = (0..<Int.random(in: 1...80, using: &random)).map { _ in
            Self.bricks.randomElement(using: &random) ?? ""
        }.joined()
        for language in ["en-US", "en-GB", "de-DE", "zh-CN"] {
            let spoken = speakable(text, language: language)
            #expect(speakable(spoken, language: language) == spoken, "from \(text.debugDescription)")
            #expect(Self.marks.isDisjoint(with: spoken), "from \(text.debugDescription)")
            #expect(spoken.count <= 24 * text.count + 32)
            let isHeard = spoken.contains(where: \.isLetter) || !text.contains(where: \.isLetter)
            #expect(isHeard, "from \(text.debugDescription)")
            if language.hasPrefix("en") {
                #expect(Self.digits.isDisjoint(with: spoken), "from \(text.debugDescription)")
            }
        }
    }

    @Test func longTextIsReadInProportion() {
        let text = String(repeating: "It cost $1,234.56 on 3/15/2024, i.e. **5%** more. ", count: 400)
        let one = speakable("It cost $1,234.56 on 3/15/2024, i.e. **5%** more.", language: "en-US")
        #expect(speakable(text, language: "en-US").count == 400 * (one.count + 1) - 1)
    }
}
