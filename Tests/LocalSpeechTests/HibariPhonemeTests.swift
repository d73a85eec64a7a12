import TestSupport
import Testing

@testable import HibariProvider

/// A dictionary of a few words; their sounds are what people say.
private let words = """
    {"hello":"həlˈO","world":"wˈɜɹld","hotel":"hOtˈɛl","apple":"ˈæpᵊl","box":"bˈɑks","walk":"wˈɔk","want":"wˈɑnt",
    "pat":"pˈæt","stop":"stˈɑp","make":"mˈAk","city":"sˈɪɾi","try":"tɹˈI","add":"ˈæd","cat":"kˈæt","watch":"wˈɑʧ",
    "he":"hi","it":"ɪt","and":"ænd","of":"ʌv","is":"ɪz","this":{"DEFAULT":"ðɪs","None":"ðˈɪs"},"end":"ˈɛnd",
    "that":{"DEFAULT":"ðæt","DT":"ðˈæt"},"go":"ɡˌO","open":"ˈOpən","known":"nˈOn","well":"wˈɛl","email":"ˈimˌAl",
    "read":{"DEFAULT":"ɹˈid","VBN":"ɹˈɛd"},"record":{"DEFAULT":"ɹˈɛkəɹd","VERB":"ɹəkˈɔɹd"},"use":{"DEFAULT":"jˈuz",
    "NOUN":"jˈus"},"used":{"DEFAULT":"jˈuzd","VBD":"jˈust"},"ID":{"DEFAULT":"ˈɪd","NOUN":null},"A":"ˈA","B":"bˈi",
    "I":"ˈI","D":"dˈi","F":"ˈɛf","S":"ˈɛs","U":"jˈu","NASA":"nˈæsə","two":"tˈu","five":"fˈIv","twenty":"twˈɛnti",
    "percent":"pəɹsˈɛnt","button":"bˈʌʔn","Mr.":"mˈɪstəɹ","cafe":"kæfˈA","button's":"bˈʌʔnz","don't":"dˈOnt",
    "university":"jˌunəvˈɜɹsəɾi","hour":"ˈWəɹ","have":"hæv","to":"tu","boxes":"bˈɑksᵻz"}
    """

@Suite struct HibariPhonemeTests {
    let pronouncer: Pronouncer

    init() throws {
        pronouncer = Pronouncer(lexicons: [try Lexicon(Array(words.utf8))]) { word in
            word.allSatisfy(\.isLetter) ? "\(word.count)" : nil
        }
    }

    /// Words with spaces between them, marks where they stand.
    private func said(_ text: String) -> String {
        pronouncer.sounds(of: text[...]).map { sound in
            switch sound {
            case .word(let phonemes, _): phonemes
            case .mark(let mark): String(mark)
            }
        }.joined(separator: " ")
    }

