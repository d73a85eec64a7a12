import AudioCore
import Foundation
import Testing

@testable import Dialects
@testable import Session

/// What the voice client of AI Refinery is told, and what its messages mean then.
struct RefineryVoiceTests {
    /// A dialect and the conversation's side of it, by messages in short: `text.delta Stock: Buy`.
    private struct Talk {
        var dialect = RefineryVoiceDialect(RefineryProject(executors: ["Count"], apology: "Sorry."))
        var now: Duration = .zero

        init() { _ = write(.created(Samples.session())) }

        static func short(_ frames: [Frame]) -> [String] {
            frames.map { frame in
                guard case .text(let text) = frame,
                    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                else { return "\(frame)" }
                guard let type = object["type"] as? String else { return object["status"] as? String ?? text }
                let words = (object["content"] ?? object["audio"]) as? String
                let role = object["role"] as? String
                let said = words.map { " \(role ?? ""): \($0)" } ?? ""
                return type.replacing("response.", with: "") + said
            }
        }

        mutating func write(_ event: ConversationEvent) -> [String] { Self.short(dialect.write(event, now: now)) }

        mutating func read(_ text: String) -> (inputs: [ClientInput], replies: [String]) {
            let (inputs, replies) = dialect.read(.text(text), now: now)
            return (inputs, Self.short(replies))
        }
    }

    private let one = ResponseID(1)
    private let stock = Attribution(response: ResponseID(1), item: ItemID(1), agent: "Stock")
    private let currency = Attribution(response: ResponseID(1), item: ItemID(2), agent: "Currency")
    private let chunk = AudioChunk(samples: [1], sampleRate: 16000)

    @Test func thereIsOneDeltaForEachAgentBeforeItsSound() {
        var talk = Talk()
        #expect(talk.write(.responseStarted(one)) == ["created"])
        #expect(talk.write(.agentText(stock, "Buy. ")) == [])
        #expect(
            talk.write(.agentAudio(stock, SegmentID(1), chunk)) == [
                "text.delta Stock: Buy. ", "audio.delta Stock: AQA=",
            ])
        #expect(talk.write(.agentText(stock, "Sell.")) == [])
        #expect(talk.write(.agentAudio(stock, SegmentID(2), chunk)) == ["audio.delta Stock: AQA="])
        #expect(talk.write(.agentTextDone(stock, "Buy. Sell.")) == ["text.done Stock: Buy. Sell."])
        #expect(talk.write(.agentText(currency, "Wait.")) == [])
        #expect(
            talk.write(.agentTextDone(currency, "Wait.")) == [
                "text.delta Currency: Wait.", "text.done Currency: Wait.",
            ],
            "who does not speak is shown")
        #expect(talk.write(.audioDone(one)) == ["audio.done"])
        #expect(talk.write(.responseDone(one, .completed)) == ["done"])
    }

    @Test func anAnswerThatGoesOnIsAnotherOne() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.agentText(stock, "Buy. Sell."))
        _ = talk.write(.agentAudio(stock, SegmentID(1), chunk))
        #expect(talk.write(.paused(one, agent: "Stock", heard: "Buy.")) == ["interrupted"])
        #expect(talk.read(#"{"type": "response.cancel"}"#).inputs.isEmpty, "the stock client always answers so")
        #expect(talk.write(.resumed(one, stock, rest: "Sell.")) == ["done", "created"])
        #expect(
            talk.write(.agentAudio(stock, SegmentID(1), chunk))
                == ["text.delta Stock: Sell.", "audio.delta Stock: AQA="])
    }

    @Test func anInterruptedAnswerEndsWithItsCancelOrSoonAfter() {
        for cancels in [true, false] {
            var talk = Talk()
            _ = talk.write(.responseStarted(one))
            #expect(talk.write(.interrupted(one, agent: "Stock", heard: "")) == ["interrupted"])
            #expect(talk.write(.responseDone(one, .interrupted)) == [])
            if cancels {
                #expect(talk.read(#"{"type": "response.cancel"}"#).replies == ["done"])
            } else {
                talk.now = talk.dialect.wake ?? .zero
                #expect(talk.now == .milliseconds(250))
                #expect(Talk.short(talk.dialect.time(talk.now)) == ["done"])
            }
        }
    }

    @Test func aCancelIsAnOrderAndAudioInFlightIsNoMistake() {
        var talk = Talk()
        #expect(talk.read(#"{"type": "response.cancel"}"#).inputs == [.signal(.cancelResponse)])
        #expect(talk.read(#"{"type": "input_audio_buffer.append", "audio": "AQA="}"#).inputs == [.audio([1])])
        #expect(talk.read(#"{"type": "session.update"}"#).inputs == [.signal(.update(SessionUpdate()))])
        #expect(talk.write(.warning(.notWhileAnswering)) == [])
        #expect(talk.write(.warning(.turnTooLong)) == ["warning assistant: \(BadInput.turnTooLong.message)"])
    }

    @Test func nothingOfOursIsTold() {
        var talk = Talk()
        let known: Set = [
            "session.created", "response.audio_transcript.delta", "response.audio_transcript.done", "response.created",
            "response.text.delta", "response.text.done", "response.audio.delta", "response.audio.done",
            "response.interrupted", "response.done", "PING", "error", "warning",
        ]
        for event in Samples.events {
            for frame in talk.dialect.write(event, now: .zero) {
                guard case .text(let text) = frame,
                    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                else { continue }
                #expect((object["type"] as? String).map(known.contains) ?? (object["status"] != nil), "\(text)")
                for field in ["role", "content", "status", "kwargs"] { #expect(!(object[field] is NSNull)) }
            }
        }
    }

    @Test func aVoiceClientMayAskInWriting() {
        var talk = Talk()
        let query = #"{"request_type": "query", "request_args": {"query": "Hello"}}"#
        #expect(talk.read(query).inputs == [.signal(.text("Hello"))])
        _ = talk.write(.responseStarted(one))
        #expect(talk.write(.responseDone(one, .completed)) == ["done", "complete"])
        let call = ConversationEvent.toolCalled(stock, CallID(3), tool: "book", arguments: "{}")
        #expect(talk.write(call) == ["wait"])
        let answer =
            #"{"request_type": "executor", "request_id": "call_123456789012_3", "request_args": {"content": "7"}}"#
        #expect(talk.read(answer).inputs == [.signal(.toolOutput(CallID(3), "7"))])
    }
}
