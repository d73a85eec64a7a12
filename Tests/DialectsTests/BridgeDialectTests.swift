import Foundation
import Testing

@testable import Dialects
@testable import Session

/// The etiquette of bridge clients: what they are told, when, and what their messages mean then.
struct BridgeDialectTests {
    /// A dialect and the conversation's side of it, by messages in short: `created`, `done interrupted`.
    private struct Talk {
        var dialect = BridgeDialect()
        var now: Duration = .zero

        init() { _ = write(.created(Samples.session())) }

        static func short(_ frames: [Frame]) -> [String] {
            frames.compactMap { frame in
                guard case .text(let text) = frame,
                    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                    let type = object["type"] as? String
                else { return "\(frame)" }
                let id = (object["response_id"] as? String)?.split(separator: "_").last
                let words = [object["status"] as? String, id.map(String.init)].compactMap(\.self)
                return ([type.replacing("response.", with: "")] + words).joined(separator: " ")
            }
        }

        mutating func write(_ event: ConversationEvent) -> [String] { Self.short(dialect.write(event, now: now)) }

        /// Time passes; the dialect is woken when it wants to.
        mutating func pass(_ duration: Duration) -> [String] {
            let end = now + duration
            var told: [String] = []
            while let wake = dialect.wake, wake <= end {
                now = wake
                let more = Self.short(dialect.time(now))
                if more.isEmpty { break }
                told += more
            }
            now = end
            return told
        }

        /// What a message means, and what it is answered.
        mutating func read(_ text: String) -> (inputs: [ClientInput], replies: [String]) {
            let (inputs, replies) = dialect.read(.text(text), now: now)
            return (inputs, Self.short(replies))
        }

        mutating func cancel(_ response: String? = nil) -> (inputs: [ClientInput], replies: [String]) {
            let name = response.map { #", "response_id": "resp_123456789012_\#($0)""# } ?? ""
            return read(#"{"type": "response.cancel"\#(name)}"#)
        }
    }

    private let one = ResponseID(1)
    private let cancelled: [ClientInput] = [.signal(.cancelResponse)]

    // MARK: - Interruptions

    @Test func theEndOfTheCallComesLastAndClosesNormally() {
        var talk = Talk()
        _ = talk.write(.responseStarted(ResponseID(1)))
        _ = talk.write(.interrupted(ResponseID(1), agent: nil, heard: ""))
        #expect(talk.write(.responseDone(ResponseID(1), .interrupted)) == [])
        let close = Frame.close(code: 1000, reason: "longest_call")
        #expect(talk.write(.ended(.longestCall)) == ["done interrupted 1", "session.ended", "\(close)"])
    }

    @Test func theEndWaitsForTheClientsCancel() {
        var talk = Talk()
        #expect(talk.write(.responseStarted(one)) == ["created 1"])
        #expect(talk.write(.interrupted(one, agent: nil, heard: "")) == ["interrupted 1"])
        #expect(talk.write(.responseDone(one, .interrupted)) == [])
        #expect(talk.pass(.milliseconds(100)) == [])
        let (inputs, replies) = talk.cancel()
        #expect(inputs.isEmpty && replies == ["done interrupted 1"], "its cancel is the answer, and no order")
        #expect(talk.pass(.seconds(1)) == [], "told once")
    }

    @Test func withoutACancelTheEndComesByItself() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.interrupted(one, agent: nil, heard: ""))
        _ = talk.write(.responseDone(one, .interrupted))
        #expect(talk.pass(.milliseconds(249)) == [])
        #expect(talk.pass(.milliseconds(1)) == ["done interrupted 1"])
    }

