import ProviderKit
import TestSupport
import Testing

@testable import Vendors

/// The decisions, without a network.
@Suite struct RealtimeDialogueTests {
    private func sent(_ steps: [RealtimeDialogue.Step]) -> [RealtimeMessage.Kind] {
        steps.compactMap { if case .send(let message) = $0 { message.kind } else { nil } }
    }

    @Test func asksForOneAnswerAtATime() {
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        #expect(sent(dialogue.receive(.respond(1))) == [.respond])
        #expect(sent(dialogue.receive(.respond(2))) == [])
        #expect(dialogue.receive(.responseCreated("a")) == [])
        let steps = dialogue.receive(.responseDone("a", .completed, nil))
        #expect(steps.first == .end(1, .complete(nil)))
        #expect(sent(steps) == [.respond])
    }

    @Test func cancelWaitsForTheName() {
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        _ = dialogue.receive(.respond(1))
        #expect(sent(dialogue.receive(.cancel(1, heard: .zero))) == [])
        #expect(sent(dialogue.receive(.respond(2))) == [])
        #expect(dialogue.receive(.responseCreated("a")) == [.send(.cancel(response: "a"))])
        #expect(dialogue.receive(.audio(response: "a", item: "i", [1, 2])) == [])
        #expect(sent(dialogue.receive(.responseDone("a", .cancelled, nil))) == [.respond])
    }

    @Test func truncatesAtWhatWasHeard() {
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        _ = dialogue.receive(.respond(1))
        _ = dialogue.receive(.responseCreated("a"))
        _ = dialogue.receive(.audio(response: "a", item: "i", [Int16](repeating: 1, count: 24000)))
        #expect(
            dialogue.receive(.cancel(1, heard: .milliseconds(300)))
                == [.send(.cancel(response: "a")), .send(.truncate(item: "i", milliseconds: 300))])
        #expect(dialogue.receive(.cancel(1, heard: .milliseconds(300))) == [])
    }

    /// Errors about what was only tidying up do not reach anybody.
    @Test func harmlessErrors() {
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        _ = dialogue.receive(.respond(1))
        _ = dialogue.receive(.responseCreated("a"))
        _ = dialogue.receive(.cancel(1, heard: .zero))
        _ = dialogue.receive(.respond(2))
        let steps = dialogue.receive(
            .failure(.init(code: "response_cancel_not_active", type: "invalid_request_error", eventID: "cancel_4")))
        #expect(sent(steps) == [.respond])
        #expect(dialogue.receive(.failure(.init(code: "x", eventID: "truncate_5"))) == [])
    }

    @Test func errorsOfTheAnswer() {
        var dialogue = RealtimeDialogue(truncates: false, rate: 24000)
        _ = dialogue.receive(.respond(1))
        let failure = RealtimeEvent.Failure(code: "x")
        #expect(dialogue.receive(.failure(failure)) == [.end(1, .failed(failure))])
        #expect(dialogue.receive(.failure(failure)) == [.fail(failure)])
    }

    @Test func transcriptsFindTheirUtterance() {
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        #expect(dialogue.receive(.endUtterance(0)) == [])
        _ = dialogue.receive(.audio([1]))
        #expect(sent(dialogue.receive(.endUtterance(5))) == [.commit])
        _ = dialogue.receive(.audio([1]))
        #expect(sent(dialogue.receive(.endUtterance(6))) == [.commit])
        _ = dialogue.receive(.committed(item: "a"))
        _ = dialogue.receive(.committed(item: "b"))
        #expect(dialogue.receive(.callerTranscript(item: "b", "two")) == [.emit(.callerTranscript(6, "two"))])
        #expect(dialogue.receive(.callerTranscript(item: "a", "one")) == [.emit(.callerTranscript(5, "one"))])
        #expect(dialogue.receive(.callerTranscript(item: "a", "one")) == [])
    }

    /// Whatever callers and a well-behaved server do: one response at a time is asked for, nothing of a cancelled answer
    /// comes out, and every other answer ends once.
    @Test(arguments: 0..<200 as Range<UInt64>) func laws(seed: UInt64) {
        var random = Seeded(seed)
        var dialogue = RealtimeDialogue(truncates: true, rate: 24000)
        var active: String?
        var asked: [String] = []
        var created = 0
        var cancelled: Set<Int> = []
        var ended: [Int: Int] = [:]
        var wanted: Set<Int> = []
        var cancelsOwed = 0
        func check(_ steps: [RealtimeDialogue.Step]) {
            for step in steps {
                switch step {
                case .send(.respond(let number, _)):
                    #expect(active == nil && asked.isEmpty)
                    asked.append("r\(number)")
                case .send(.cancel(let id)):
                    #expect(id == active)
                    cancelsOwed += 1
                case .audio(let number, _), .emit(.text(let number, _)): #expect(!cancelled.contains(number))
                case .end(let number, _):
                    #expect(!cancelled.contains(number))
                    ended[number, default: 0] += 1
                default: break
                }
            }
        }
        func serve() {
            if active == nil, !asked.isEmpty {
                active = asked.removeFirst()
                created += 1
                check(dialogue.receive(.responseCreated(active ?? "")))
            } else if let id = active {
                if cancelsOwed > 0 || Bool.random(using: &random) {
                    active = nil
                    let outcome: RealtimeEvent.Outcome = cancelsOwed > 0 ? .cancelled : .completed
                    cancelsOwed = 0
                    check(dialogue.receive(.responseDone(id, outcome, nil)))
                } else {
                    check(dialogue.receive(.audio(response: id, item: "i" + id, [1, 2, 3])))
                    check(dialogue.receive(.text(response: id, "word")))
                }
            }
        }
        for number in 0..<30 {
            if Bool.random(using: &random) {
                wanted.insert(number)
                check(dialogue.receive(.respond(number)))
            }
            if Int.random(in: 0..<3, using: &random) == 0, let victim = wanted.randomElement(using: &random) {
                if ended[victim] == nil { cancelled.insert(victim) }
                check(dialogue.receive(.cancel(victim, heard: .milliseconds(10))))
            }
            for _ in 0..<Int.random(in: 0..<4, using: &random) { serve() }
        }
        for _ in 0..<500 { serve() }
        #expect(active == nil && asked.isEmpty)
        for number in wanted { #expect(ended[number, default: 0] == (cancelled.contains(number) ? 0 : 1)) }
    }

    @Test func urls() {
        #expect(
            realtimeURL("https://api.openai.com/v1", model: "gpt-realtime")
                == "wss://api.openai.com/v1/realtime?model=gpt-realtime")
        #expect(realtimeURL("http://127.0.0.1:8/v1/", model: "a b/c") == "ws://127.0.0.1:8/v1/realtime?model=a%20b%2Fc")
        #expect(realtimeURL("wss://host/api-ws/v1/realtime", model: "m") == "wss://host/api-ws/v1/realtime?model=m")
    }
}