    @Test(arguments: [
        // What is written small or large, and what is neither.
        ("hello world", "həlˈO wˈɜɹld"), ("Hello, World!", "həlˈO , wˈɜɹld !"), ("HELLO it", "həlˈO ɪt"),
        ("He and it", "hˌi ænd ɪt"), ("café", "kæfˈA"), ("don’t", "dˈOnt"),
        // Small words look at what follows.
        ("the end", "ði ˈɛnd"), ("the box", "ðə bˈɑks"), ("the hour", "ði ˈWəɹ"),
        ("the university", "ðə jˌunəvˈɜɹsəTi"),
        ("an apple", "ɐn ˈæpᵊl"), ("a box", "ɐ bˈɑks"), ("to end", "tʊ ˈɛnd"), ("to go", "tə ɡˌO"),
        ("want to", "wˈɑnt tu"),
        ("this is", "ðɪs ɪz"), ("is this?", "ɪz ðˈɪs ?"), ("I am", "ˌI æm"), ("I am it", "ˌI ɐm ɪt"),
        ("that is", "ðˈæt ɪz"),
        ("hello that hello", "həlˈO ðæt həlˈO"), ("used to go", "jˈust tə ɡˌO"), ("used box", "jˈuzd bˈɑks"),
        // What is before tells the grammar.
        ("I read", "ˌI ɹˈid"), ("I have read", "ˌI hæv ɹˈɛd"), ("to record", "tə ɹəkˈɔɹd"), ("a record", "ɐ ɹˈɛkəɹd"),
        ("the use", "ðə jˈus"), ("to use", "tə jˈuz"),
        // Endings.
        ("hotels cats boxes watches cities", "hOtˈɛlz kˈæts bˈɑksᵻz wˈɑʧᵻz sˈɪTiz"),
        ("walked stopped added wanted patted tried", "wˈɔkt stˈɑpt ˈædᵻd wˈɑntᵻd pˈæTᵻd tɹˈId"),
        ("walking stopping making patting", "wˈɔkɪŋ stˈɑpɪŋ mˈAkɪŋ pˈæTɪŋ"),
        ("the cat's, the cats' watch's", "ðə kˈæts , ðə kˈæts wˈɑʧᵻz"), ("button", "bˈʌtn"),
        // Letters.
        ("the ID", "ði ˌIdˈi"), ("a US box", "ɐ jˌuˈɛs bˈɑks"), ("the U.S. box", "ðə jˌuˈɛs bˈɑks"),
        ("NASA box", "nˈæsə bˈɑks"),
        ("the FBI's box", "ði ˌɛfbˌiˈIz bˈɑks"), ("Open, AI. OpenAI", "ˈOpən , ˌAˈI . ˌOpənˌAˈI"),
        // Compounds and signs.
        ("well-known", "wˌɛlnˈOn"), ("e-mail", "ˈimˌAl"), ("twenty-five", "twˈɛntifˌIv"), ("25 %", "tˈu fˈIv pəɹsˈɛnt"),
        ("Mr. Box", "mˈɪstəɹ bˈɑks"),
        // Unknown words are guessed, their endings not.
        ("grobble", "7"), ("Grobble's", "7z"),
    ])
    func isSaid(text: String, phonemes: String) { #expect(said(text) == phonemes) }

    @Test(arguments: [
        ("hello... hello", "həlˈO . həlˈO"), ("hello?! hello", "həlˈO ? həlˈO"), ("(hello) hello", "( həlˈO ) həlˈO"),
        ("hello - hello", "həlˈO — həlˈO"), ("hello\nhello", "həlˈO . həlˈO"), ("2.5", "tˈu fˈIv"),
        ("“hello”", "həlˈO"),
    ])
    func marksAreKeptOnce(text: String, phonemes: String) { #expect(said(text) == phonemes) }

    @Test(arguments: ["", " ", "…", "-- ''' \"", "\u{0}\u{7}", "😀"]) func whatIsNoWordIsNotSaid(text: String) {
        #expect(pronouncer.sounds(of: text[...]).allSatisfy { if case .mark = $0 { true } else { false } })
    }

    @Test func rangesAreThePlacesInTheText() {
        let text = "Hello, Mr. Box - the U.S. well-known 25 %"
        let ranges = pronouncer.sounds(of: text[...], offset: 3).compactMap { sound -> String? in
            guard case .word(_, let range) = sound else { return nil }
            let start = text.index(text.startIndex, offsetBy: range.lowerBound - 3)
            return String(text[start..<text.index(start, offsetBy: range.count)])
        }
        #expect(ranges == ["Hello", "Mr.", "Box", "the", "U.S", "well-known", "25", "%"])
    }

    @Test(arguments: 1...40) func anyTextHasRangesInOrder(seed: UInt64) {
        var generator = Seeded(seed)
        let alphabet = Array("aeiou tshlmn AEFBI.,;:!?…—-'’()[]0123456789%&@#\n\té😀\u{301}日ß/\u{0}\"")
        for _ in 0..<30 {
            let text = String(
                (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                })
            var last = 0
            for case .word(let phonemes, let range) in pronouncer.sounds(of: text[...]) {
                #expect(!phonemes.isEmpty && phonemes != " ")
                #expect(range.lowerBound >= last && range.upperBound <= text.count && !range.isEmpty)
                last = range.upperBound
            }
        }
    }

    // MARK: - Dictionary

    @Test func dictionaryFindsEveryWord() throws {
        let entries = (0..<3000).map { "\"w\($0)\":\"p\($0)\"" }
        let lexicon = try Lexicon(Array("{\(entries.joined(separator: ", "))}".utf8))
        #expect(lexicon.count == 3000)
        for index in 0..<3000 { #expect(lexicon["w\(index)"]?.usual == "p\(index)") }
        for word in ["w", "w3000", "", "w1 ", String(repeating: "w", count: 1000)] { #expect(lexicon[word] == nil) }
    }

    @Test(arguments: ["", "[]", "{\"a\":", "{\"a\":\"b\"", "{\"a\" \"b\"}", "{\"a\":{\"b\":{\"c\":1}", "nonsense"])
    func damagedDictionaryIsRefused(text: String) {
        #expect(throws: (any Error).self) { try Lexicon(Array(text.utf8)) }
    }

    @Test func anEmptyDictionaryHasNothing() throws { #expect(try Lexicon(Array("{}".utf8))["a"] == nil) }

    // MARK: - Scripts

    private static let vocabulary = Dictionary(
        uniqueKeysWithValues: "abcdefghij ,.(—".unicodeScalars.enumerated().map { ($1, Int64($0 + 1)) })

    @Test func scriptsKnowWhereWordsAre() throws {
        let sounds: [Pronouncer.Sound] = [
            .word("ab", range: 0..<2), .mark(","), .word("c?", range: 4..<5), .word("?", range: 6..<7),
        ]
        let script = try #require(
            PhonemeScript.scripts(of: sounds, vocabulary: Self.vocabulary, limit: 100).first)
        #expect(script.ids == [0, 1, 2, 12, 11, 3, 11, 0])
        #expect(script.words == [.init(text: 0..<2, ids: 1..<3), .init(text: 4..<5, ids: 5..<6)])
    }

    @Test func marksAloneAreNoScript() {
        #expect(PhonemeScript.scripts(of: [.mark("."), .mark(",")], vocabulary: Self.vocabulary, limit: 100).isEmpty)
    }

    @Test(arguments: 1...30) func longScriptsAreCutAndLoseNothing(seed: UInt64) {
        var generator = Seeded(seed)
        let sounds = (0..<Int.random(in: 1...200, using: &generator)).map { index in
            Int.random(in: 0..<5, using: &generator) == 0
                ? Pronouncer.Sound.mark([",", ".", "(", "—"].randomElement(using: &generator) ?? ",")
                : .word(
                    String("abcdefghij".prefix(Int.random(in: 1...10, using: &generator))), range: index..<index + 1)
        }
        let limit = Int.random(in: 20...60, using: &generator)
        let scripts = PhonemeScript.scripts(of: sounds, vocabulary: Self.vocabulary, limit: limit)
        #expect(scripts.allSatisfy { $0.ids.first == 0 && $0.ids.last == 0 && $0.ids.count <= limit + 1 })
        let words = sounds.compactMap { if case .word(_, let range) = $0 { range } else { nil } }
        #expect(scripts.flatMap(\.words).map(\.text) == words)
        for script in scripts { #expect(script.words.allSatisfy { $0.ids.upperBound < script.ids.count }) }
    }

    @Test func repeatedNumbersOfTheGuessAreOne() {
        #expect(UnknownWords.collapsed([0, 3, 3, 0, 3, 5, 5, 5, 0, 0]) == [3, 3, 5])
    }
}
