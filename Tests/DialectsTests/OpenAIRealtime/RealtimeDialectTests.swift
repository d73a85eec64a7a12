import AudioCore
import JSONText
import ProviderKit
import Testing

@testable import Dialects
@testable import Session

/// How a conversation is told to clients of OpenAI's Realtime protocol.
@Suite struct RealtimeDialectTests {
    private func chunk(_ duration: Duration, rate: Int = 16000) -> AudioChunk {
        AudioChunk(samples: [Int16](repeating: 1000, count: duration.samples(at: rate)), sampleRate: rate)
    }

    private func spoken(_ rig: inout RealtimeRig, _ text: String = "Well.") -> [JSON] {
        rig.tell(.responseStarted(ResponseID(1))) + rig.tell(.agentText(rig.source, text))
            + rig.tell(.agentAudio(rig.source, SegmentID(1), chunk(.milliseconds(500))))
    }

    // MARK: - Interruptions

    @Test func aPauseIsACancellationAndWhatGoesOnIsAnotherResponse() throws {
        var rig = RealtimeRig()
        let begun = spoken(&rig)
        #expect(rig.tell(.paused(ResponseID(1), agent: "Desk", heard: "We")).isEmpty)
        let paused = rig.tell(.speechStarted(UtteranceID(1), at: .start))
        #expect(paused.first?.type == "input_audio_buffer.speech_started")
        #expect(paused.first { $0.type == "response.done" }?[path: "response.status"]?.string == "cancelled")
        let resumed = rig.tell(.resumed(ResponseID(1), rig.source, rest: "Well."))
        #expect(resumed.map(\.type).prefix(2) == ["response.created", "response.output_item.added"])
        #expect(resumed.last?["delta"]?.string == "Well.")
        #expect(begun[0][path: "response.id"] != resumed[0][path: "response.id"])
        #expect(rig.tell(.responseDone(ResponseID(1), .completed)).contains { $0.type == "response.done" })
    }

    @Test func anInterruptionIsToldOnce() {
        var rig = RealtimeRig()
        _ = spoken(&rig)
        let told =
            rig.tell(.paused(ResponseID(1), agent: "Desk", heard: ""))
            + rig.tell(.interrupted(ResponseID(1), agent: "Desk", heard: "")) + rig.tell(.audioDone(ResponseID(1)))
            + rig.tell(.responseDone(ResponseID(1), .interrupted)) + rig.pass()
        let done = told.filter { $0.type == "response.done" }
        #expect(done.count == 1)
        #expect(done.first?[path: "response.status_details.reason"]?.string == "turn_detected")
    }

