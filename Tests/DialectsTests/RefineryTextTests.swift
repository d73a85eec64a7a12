import Foundation
import TestSupport
import Testing

@testable import Dialects
@testable import Session

/// What the text client of AI Refinery is told, and what its messages mean then.
struct RefineryTextTests {
    /// A dialect and the conversation's side of it, by messages in short: `Stock: words`, `complete`.
    private struct Talk {
        var dialect = RefineryTextDialect(RefineryProject(executors: ["Count"], apology: "Sorry."))

        init() { _ = write(.created(Samples.session())) }

        static func short(_ frames: [Frame]) -> [String] {
            frames.map { frame in
                guard case .text(let text) = frame,
                    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                else { return "\(frame)" }
                if let type = object["type"] as? String { return type }
                guard let status = object["status"] as? String, let role = object["role"] as? String else {
                    return text
                }
                switch status {
                case "": return "\(role): \(object["content"] ?? "")"
                case "wait":
                    let arguments = (object["kwargs"] as? [String: Any] ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
                    return "\(role) waits for \(object["request_id"] ?? ""): \(arguments.joined(separator: " "))"
                default: return status
                }
            }
        }

        mutating func write(_ event: ConversationEvent) -> [String] { Self.short(dialect.write(event, now: .zero)) }

        mutating func read(_ text: String) -> [ClientInput] { dialect.read(.text(text), now: .zero).inputs }

        mutating func query(_ words: String) -> [ClientInput] {
            read(#"{"request_type": "query", "request_args": {"query": "\#(words)"}}"#)
        }

        mutating func answer(_ id: String, _ content: String) -> [ClientInput] {
            read(#"{"request_type": "executor", "request_id": "\#(id)", "request_args": {"content": \#(content)}}"#)
        }
    }

    private let one = ResponseID(1)
    private let two = ResponseID(2)

    private func source(_ agent: String, in response: ResponseID) -> Attribution {
        Attribution(response: response, item: ItemID(1), agent: agent)
    }

    // MARK: - Requests and their ends

    @Test func eachRequestEndsOnce() {
        var talk = Talk()
        #expect(talk.query("Hello") == [.signal(.text("Hello"))])
        #expect(talk.write(.responseStarted(one)) == [])
        #expect(talk.write(.agentText(source("Stock", in: one), "Buy")) == [])
        #expect(talk.write(.agentTextDone(source("Stock", in: one), "Buy.")) == ["Stock: Buy."])
        #expect(talk.write(.responseDone(one, .completed)) == ["complete"])
        #expect(talk.write(.heartbeat) == ["PING"])
    }

    @Test func nothingIsToldBetweenTwoRequests() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        for _ in 0..<5 {
            #expect(talk.write(.agentTextDone(source("orchestrator", in: one), "Good morning.")) == [])
        }
        _ = talk.query("Hello")
        #expect(talk.write(.responseDone(one, .interrupted)) == [], "the greeting's end is not the answer's")
        let greeting = "orchestrator: Good morning."
        #expect(
            talk.write(.responseStarted(two)) == [greeting, greeting, greeting, greeting], "it comes with the answer")
        #expect(talk.write(.agentTextDone(source("Stock", in: two), "Buy.")) == ["Stock: Buy."])
        #expect(talk.write(.responseDone(two, .completed)) == ["complete"])
        let three = ResponseID(3)
        _ = talk.write(.responseStarted(three))
        #expect(talk.write(.agentFiller(source("orchestrator", in: three), "Are you there?")) == [])
        #expect(talk.write(.responseDone(three, .completed)) == [])
        _ = talk.query("Yes")
        #expect(talk.write(.responseStarted(ResponseID(4))) == [])
    }

    @Test func aRequestThatInterruptsAnotherEndsAfterIt() {
        var talk = Talk()
        _ = talk.query("Hello")
        _ = talk.write(.responseStarted(one))
        _ = talk.query("Wait")
        #expect(talk.write(.responseDone(one, .interrupted)) == ["complete"])
        _ = talk.write(.responseStarted(two))
        #expect(talk.write(.responseDone(two, .failed)) == ["assistant: Sorry.", "complete"])
    }

    @Test func asidesAreToldWhereThereIsNoAnswer() {
        var talk = Talk()
        _ = talk.query("Hello")
        _ = talk.write(.responseStarted(one))
        #expect(talk.write(.agentFiller(source("Stock", in: one), "I cannot.")) == [])
        #expect(talk.write(.responseDone(one, .failed)) == ["Stock: I cannot.", "complete"])
    }

