import ProviderKit
import TestSupport

/// Briefs of many projects, and briefs that nobody would write.
enum Corpus {
    static let agents: [(name: String, description: String)] = [
        ("Stock Planner", "Create a detailed plan to hedge losses against stock price variance."),
        ("Currency Planner", "Create a plan to hedge losses against currency price variance."),
        (
            "Risk Assessment Planner",
            "Analyze portfolio risk metrics, volatility, correlation analysis, and stress testing scenarios."
        ),
        ("Front Desk", "You are a friendly hospital receptionist who books appointments and answers questions."),
        ("Triage Nurse", "Helps patients decide how urgent their symptoms are and who should see them."),
        ("Trip Planner", "Plans trips: flights, hotels and day tours, within the user's budget."),
        ("Chef", "An expert in Italian cooking and menus for large families"),
        ("Sous Chef", "Responsible for ingredients, timing and the kitchen's stock."),
        ("Alice", ""), ("Tutor", "Your task is to teach languages to adults.\n- be patient\n- be short"),
        ("SRE", "DevOps agent that deploys software & watches servers (24/7)."),
        ("Ünal", "Beratung für Währungsrisiken"),
    ]

    static let questions = [
        "how can i protect my investments against currency risk",
        "How can I protect my investments against currency risk?", "hello um what about stocks",
        "Can you please help me to plan a trip to Rome for two days with my kids?", "my flight was cancelled",
        "I need to see a doctor because my knee hurts", "what should i cook tonight for six people", "yes", "", "  ",
        "should I sell my shares before I am retired", "tell me about the opening hours of the clinic",
        "We want to learn Spanish in three months, but we have no time. Thanks!", "¿cómo puedo proteger mis ahorros?",
        "如何保护我的投资?", "please", "how do i know when i was last seen by you", "I", "the the the",
        "\"'`<script>alert(1)</script>\n\n\t\u{0} ${x} {s} {f}", "plan",
    ]

    static let goals: [String?] = [
        nil, "", "Generate investment recommendations.", "a happy patient",
        "Save time, money, and nerves for everybody.",
    ]

    /// A brief put together at random.
    static func brief(using generator: inout Seeded, parents: Range<Int> = 0..<4) -> Brief {
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[.random(in: elements.indices, using: &generator)]
        }
        let agent = pick(agents)
        let words = Bool.random(using: &generator) ? pick(questions) : noise(using: &generator)
        let answers = (0..<Int.random(in: parents, using: &generator)).map { _ in
            Brief.Answer(agent: pick(agents).name, text: pick(questions) + " " + noise(using: &generator))
        }
        return Brief(
            task: .plan, agentName: agent.name, agentDescription: agent.description, goal: pick(goals),
            callerWords: words, parents: answers)
    }

    /// Words, marks and odd characters in any order.
    static func noise(using generator: inout Seeded) -> String {
        let parts = [
            "money", "the", "I", "my", "plan", "to", "how can i", "hedge", ",", ".", "...", "?!", "\"", "“", "(", ")",
            "-",
            "--", "'", "\n", "\t", "  ", "3.5", "100%", "$5", "é", "e\u{301}", "👩‍👩‍👧", "A&B", "don’t", "and", "and",
            "risk",
            "risk", "because", "please", "{s}", "a", "of", "flights", "{f}", "https://a.example/b?c=d", "#", "*bold*",
        ]
        return (0..<Int.random(in: 0..<40, using: &generator))
            .map { _ in parts[.random(in: parts.indices, using: &generator)] }.joined(separator: " ")
    }
}
