import Doubles
import Testing

struct ScriptTests {
    private func read(_ text: String) throws -> DoublesScript { try DoublesScript.read(json: Array(text.utf8)) }

    @Test func readsEveryKey() throws {
        let script = try read(
            """
            {"seed": 7, "rules": [
              {"wire": "openai.chat", "skip": 1, "times": 2, "text": ["One.", "Two."], "firstMs": 300, "betweenMs": 20,
               "jitterMs": 5, "finalMs": 40, "fault": {"status": 429, "retryAfter": 2}},
              {"text": "Alone.", "fault": "silent"}, {"fault": {"cut": 3}}, {"fault": {"stall": 0}},
              {"fault": {"malformed": 1}}, {"fault": {"lateFinal": 800}}, {"fault": {"status": 500}}]}
            """)
        #expect(
            script
                == DoublesScript(
                    seed: 7,
                    rules: [
                        Rule(
                            wire: .openAIChat, skip: 1, times: 2, text: ["One.", "Two."], firstMs: 300, betweenMs: 20,
                            jitterMs: 5, finalMs: 40, fault: .status(429, retryAfter: 2)),
                        Rule(text: ["Alone."], fault: .silent), Rule(fault: .cut(after: 3)),
                        Rule(fault: .stall(after: 0)), Rule(fault: .malformed(after: 1)), Rule(fault: .lateFinal(800)),
                        Rule(fault: .status(500)),
                    ]))
        #expect(try read("{}") == DoublesScript())
    }

    @Test(arguments: [
        (#"{"rule": []}"#, "rule: there is no such key; there are: rules, seed"),
        (#"{"seed": -1}"#, "seed: must be a whole number from 0"), (#"{"seed": "x"}"#, "seed: must be a whole number"),
        (#"{"rules": {}}"#, "rules: must be a list"), (#"[]"#, "must be a block of keys"),
        (
            #"{"rules": [{}, {"wire": "openai.chats"}]}"#,
            "rules[1].wire: there is no 'openai.chats'; there are: openai.chat, "
        ),
        (#"{"rules": [{"first_ms": 3}]}"#, "rules[0].first_ms: there is no such key; there are: betweenMs, "),
        (#"{"rules": [{"firstMs": -3}]}"#, "rules[0].firstMs: must be a whole number from 0 to 600000"),
        (#"{"rules": [{"firstMs": 0.5}]}"#, "rules[0].firstMs: must be a whole number"),
        (#"{"rules": [{"times": 0}]}"#, "rules[0].times: must be a whole number from 1"),
        (#"{"rules": [{"text": []}]}"#, "rules[0].text: the list is empty"),
        (#"{"rules": [{"text": [1]}]}"#, "rules[0].text[0]: must be text"),
        (#"{"rules": [{"fault": "loud"}]}"#, "rules[0].fault: there is no fault 'loud'; a fault is silent, or one of"),
        (#"{"rules": [{"fault": {}}]}"#, "rules[0].fault: a fault is silent"),
        (#"{"rules": [{"fault": {"cut": 1, "stall": 2}}]}"#, "rules[0].fault: a fault is silent"),
        (#"{"rules": [{"fault": {"cut": 1, "retryAfter": 2}}]}"#, "rules[0].fault: retryAfter goes with status"),
        (#"{"rules": [{"fault": {"status": 200}}]}"#, "rules[0].fault.status: must be a whole number from 400 to 599"),
        (#"{"rules": [{"fault": {"hang": 1}}]}"#, "rules[0].fault.hang: there is no such key"),
        (#"{"rules": [3]}"#, "rules[0]: must be a block of keys"), ("nonsense", ""),
    ])
    func wrongScriptsSayWhere(text: String, message: String) {
        let error = #expect(throws: ScriptError.self) { try read(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "-")")
    }
}
