import AudioCore
import ProviderKit
import TurnTaking

/// What speaks for the end of the caller's turn, besides silence.
enum EndOfTurnEvidence: Equatable, Sendable {
    /// A judge has said how likely it is, of one pause.
    case judge(UtteranceID, pause: Int, probability: Double)
    /// The recognizer's own word, as it stands.
    case recognizer
}

/// What the caller says, where that is awaited: pauses, ends and words of utterances.
extension Turn {
    // MARK: - Pauses

    /// The turn may be over: the words so far are settled now, so that nothing is waited for when it is.
    mutating func pauseSpeaking(_ step: inout Step) {
        var asked: (id: UtteranceID, number: Int)?
        changeCallerTurn { asked = $0.pauseSpeaking() }
        if let asked { step.ask(.pauseRecognition(asked.id, pause: asked.number)) }
    }

    /// The caller goes on after a pause.
    mutating func resumeSpeaking(_ step: inout Step) {
        var id: UtteranceID?
        changeCallerTurn { id = $0.resumeSpeaking() }
        if let id { step.ask(.resumeRecognition(id)) }
    }

    /// The pause goes on: the judge is asked, if there is one.
    func askJudge(_ settings: EndpointingConfiguration, _ step: inout Step) {
        guard let judge = settings.endOfTurn?.judge, let pause = callerTurn?.pause else { return }
        step.ask(.judgeEndOfTurn(pause.id, pause: pause.number, by: judge))
    }

    /// Whether the pause that goes on is to be taken for the end. What is said of another pause means nothing, and where there
    /// is a judge, the recognizer does not count.
    func isEnd(_ evidence: EndOfTurnEvidence, _ settings: EndpointingConfiguration) -> Bool {
        guard let policy = settings.endOfTurn, let pause = callerTurn?.pause else { return false }
        switch evidence {
        case .judge(let id, let number, let probability):
            return id == pause.id && number == pause.number && probability > EndOfTurnPolicy.likely
        case .recognizer: return policy.judge == nil && pause.isSaidToEnd
        }
    }

    // MARK: - Ends

    /// The caller stops speaking.
    mutating func stopSpeaking(at end: AudioPosition, marks: TurnTimings.Marks, _ step: inout Step) {
        guard callerTurn?.isSpeaking == true else { return }
        var ended: (id: UtteranceID, isRecognized: Bool)?
        var shown: [Transcribed] = []
        changeCallerTurn { turn in
            ended = turn.stop(marks: marks)
            shown = turn.takeShowable()
        }
        if let ended {
            step.tell(.speechStopped(ended.id, at: end))
            if ended.isRecognized { step.ask(.endRecognition(ended.id)) }
        }
        step.show(shown)
    }

    /// The client wants the utterance forgotten that is being spoken, or nobody listens any more.
    mutating func forgetSpeaking(at end: AudioPosition, _ step: inout Step) {
        var forgotten: UtteranceID?
        changeCallerTurn { forgotten = $0.forgetSpeaking() }
        guard let forgotten else { return }
        step.tell(.speechStopped(forgotten, at: end))
        step.ask(.cancelRecognition(forgotten))
    }

    // MARK: - Words

    /// The caller types.
    mutating func type(_ text: String, _ step: inout Step) {
        var shown: [Transcribed] = []
        changeCallerTurn { turn in
            if turn.type(text) { turn.typed(now: step.now) }
            shown = turn.takeShowable()
        }
        step.ask(.relay(text))
        step.show(shown)
    }

    /// Words of an utterance came.
    mutating func transcribe(_ id: UtteranceID, _ transcript: Transcript, _ step: inout Step) {
        var isOurs = false
        var shown: [Transcribed] = []
        var showsInterim = false
        changeCallerTurn { turn in
            isOurs = turn.transcribe(id, transcript, now: step.now)
            shown = turn.takeShowable()
            showsInterim = !transcript.isFinal && turn.mayShowInterim(of: id)
        }
        guard isOurs else { return }
        if showsInterim {
            step.tell(
                .callerTranscript(
                    Transcribed(
                        utterance: id, text: transcript.text, isFinal: false, confidence: transcript.confidence)))
        }
        step.show(shown)
    }

    /// The recognizer cannot tell what was said. That is no sign that nothing was.
    mutating func loseRecognition(_ id: UtteranceID, _ code: ProviderError.Code, _ step: inout Step) {
        var isOurs = false
        var shown: [Transcribed] = []
        changeCallerTurn { turn in
            isOurs = turn.lose(id)
            shown = turn.takeShowable()
        }
        guard isOurs else { return }
        step.tell(.warning(.notTranscribed(code)))
        step.show(shown)
    }
}