    @Test func whatIsTruncatedIsCountedFromTheBeginningOfTheResponse() {
        var rig = RealtimeRig()
        var items = spoken(&rig).compactMap { $0[path: "item.id"]?.string }
        let other = Attribution(response: ResponseID(1), item: ItemID(2), agent: "Other")
        items += rig.tell(.agentAudio(other, SegmentID(2), chunk(.seconds(1)))).compactMap {
            $0[path: "item.id"]?.string
        }
        let (signals, events) = rig.send(
            #"{"type":"conversation.item.truncate","item_id":"\#(items.last ?? "")","content_index":0,"audio_end_ms":100}"#
        )
        guard case .playbackProgress(let played)? = signals.first else {
            Issue.record("the conversation is not told what was played")
            return
        }
        #expect(played > .milliseconds(590) && played < .milliseconds(610))
        #expect(events.map(\.type) == ["conversation.item.truncated"])
        let tooMuch = rig.problem(
            #"{"type":"conversation.item.truncate","item_id":"\#(items.last ?? "")","audio_end_ms":5000}"#)
        #expect(tooMuch?.subject?.field == "audio_end_ms")
    }

    // MARK: - Orders

    @Test func anOrderedResponseIsThatWhichBeginsNext() {
        var rig = RealtimeRig()
        let (signals, events) = rig.send(#"{"type":"response.create","response":{"metadata":{"a":"b"}}}"#)
        #expect(signals == [.respond(ResponseOrder(RealtimeSession(RealtimePlace(model: "desk")).orders))])
        #expect(events.map(\.type) == ["response.created"])
        #expect(rig.tell(.responseStarted(ResponseID(1))).isEmpty)
        #expect(rig.problem(#"{"type":"response.create"}"#)?.code == "conversation_already_has_active_response")
        let done = rig.tell(.responseDone(ResponseID(1), .failed)).first
        #expect(done?[path: "response.metadata.a"]?.string == "b" && done?[path: "response.status"]?.string == "failed")
    }

    @Test func whatHasNotBegunIsCancelledAtOnce() {
        var rig = RealtimeRig()
        _ = rig.send(#"{"type":"response.create"}"#)
        let (signals, events) = rig.send(#"{"type":"response.cancel"}"#)
        #expect(signals == [.stopResponse])
        #expect(events.first?[path: "response.status_details.reason"]?.string == "client_cancelled")
        #expect(rig.problem(#"{"type":"response.cancel"}"#)?.code == "response_cancel_not_active")
    }

    // MARK: - Calls

    private func called(_ rig: inout RealtimeRig) -> String {
        _ = rig.tell(.responseStarted(ResponseID(1)))
        let told = rig.tell(.toolCalled(rig.source, CallID(1), tool: "rate", arguments: "{}"))
        return told.last?[path: "item.call_id"]?.string ?? ""
    }

    private func output(_ call: String) -> String {
        #"""
        {"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"\#(call)","output":"1.08"}}
        """#
    }

    @Test func aCallEndsAResponseAndItsResultBeginsTheNext() {
        var rig = RealtimeRig()
        let call = called(&rig)
        #expect(rig.tell(.awaitsClient(ResponseID(1))).contains { $0.type == "response.done" })
        #expect(rig.send(output(call)).signals.isEmpty)
        let (signals, events) = rig.send(#"{"type":"response.create"}"#)
        #expect(signals == [.toolOutput(CallID(1), "1.08")])
        #expect(events.map(\.type) == ["response.created"])
        #expect(rig.tell(.agentText(rig.source, "It is 1.08.")).last?["delta"]?.string == "It is 1.08.")
    }

    @Test func aClientThatIsQuickEndsTheFirstResponseItself() {
        var rig = RealtimeRig()
        let call = called(&rig)
        _ = rig.send(output(call))
        let (signals, events) = rig.send(#"{"type":"response.create"}"#)
        #expect(signals == [.toolOutput(CallID(1), "1.08")])
        #expect(events.map(\.type).filter { $0.hasPrefix("response.") } == ["response.done", "response.created"])
    }

    @Test func aResultThatNobodyWaitsForIsToldAllTheSame() {
        var rig = RealtimeRig()
        let call = called(&rig)
        _ = rig.tell(.awaitsClient(ResponseID(1)))
        _ = rig.tell(.responseDone(ResponseID(1), .interrupted))
        #expect(rig.send(output(call)).signals.isEmpty)
        #expect(rig.send(#"{"type":"input_audio_buffer.clear"}"#).signals.first == .toolOutput(CallID(1), "1.08"))
        #expect(rig.problem(output("call_x"))?.subject?.field == "item.call_id")
    }

    // MARK: - The caller

    @Test func anUtteranceBecomesAnItemAndItsWordsFollow() {
        var rig = RealtimeRig()
        _ = rig.send(
            #"{"type":"session.update","session":{"audio":{"input":{"transcription":{"model":"whisper-1"}}}}}"#)
        let second = AudioPosition(samples: 16000)
        let told =
            rig.tell(.speechStarted(UtteranceID(1), at: .start)) + rig.tell(.speechStopped(UtteranceID(1), at: second))
            + rig.tell(.callerTranscript(Transcribed(utterance: UtteranceID(1), text: "Good", isFinal: false)))
            + rig.tell(.callerTranscript(Transcribed(utterance: UtteranceID(1), text: "Could day", isFinal: false)))
            + rig.tell(.callerTranscript(Transcribed(utterance: UtteranceID(1), text: "Good day", isFinal: true)))
        let transcription = "conversation.item.input_audio_transcription"
        #expect(
            told.map(\.type) == [
                "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                "input_audio_buffer.committed",
                "conversation.item.added", "conversation.item.done", "\(transcription).delta", "\(transcription).delta",
                "\(transcription).completed",
            ])
        #expect(told.compactMap { $0["delta"]?.string } == ["Good", " day"])
        #expect(told.last?[path: "usage.seconds"] == .double(1))
        #expect(told[1]["audio_end_ms"] == .int(1000))
    }

    @Test func whatIsClearedIsNoItem() {
        var rig = RealtimeRig()
        _ = rig.tell(.speechStarted(UtteranceID(1), at: .start))
        let (signals, events) = rig.send(#"{"type":"input_audio_buffer.clear"}"#)
        #expect(signals == [.clearAudio] && events.map(\.type) == ["input_audio_buffer.cleared"])
        #expect(rig.tell(.speechStopped(UtteranceID(1), at: .start)).isEmpty)
    }

    @Test func aTurnOfTheClientIsKeptUntilItIsCommitted() {
        var rig = RealtimeRig()
        _ = rig.send(#"{"type":"session.update","session":{"audio":{"input":{"turn_detection":null}}}}"#)
        let append =
            #"{"type":"input_audio_buffer.append","audio":"\#(RealtimeFormat.pcm.base64([Int16](repeating: 9, count: 24000)))"}"#
        #expect(rig.read(.text(append)).inputs.isEmpty)
        let (inputs, replies) = rig.read(.text(#"{"type":"input_audio_buffer.commit"}"#))
        guard inputs.count == 3, case .recording(let samples) = inputs[1] else {
            Issue.record("the turn is not handed over")
            return
        }
        #expect(samples.count == 16000 && inputs[0] == .signal(.startRecording) && inputs[2] == .signal(.stopRecording))
        let committed = RealtimeRig.events(replies)
        #expect(committed.first?.type == "input_audio_buffer.committed")
        // Its utterance is that item, and nothing is told twice.
        #expect(rig.tell(.speechStarted(UtteranceID(1), at: .start)).isEmpty)
        #expect(rig.tell(.speechStopped(UtteranceID(1), at: .start)).isEmpty)
    }

    @Test func aCommittedTurnDoesNotInterruptAnAnswer() {
        var rig = RealtimeRig()
        _ = rig.send(#"{"type":"session.update","session":{"audio":{"input":{"turn_detection":null}}}}"#)
        _ = spoken(&rig)
        let audio = RealtimeFormat.pcm.base64([Int16](repeating: 9, count: 24000))
        _ = rig.send(#"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#)
        #expect(rig.read(.text(#"{"type":"input_audio_buffer.commit"}"#)).inputs.isEmpty)
        _ = rig.tell(.responseDone(ResponseID(1), .completed))
        let (inputs, _) = rig.read(.text(#"{"type":"response.create"}"#))
        #expect(inputs.first == .signal(.startRecording) && inputs.count == 4)
    }

    @Test(arguments: [("audio/pcm", 24000 * 2), ("audio/pcmu", 8000), ("audio/pcma", 8000)])
    func audioHasTheFormatThatTheClientWants(format: String, bytes: Int) {
        var rig = RealtimeRig()
        _ = rig.send(#"{"type":"session.update","session":{"audio":{"output":{"format":{"type":"\#(format)"}}}}}"#)
        _ = rig.tell(.responseStarted(ResponseID(1)))
        let told =
            rig.tell(.agentAudio(rig.source, SegmentID(1), chunk(.seconds(1), rate: 16000)))
            + rig.tell(.responseDone(ResponseID(1), .completed))
        let deltas = told.filter { $0.type == "response.output_audio.delta" }.compactMap { $0["delta"]?.string }
        let sent = deltas.reduce(0) { $0 + $1.utf8.count / 4 * 3 - $1.utf8.count { $0 == UInt8(ascii: "=") } }
        #expect(abs(sent - bytes) < 200)
    }

    // MARK: - Bounds

    @Test func aTurnOfTheClientHasABound() {
        var microphone = RealtimeMicrophone()
        let longest = RealtimeMicrophone.longestTurn.samples(at: AudioPosition.sampleRate)
        let fits = microphone.keep([Int16](repeating: 0, count: longest))
        let fitsMore = microphone.keep([0])
        #expect(fits && !fitsMore)
        #expect(microphone.kept.count == longest)
    }

    @Test func theOldestItemsAreForgotten() {
        var conversation = RealtimeConversation()
        for number in 0...RealtimeConversation.mostItems {
            conversation.append(RealtimeItem(id: "i\(number)", content: .system("")))
        }
        #expect(conversation.items.count == RealtimeConversation.mostItems && conversation["i0"] == nil)
    }

    @Test func messagesHaveABound() {
        var rig = RealtimeRig()
        let long = String(repeating: "x", count: RealtimeRequest.largestRest)
        #expect(
            rig.problem(#"{"type":"session.update","session":{"instructions":"\#(long)"}}"#)?.code
                == "message_too_large")
        _ = rig.send("{}")
        let (inputs, _) = rig.read(.oversized)
        #expect(
            inputs.contains {
                if case .signal(.malformed(let problem)) = $0 { problem.code == "message_too_large" } else { false }
            })
    }

    @Test func whatComesTooLateIsNoMistake() {
        var rig = RealtimeRig()
        let (signals, _) = rig.send(#"{"type":"response.cancel"}"#)
        guard case .refused(let problem)? = signals.first else {
            Issue.record("it counts as a mistake")
            return
        }
        let error = rig.tell(.warning(problem)).first
        #expect(error?[path: "error.code"]?.string == "response_cancel_not_active")
        // What is nobody's mistake is no error: some clients end with one.
        #expect(rig.tell(.warning(.notInterruptible)).isEmpty)
    }
}