    @Test func whatCannotBeUsedEndsItsRequest() {
        var talk = Talk()
        guard case .signal(.malformed(let problem))? = talk.query("  ").first else { return #expect(Bool(false)) }
        #expect(problem.code == "empty_text" && problem.subject?.number == 1 && problem.subject?.type == "query")
        #expect(talk.write(.warning(problem)) == ["warning", "complete"])
        _ = talk.query("Words that are too many for one turn")
        #expect(talk.write(.warning(.turnTooLong)) == ["warning", "complete"])
        guard case .signal(.malformed)? = talk.read("nonsense").first else { return #expect(Bool(false)) }
        #expect(talk.write(.warning(problem)) == ["warning"], "nobody waits for an end")
    }

    @Test func theEndOfTheCallEndsItsRequests() {
        var talk = Talk()
        _ = talk.query("Hello")
        let close = Frame.close(code: 1008, reason: "Connection timeout (nobody said anything)")
        #expect(talk.write(.ended(.idle)) == ["complete", "\(close)"])
    }

    // MARK: - Functions and people

    @Test func functionsAreCalledAsTheClientExpects() {
        var talk = Talk()
        _ = talk.query("Hello")
        _ = talk.write(.responseStarted(one))
        let call = ConversationEvent.toolCalled(
            source("Desk", in: one), CallID(3), tool: "book",
            arguments: #"{"day": 1, "func": 2, "request_id": 3, "self": 4, "__executor__": "other"}"#)
        let id = "call_123456789012_3"
        #expect(talk.write(call) == ["Desk waits for \(id): __executor__=book day=1"])
        #expect(talk.answer(id, #""booked""#) == [.signal(.toolOutput(CallID(3), "booked"))])
        #expect(talk.answer(id, "null") == [.signal(.toolOutput(CallID(3), "null"))])
        #expect(talk.answer(id, #"[{"result": "a"}]"#) == [.signal(.toolOutput(CallID(3), #"[{"result":"a"}]"#))])
    }

    @Test func whoIsAnExecutorGetsTheKeysOfTheFile() {
        var talk = Talk()
        let call = ConversationEvent.toolCalled(
            source("Count", in: one), CallID(3), tool: "Count",
            arguments: #"{"query": "how many", "config": {"shelf": 7, "query": "other", "func": 1}}"#)
        let told = talk.write(call).joined()
        #expect(told.contains("query=how many shelf=7") && !told.contains("func=1 "))
        #expect(!told.contains("__executor__"))
    }

    @Test func aQuestionIsAskedWithinItsRequest() {
        var talk = Talk()
        _ = talk.query("Hello")
        _ = talk.write(.responseStarted(one))
        #expect(talk.write(.agentTextDone(source("Ask", in: one), "Is that so?")) == ["Ask: Is that so?"])
        _ = talk.write(.agentAsked(one, agent: "Ask", patience: .seconds(9)))
        let id = "ask_resp_123456789012_1"
        #expect(talk.write(.responseDone(one, .completed)) == ["Ask waits for \(id): query=Is that so?"])
        #expect(talk.answer(id, "null") == [.signal(.ignored)], "the project says how long it waits")
        #expect(talk.answer(id, #""Yes""#) == [.signal(.text("Yes"))])
        _ = talk.write(.responseStarted(two))
        #expect(talk.write(.agentTextDone(source("Buy", in: two), "Done.")) == ["Buy: Done."])
        #expect(talk.write(.responseDone(two, .completed)) == ["complete"])
        guard case .signal(.malformed(let problem))? = talk.answer(id, #""Late""#).first else {
            return #expect(Bool(false))
        }
        #expect(problem.code == "unknown_call")
    }

    // MARK: - Memory

    @Test func theMemoryIsAskedAndAnswersInTheClientsForm() throws {
        var talk = Talk()
        func ask(_ kind: String, _ arguments: String) -> [ClientInput] {
            talk.read(#"{"request_type": "memory/\#(kind)", "request_args": {\#(arguments)}}"#)
        }
        let changes = try MemoryChanges(["city": "Sydney", "age": nil, "list": "[1]"])
        #expect(
            ask("add", #""source": "env_variable", "variables_dict": {"city": "Sydney", "age": null, "list": [1]}"#)
                == [.signal(.memory(.add(changes)))])
        let report = MemoryReport(
            isKept: true, variables: [.init(name: "city", value: "Sydney")],
            history: [
                .init(agent: nil, text: "Hello", wasInterrupted: false),
                .init(agent: "Stock", text: "Buy.", wasInterrupted: true),
            ])
        #expect(talk.write(.memory(report)) == ["complete"])
        #expect(
            ask("retrieve", #""source": "chat_history", "n_rounds": 3, "max_context": 32000, "format": "str""#)
                == [.signal(.memory(.retrieve(rounds: 3)))])
        #expect(talk.write(.memory(report)) == ["memory: user: Hello\nStock: Buy.", "complete"])
        _ = ask("retrieve", #""source": "chat_history", "n_rounds": 0, "max_context": 12, "format": "json_string""#)
        #expect(talk.write(.memory(report)) == [#"memory: [{"role":"Stock","content":"Buy."}]"#, "complete"])
        #expect(ask("retrieve", #""source": "env_variable""#) == [.signal(.memory(.retrieve(rounds: 0)))])
        #expect(talk.write(.memory(report)) == ["memory: city: Sydney", "complete"])
        #expect(ask("reset", "") == [.signal(.memory(.reset(.all)))])
        #expect(talk.write(.warning(BadInput(code: "memory_busy", message: ""))) == ["warning", "complete"])
        guard case .signal(.malformed(let problem))? = ask("add", #""variables_dict": 5"#).first else {
            return #expect(Bool(false))
        }
        #expect(talk.write(.warning(problem)) == ["warning", "complete"])
    }

    @Test func whatAFunctionChangesIsKnownBeforeItsAnswer() throws {
        var talk = Talk()
        let inputs = talk.read(
            #"{"request_type": "executor", "request_id": "call_123456789012_3", "request_args": {"content": "7", "#
                + #""memory_updates": {"env_variable": {"shelf": 7}}}}"#)
        let changes = try MemoryChanges(["shelf": "7"])
        #expect(inputs == [.signal(.memory(.add(changes))), .signal(.toolOutput(CallID(3), "7"))])
        #expect(talk.write(.memory(MemoryReport(isKept: false, variables: [], history: []))) == [])
    }

    // MARK: - Requests

    @Test(arguments: [
        ("", "malformed_json"), ("[]", "not_an_object"), ("{", "malformed_json"), ("{}", "missing_type"),
        (#"{"request_type": "dance"}"#, "unknown_type"), (#"{"request_type": "query"}"#, "missing_field"),
        (#"{"request_type": "query", "request_args": null}"#, "missing_field"),
        (#"{"request_type": "query", "request_args": {"query": 5}}"#, "missing_field"),
        (#"{"request_type": "query", "request_args": {"query": "a", "image": "!"}}"#, "invalid_image"),
        (#"{"request_type": "query", "request_args": {"query": "a", "image": "data:x"}}"#, "invalid_image"),
        (#"{"request_type": "executor", "request_args": {}}"#, "missing_field"),
        (String(repeating: "[", count: 5000), "malformed_json"),
    ])
    func badRequestsSayWhatIsWrong(text: String, code: String) throws {
        do {
            _ = try RefineryRequest.read(.text(text))
            Issue.record("taken")
        } catch {
            #expect(error.problem.code == code)
            #expect(!error.problem.message.contains("dance"), "nothing is repeated")
        }
    }

    @Test func mutatedRequestsAreTakenOrRefused() {
        let seeds = [
            #"{"account":"","request_type":"query","project":"p","uuid":"u","request_args":{"query":"Hello","image":null}}"#,
            #"{"request_type":"executor","role":"A","request_id":"call_a_1","request_args":{"content":["x",{"y":1}]}}"#,
            #"{"request_type":"memory/retrieve","request_args":{"source":"chat_history","n_rounds":0,"format":"str"}}"#,
            #"{"type":"PONG"}"#, #"{"type":"input_audio_buffer.append","audio":"AAAA"}"#,
        ].map { Array($0.utf8) }
        var random = Seeded(1)
        var (text, voice) = (Talk().dialect, RefineryVoiceDialect(RefineryProject(apology: "")))
        for round in 0..<4000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int(random.next() % 4) + 1 {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place...].prefix(Int(random.next() % 9)), at: place)
                default: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            // It is enough that each comes to something: one meaning or one complaint.
            #expect(text.read(.binary(bytes), now: .zero).inputs.count <= 2)
            #expect(voice.read(.binary(bytes), now: .zero).inputs.count <= 2)
        }
    }
}