    @Test func theEndComesBeforeTheNextResponse() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.interrupted(one, agent: nil, heard: ""))
        _ = talk.write(.responseDone(one, .interrupted))
        #expect(talk.write(.responseStarted(ResponseID(2))) == ["done interrupted 1", "created 2"])
        #expect(talk.pass(.seconds(1)) == [])
    }

    @Test func aLateCancelDoesNotMeetTheNextResponse() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.interrupted(one, agent: nil, heard: ""))
        _ = talk.write(.responseDone(one, .interrupted))
        _ = talk.write(.responseStarted(ResponseID(2)))
        _ = talk.pass(.milliseconds(400))
        #expect(talk.cancel().inputs.isEmpty, "the answer to the interruption")
        #expect(talk.cancel().inputs == cancelled, "a second one is meant")
    }

    @Test func aCancelAfterASecondIsMeant() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.interrupted(one, agent: nil, heard: ""))
        _ = talk.write(.responseDone(one, .interrupted))
        _ = talk.write(.responseStarted(ResponseID(2)))
        _ = talk.pass(.milliseconds(1001))
        #expect(talk.cancel().inputs == cancelled)
    }

    @Test func aCancelThatNamesItsResponseMeansThatOne() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.interrupted(one, agent: nil, heard: ""))
        _ = talk.write(.responseDone(one, .interrupted))
        #expect(talk.cancel("1").replies == ["done interrupted 1"])
        _ = talk.write(.responseStarted(ResponseID(2)))
        #expect(talk.cancel("1").inputs.isEmpty, "another response is none of it")
        #expect(talk.cancel("2").inputs == cancelled, "within the second, because it is named")
    }

    @Test func withNothingOpenACancelIsPassedOn() {
        var talk = Talk()
        #expect(talk.cancel().inputs == cancelled)
        #expect(talk.cancel("9").inputs.isEmpty)
    }

    // MARK: - Pauses

    /// A client that knows no pauses sees an interruption, and an answer that goes on as a new response.
    @Test func aPauseThatResumesIsAnotherResponse() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        #expect(talk.write(.paused(one, agent: "Stock", heard: "wor")) == ["interrupted 1"])
        #expect(talk.cancel().inputs.isEmpty, "the answer may still go on")
        #expect(
            talk.write(.resumed(one, Samples.source, rest: "words")) == [
                "done interrupted 1", "created 1r1", "text.delta 1r1",
            ])
        #expect(talk.write(.agentText(Samples.source, "more")) == ["text.delta 1r1"])
        #expect(talk.cancel("1").inputs.isEmpty, "that name is over")
        #expect(talk.cancel("1r1").inputs == cancelled)
        _ = talk.write(.paused(one, agent: "Stock", heard: "wor"))
        #expect(talk.write(.resumed(one, nil, rest: "")) == ["done interrupted 1r1", "created 1r2"])
        #expect(talk.write(.audioDone(one)) == ["audio.done 1r2"])
        #expect(talk.write(.responseDone(one, .completed)) == ["done completed 1r2"])
        #expect(talk.write(.responseStarted(ResponseID(2))) == ["created 2"])
    }

    /// When a pause turns out to be an interruption, the client knows already.
    @Test func aPauseThatInterruptsIsToldOnce() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.paused(one, agent: "Stock", heard: "wor"))
        #expect(talk.write(.interrupted(one, agent: "Stock", heard: "wor")) == [])
        #expect(talk.write(.responseDone(one, .interrupted)) == [])
        #expect(talk.cancel().replies == ["done interrupted 1"])
    }

    /// The client's cancel may have come while it was not known yet.
    @Test func whoHasConfirmedIsNotWaitedFor() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.paused(one, agent: "Stock", heard: "wor"))
        #expect(talk.cancel().inputs.isEmpty)
        _ = talk.write(.interrupted(one, agent: "Stock", heard: "wor"))
        #expect(talk.write(.responseDone(one, .interrupted)) == ["done interrupted 1"])
        #expect(talk.dialect.wake == nil)
    }

    /// A second press of stop during a pause is meant.
    @Test func aSecondCancelDuringAPauseIsMeant() {
        var talk = Talk()
        _ = talk.write(.responseStarted(one))
        _ = talk.write(.paused(one, agent: "Stock", heard: "wor"))
        #expect(talk.cancel().inputs.isEmpty)
        #expect(talk.cancel().inputs == cancelled)
        #expect(talk.write(.audioDone(one)) == ["audio.done 1"])
        #expect(talk.write(.responseDone(one, .cancelled)) == ["done cancelled 1"])
    }

    @Test func aClientMayAskForPauses() {
        var talk = Talk()
        let (inputs, _) = talk.read(#"{"type": "session.update", "pauses": true}"#)
        var update = SessionUpdate()
        update.knowsPauses = true
        #expect(inputs == [.signal(.update(update))])
        let settings = SettingsReport(vad: nil, reportsFrames: false, knowsPauses: true)
        #expect(talk.write(.settings(settings)) == ["session.updated"], "in force from here on")
        _ = talk.write(.responseStarted(one))
        #expect(talk.write(.paused(one, agent: "Stock", heard: "")) == ["paused 1"])
        #expect(talk.write(.resumed(one, Samples.source, rest: "words")) == ["resumed 1"])
        #expect(talk.write(.paused(one, agent: "Stock", heard: "")) == ["paused 1"])
        #expect(talk.cancel().inputs == cancelled, "to whoever knows pauses, stop is stop")
        #expect(talk.write(.interrupted(one, agent: "Stock", heard: "")) == ["interrupted 1"])
    }

    // MARK: - The rest

    @Test func recordingIsEchoed() {
        var talk = Talk()
        let (started, echo) = talk.read(#"{"command": "start_recording"}"#)
        #expect(started == [.signal(.startRecording)] && echo == ["recording_started"])
        let (stopped, other) = talk.read(#"{"command": "stop_recording"}"#)
        #expect(stopped == [.signal(.stopRecording)] && other == ["recording_stopped"])
    }

    @Test func badMessagesAreNumbered() {
        var talk = Talk()
        _ = talk.read(#"{"type": "PONG"}"#)
        let (inputs, _) = talk.read(#"{"type": "input_text", "event_id": "mine"}"#)
        guard case .signal(.malformed(let problem))? = inputs.first else {
            Issue.record("it was understood")
            return
        }
        #expect(problem.subject?.number == 2 && problem.subject?.type == "input_text")
        #expect(problem.subject?.eventID == "mine")
    }

    @Test func aFailureClosesTheConnection() {
        var talk = Talk()
        let frames = talk.dialect.write(
            .failure(BadInput(code: "too_many_errors", message: ""), closeCode: 1008), now: .zero)
        #expect(frames.last == .close(code: 1008, reason: "too_many_errors"))
    }
}
