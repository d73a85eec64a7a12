/// What the caller wants, in words that can be said back to them.
struct Topic: Equatable {
    /// What they want to do, beginning with the verb: `protect your investments against currency risk`.
    var action: String?
    /// What it is about: `your investments`, `currency risk`. At most three.
    var subjects: [String]

    /// Reads the caller's words.
    init(_ callerWords: String) {
        let words = Words.read(callerWords)
        let sentences = Words.sentences(words)
        let wish = sentences.lazy.compactMap(Self.wish).first
        action = wish.map { Words.phrase($0, limit: Self.longestAction) }
        var subjects = wish.map { NounPhrases.find(in: $0, firstIsVerb: true) } ?? []
        if subjects.isEmpty { subjects = NounPhrases.find(in: Self.turned(words), ignoring: Self.ignored) }
        self.subjects = Array(subjects.prefix(3))
    }

    /// An action is cut here, in words.
    private static let longestAction = 10

    private static let ignored: Set<String> = ["plan", "question", "idea", "ideas", "problem", "advice"]

    /// `To protect your investments` or `For your investments and currency risk`; nil when nothing was understood.
    var aim: String? {
        if let action { return "To \(action)" }
        return subjects.isEmpty ? nil : "For \(Words.list(subjects))"
    }

    /// One of the subjects, chosen by `number`.
    func subject(_ number: Int) -> String {
        subjects.isEmpty ? "your request" : subjects[number % subjects.count]
    }

    /// What leads to a verb. Longer ones first where one begins another.
    private static let leads: [String: [[String]]] = Dictionary(
        grouping: [
            "what can i do to", "what is the best way to", "what's the best way to", "i would like you to",
            "i would like to", "i'd like you to", "i'd like to", "i want you to", "i want to", "i need you to",
            "i need to",
            "i have to", "i am trying to", "i'm trying to", "i plan to", "how can i", "how could i", "how should i",
            "how would i", "how might i", "how do i", "how can we", "how could we", "how should we", "how do we",
            "how can you", "how to", "what should i", "what can i", "what could i", "should i", "can i", "could i",
            "may i",
            "can you", "could you", "would you", "will you", "we want to", "we need to", "we would like to",
            "help me to",
            "help me", "help us to", "help us", "best way to", "a way to", "ways to", "please", "let's",
        ].map { $0.split(separator: " ").map(String.init) }, by: { $0[0] })

    /// What may stand between such a lead and the verb, or leads to a thing instead.
    private static let fillers: Set<String> = [
        "please", "just", "also", "maybe", "then", "best", "really", "help", "to",
    ]

    /// The words from the verb on, turned towards the caller; nil when the sentence has no such form.
    private static func wish(in sentence: [Word]) -> [Word]? {
        var start = 0
        while start < sentence.count {
            defer { start += 1 }
            guard var index = end(ofLeadAt: start, in: sentence) ?? (start == 0 ? imperative(sentence) : nil)
            else { continue }
            // "can you please help me to": one lead after another.
            while index < sentence.count {
                if let next = end(ofLeadAt: index, in: sentence) {
                    index = next
                } else if fillers.contains(sentence[index].lower) {
                    index += 1
                } else {
                    break
                }
            }
            start = max(start, index - 1)
            let rest = Array(sentence[index...].prefix { !stops.contains($0.lower) })
            guard let verb = rest.first, verb.isContent || Vocabulary.plainVerbs.contains(verb.lower),
                rest.count > 1 || Vocabulary.verbs.contains(verb.lower)
            else { continue }
            var turnedRest = turned(rest)
            turnedRest[0].text = turnedRest[0].text.loweredFirst
            return Words.phrase(turnedRest, limit: longestAction).isEmpty ? nil : turnedRest
        }
        return nil
    }

    private static func end(ofLeadAt start: Int, in sentence: [Word]) -> Int? {
        let lead = leads[sentence[start].lower]?.first { lead in
            sentence[start...].prefix(lead.count).elementsEqual(lead) { $0.lower == $1 }
        }
        return lead.map { start + $0.count }
    }

    /// 0 when the sentence begins with a verb: `plan a trip to Rome`.
    private static func imperative(_ sentence: [Word]) -> Int? {
        sentence.count > 1 && Vocabulary.verbs.contains(sentence[0].lower) ? 0 : nil
    }

    /// Where what is wanted ends and the talk around it begins.
    private static let stops: Set<String> = [
        "please", "thanks", "thank", "because", "but", "since", "bye", "okay", "ok",
    ]

    /// The same words as they are said to the one who said them.
    static func turned(_ words: [Word]) -> [Word] {
        var result: [Word] = []
        for word in words {
            var turned = word
            if let other = persons[word.lower] {
                turned.text = other
            } else if word.lower == "am" || word.lower == "was", result.last?.lower == "you" {
                turned.text = word.lower == "am" ? "are" : "were"
            }
            turned.lower = turned.text.lowercased()
            if turned.lower != result.last?.lower { result.append(turned) }
        }
        return result
    }

    private static let persons = [
        "i": "you", "i'm": "you're", "i'd": "you'd", "i'll": "you'll", "i've": "you've", "me": "you", "my": "your",
        "mine": "yours", "myself": "yourself", "we": "you", "we're": "you're", "we'd": "you'd", "we'll": "you'll",
        "we've": "you've", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves",
    ]
}
