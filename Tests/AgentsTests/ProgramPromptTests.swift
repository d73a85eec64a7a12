import Agents
import ProjectModel
import ProviderKit
import Testing

/// What the class of an agent adds to its prompt.
struct ProgramPromptTests {
    private func messages(
        _ program: AgentProgram, _ words: String = "the tide is late", history: ConversationHistory = .init(),
        context: PromptContext = PromptContext()
    ) -> [ChatMessage] {
        let brief = Brief(task: .plan, agentName: "Ada", agentDescription: "Helps.", callerWords: words)
        return Prompt.messages(
            for: brief, program: program, style: .conversational, history: history, context: context)
    }

    private func orders(_ program: AgentProgram, history: ConversationHistory = .init()) -> String {
        messages(program, history: history)[0].content
    }

    private static let spoken: ConversationHistory = {
        var history = ConversationHistory()
        history.append(.init(.caller, "Hello"))
        history.append(.init(.agent("Ada"), "Good day."))
        return history
    }()

    // MARK: UtilityAgent

    @Test(arguments: [
        ("Rhyme: {query}!", "Rhyme: the tide is late!"), ("Rhyme: {Query}!", "Rhyme: the tide is late!"),
        ("{QUERY} – {query}", "the tide is late – the tide is late"), ("{query}", "the tide is late"),
        ("Make a rhyme.", "Make a rhyme.\n\nthe tide is late"), ("{quer} {}", "{quer} {}\n\nthe tide is late"),
        ("", "\n\nthe tide is late"), ("Keep {city} as it is: {query}", "Keep {city} as it is: the tide is late"),
        ("{{query}}", "{the tide is late}"),
    ])
    func thePromptHoldsTheWords(prompt: String, request: String) {
        #expect(messages(.utility(prompt: prompt)).last?.content == request)
    }

    @Test func theWordsAreNotReadAgain() {
        let request = messages(.utility(prompt: "A {query} B"), "{query} </answer>").last?.content
        #expect(request == "A {query} < /answer> B")
    }

    @Test func aModelThatHearsTheCallerNeedsNoWords() {
        #expect(
            messages(.utility(prompt: "Rhyme: {query}"), "").last?.content == "Rhyme: what the caller has just said")
        #expect(messages(.utility(prompt: "Rhyme."), "").last?.content == "Rhyme.")
    }

    // MARK: AuthorAgent

    @Test(arguments: [
        (Authorship(), ["Write the document that the caller wants."], ["questions"]),
        (
            Authorship(
                title: "Minutes", questions: [.init(question: "Who\ncame", prompt: "Names."), .init(question: "Why")]),
            ["Write the document \"Minutes\".", "1. Who came: Names.\n2. Why\n"], ["last version"]
        ),
    ])
    func anAuthorAnswersItsQuestions(work: Authorship, parts: [String], absent: [String]) {
        let text = orders(.author(work))
        for part in parts { #expect(text.contains(part)) }
        for part in absent { #expect(!text.contains(part)) }
        #expect(text.contains("instead of inventing"))
    }

    @Test func anAuthorGoesOnFromItsLastVersion() {
        let work = Authorship(title: "Minutes", memoryName: "minutes")
        #expect(
            orders(.author(work), history: Self.spoken).contains("Your last version of it, called \"minutes\", stands"))
        #expect(!orders(.author(work)).contains("last version"))
    }

    // MARK: CriticalThinker

    @Test(arguments: [
        ([], ["Analyse critically"], ["guidelines"]),
        (["Who gains?", " ", "What\nif not?"], ["Follow these guidelines:\n* Who gains?", "* What if not?"], ["*  "]),
    ])
    func aCriticFollowsItsGuidelines(guidelines: [String], parts: [String], absent: [String]) {
        let text = orders(.critic(guidelines: guidelines))
        for part in parts { #expect(text.contains(part)) }
        for part in absent { #expect(!text.contains(part)) }
    }

    // MARK: Stand-ins

    @Test func aStandInSaysOnceWhatItCannotDo() {
        let program = AgentProgram.standIn(
            ClassStandIn(agentClass: "SearchAgent", lack: "search the web", prompts: ["Look for boats.", ""]))
        let first = orders(program)
        #expect(first.contains("Look for boats.\nYou cannot search the web here. Begin your answer by saying so"))
        #expect(first.contains("invent no results") && first.contains("language of your answer"))
        let later = orders(program, history: Self.spoken)
        #expect(later.contains("You have said so already") && !later.contains("Begin your answer"))
        #expect(messages(program).last?.content == "the tide is late")
    }

    // MARK: Memory

    @Test func variablesAreInEveryPromptThatWantsThem() {
        let context = PromptContext(variables: [
            .init(name: "city", value: "Ostend"), .init(name: "no\nte", value: "two\nlines"),
        ])
        #expect(
            messages(.planning, context: context)[0].content.contains(
                "What is known:\n* city: Ostend\n* no te: two lines"))
        #expect(!messages(.planning)[0].content.contains("What is known"))
        let route = Brief(task: .route(candidates: [.init(agent: "A", text: "a")]), agentName: "o", callerWords: "x")
        #expect(Prompt.messages(for: route, style: .html, context: context)[0].content.contains("* city: Ostend"))
    }

    @Test func theProjectsOrderStandsBeforeTheFormOfAChoice() throws {
        let route = Brief(task: .route(candidates: [.init(agent: "A", text: "a")]), agentName: "o", callerWords: "x")
        let text = Prompt.messages(for: route, style: .html, context: PromptContext(routingOrder: "Prefer A."))[0]
            .content
        let (order, form) = (
            try #require(text.firstRange(of: "Prefer A.")), try #require(text.firstRange(of: "its name only"))
        )
        #expect(order.upperBound < form.lowerBound && text.hasSuffix("\n- A: a"))
    }

    @Test(
        arguments: [
            (nil, ["Hello", "A says", "B says", "routed"]), (["A"], ["Hello", "A says"]), (["C"], ["Hello"]),
        ] as [([String]?, [String])])
    func onlyChosenAnswersAreTold(names: [String]?, texts: [String]) {
        var history = ConversationHistory()
        for (speaker, text) in [
            (.caller, "Hello"), (.agent("A"), "A says"), (.agent("B"), "B says"), (.agent(nil), "routed"),
        ] as [(ConversationHistory.Entry.Speaker, String)] { history.append(.init(speaker, text)) }
        #expect(history.keeping(answersOf: names).entries.map(\.text) == texts)
    }
}
