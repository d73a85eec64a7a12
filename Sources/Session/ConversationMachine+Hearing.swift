import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking

/// The caller's speech: where utterances begin and end, and what they become.
extension ConversationMachine {
    mutating func speechStarted(onset: Int) -> [Action] {
        // While an answer is open, speech is a turn only once it interrupts.
        if case .open = answering { return [] }
        return beginUtterance(onset: onset)
    }

    mutating func beginUtterance(onset: Int) -> [Action] {
        guard case .none = capture else { return [] }
        let id = nextUtterance
        nextUtterance += 1
        capture = .speaking(id)
        speechBegan = onset
        return [.beginRecognition(id, from: max(0, onset - project.audio.endpointing.prefixPadding.samples(at: 16000)))]
    }

    mutating func speechStopped(end: Int, now: Duration) -> [Action] {
        if capture == .unrecognized {
            capture = .none
            return answerIfComplete(now: now)
        }
        guard case .speaking(let id) = capture else { return [] }
        capture = .none
        awaited.append(id)
        let since = Duration.samples(max(position - end, 0), at: 16000) + (now - lastAudio)
        marks = TurnTimings.Marks(speechEnd: now - since, turnEnd: now, transcript: now)
        return [.endRecognition(id)]
    }

    mutating func endSpeech(now: Duration) -> [Action] {
        if case .speechStopped(let end) = hearing.stopSpeech() { return speechStopped(end: end, now: now) }
        return speechStopped(end: position, now: now)
    }

    mutating func clear() -> [Action] {
        _ = hearing.stopSpeech()
        guard case .speaking(let id) = capture else { return [] }
        capture = .none
        return dropSuspended() + [.cancelRecognition(id)] + answerIfComplete(now: lastAudio)
    }

    mutating func bargeIn(_ trigger: BargeInGate.Trigger, now: Duration) -> [Action] {
        let onset = min(trigger.onset, hearing.endpointer.onset ?? trigger.onset)
        return interrupt(mayBeFalse: true, now: now) + beginUtterance(onset: onset)
    }

    mutating func typed(_ text: String, now: Duration) -> [Action] {
        var actions: [Action] = []
        if case .open = answering { actions += interrupt(mayBeFalse: false, now: now) }
        marks = TurnTimings.Marks(speechEnd: now, turnEnd: now, transcript: now)
        words.append(text)
        actions.append(.send(.callerTranscript(Transcribed(text: text, isFinal: true))))
        return actions + answerIfComplete(now: now)
    }

    mutating func transcribed(_ id: UtteranceID, _ transcript: Transcript, now: Duration) -> [Action] {
        guard capture == .speaking(id) || awaited.contains(id) else { return [] }
        let event = ConversationEvent.callerTranscript(Transcribed(text: transcript.text, isFinal: transcript.isFinal))
        guard transcript.isFinal else { return [.send(event)] }
        _ = forget(id)
        marks?.transcript = now
        if !transcript.text.isEmpty { words.append(transcript.text) }
        return [.send(event)] + answerIfComplete(now: now)
    }

    /// The recogniser cannot tell what was said. That is no sign that nothing was: an answer that was interrupted does
    /// not go on, and what the caller is still saying is waited for.
    mutating func recognitionFailed(_ id: UtteranceID, _ code: ProviderError.Code, now: Duration) -> [Action] {
        let speaks = capture == .speaking(id)
        guard forget(id) else { return [] }
        if speaks { capture = .unrecognized }
        let problem = BadInput(
            code: "recognition_failed", message: "what was said could not be transcribed (\(code)); please type it")
        return [.send(.warning(problem))] + dropSuspended() + answerIfComplete(now: now)
    }

    /// Takes an utterance out of those that are awaited or being spoken.
    mutating func forget(_ id: UtteranceID) -> Bool {
        if capture == .speaking(id) {
            capture = .none
            return true
        }
        guard let index = awaited.firstIndex(of: id) else { return false }
        awaited.remove(at: index)
        return true
    }
}
