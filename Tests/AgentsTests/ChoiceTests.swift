import Agents
import Testing

struct ChoiceTests {
    static let names = ["Stock", "Stock Planner", "Risk", "Tax Advisor", "股票顾问", "Gold_Agent"]

    static let chosen: [(text: String, name: String)] = [
        ("Stock Planner", "Stock Planner"), ("stock planner.", "Stock Planner"),
        (" **Stock  Planner** \n", "Stock Planner"),
        ("\"Stock\"", "Stock"), ("StockPlanner", "Stock Planner"), ("stock_planner", "Stock Planner"),
        ("`Risk`", "Risk"),
        ("I would choose the Stock Planner for this.", "Stock Planner"), ("- Risk: looks at risks", "Risk"),
        ("Stock Planner, because Stock is not enough", "Stock Planner"), ("{\"agent\": \"Risk\"}", "Risk"),
        ("```json\n{\"agent\": \"stock planner\", \"reason\": \"not Risk\"}\n```", "Stock Planner"),
        ("{\"reason\": \"Risk\", \"agent\": \"Stock\"}", "Stock"), ("<think>Risk? Risk.</think>Stock", "Stock"),
        ("Risk is wrong here</think>Tax Advisor", "Tax Advisor"), ("Not Risk but Tax Advisor", "Tax Advisor"),
        ("Risk\n\nThe Tax Advisor knows less.", "Risk"), ("Agent: Risk", "Risk"), ("我选股票顾问来回答", "股票顾问"),
        ("股票顾问。", "股票顾问"),
        ("gold agent", "Gold_Agent"), ("<|im_start|>assistant\nRisk<|im_end|>Stock", "Risk"),
        ("TAX ADVISOR!", "Tax Advisor"),
        ("{\"agent\": \"unknown\"} Risk", "Risk"), ("Der Tax Advisor soll antworten.", "Tax Advisor"),
    ]

    @Test(arguments: chosen) func findsTheName(text: String, name: String) {
        #expect(Choice.read(text, among: Self.names) == name)
    }

    @Test(
        arguments: [
            "", "Nobody", "Risk or Tax Advisor, both could do it.", "Stockholm", "Risky", "Planner", "<think>Risk", "👍",
            "{\"agent\": \"Nobody\"}", "{\"a\": \"Risk\", \"b\": \"Stock\", \"c\": 1}!",
        ])
    func choosesNone(text: String) { #expect(Choice.read(text, among: Self.names) == nil) }

    @Test func namesThatWordsDoNotTellApartNeedTheirSpelling() {
        let names = ["C Expert", "C++ Expert", ""]
        #expect(Choice.read("C++ Expert", among: names) == "C++ Expert")
        #expect(Choice.read("*C Expert*", among: names) == "C Expert")
        #expect(Choice.read("the c expert", among: names) == nil)
        #expect(Choice.read("Risk", among: []) == nil)
    }
}
