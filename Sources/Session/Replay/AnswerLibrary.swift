import AudioCore
import ProjectModel
import ProviderKit

/// What each engine answered in a recording, found by what it was asked and not by number.
///
/// A question that was asked more than once is answered in the recorded order; then with the last answer again.
struct AnswerLibrary: Sendable {
    /// What stands where nobody knows the words.
    static let unknownWords = "(unknown)"
    /// How long unknown speech lasts: so long a character.
    static let characterLength: Duration = .milliseconds(60)

    /// What language models were asked, what they answered, and how often that was used.
    private var writings: [(models: ModelChain, request: GenerationRequest, answer: RecordedAnswer, uses: Int)] = []
    private var dialogues: [(agent: String, words: String, answer: RecordedAnswer, uses: Int)] = []
    private var syntheses: [(speech: Speech, answer: RecordedAnswer, uses: Int)] = []
    private var calls: [(invocation: ToolInvocation, answer: RecordedAnswer, uses: Int)] = []
    private var recognitions: RecognitionMemory
    private let memory: RecalledLibrary

    /// What the engines answered in `run`.
    init(learnedFrom run: ConversationRun) {
        var learner = AnswerLearner()
        for step in run.steps { learner.learn(step) }
        recognitions = RecognitionMemory(run)
        memory = RecalledLibrary(run)
        for (request, answer) in learner.finish(at: run.end) {
            switch request {
            case .write(_, let models, let request): writings.append((models, request, answer, 0))
            case .converse(_, _, let dialogue, let turn): dialogues.append((dialogue.agent, turn.words, answer, 0))
            case .call(_, let invocation, _, _): calls.append((invocation, answer, 0))
            case .synthesize(_, let speech, _): syntheses.append((speech, answer, 0))
            default: break
            }
        }
    }

    // MARK: - Answers

    /// What the memory of the caller answers.
    func recalled(_ recall: Recall) -> Recalled { memory.answer(recall) }

    /// What a language model writes: to the same prompt, else for the same agent and task and words of the caller.
    mutating func writing(_ models: ModelChain, _ request: GenerationRequest) -> RecordedAnswer {
        let same = writings.indices.filter {
            let known = writings[$0].request
            return writings[$0].models == models && known.messages == request.messages && known.form == request.form
        }
        let (brief, uses) = (request.brief, writings.map(\.uses))
        let similar = { [writings] in
            writings.indices.filter {
                let known = writings[$0].request.brief
                return known.task == brief.task && known.agentName == brief.agentName
                    && known.callerWords == brief.callerWords
            }
        }
        let found = Self.pick(same, uses: uses) ?? Self.pick(similar(), uses: uses)
        guard let found else {
            var answer = RecordedAnswer()
            let delay = Self.usual(writings.compactMap(\.answer.firstDelay)) ?? .milliseconds(500)
            answer.guess([.text(Self.unknownWords), .textDone], after: delay)
            return answer
        }
        writings[found].uses += 1
        return Self.completeText(writings[found].answer)
    }

    /// What a tool says to those arguments, else to others. A call that was not recorded fails: nothing is called anew.
    mutating func calling(_ invocation: ToolInvocation) -> RecordedAnswer {
        let (uses, known) = (calls.map(\.uses), calls.map(\.invocation))
        let same = calls.indices.filter { known[$0] == invocation }
        let similar = calls.indices.filter { known[$0].tool == invocation.tool }
        guard let found = Self.pick(same, uses: uses) ?? Self.pick(similar, uses: uses), calls[found].answer.known > 0
        else {
            var answer = RecordedAnswer()
            answer.guess(
                [.toolDone(.failed(.unavailable, Self.unknownWords))],
                after: Self.usual(calls.compactMap(\.answer.firstDelay)) ?? .milliseconds(200))
            return answer
        }
        calls[found].uses += 1
        return calls[found].answer
    }

    /// What a speech-to-speech model says to those words.
    mutating func conversing(agent: String, words: String, rate: Int) -> RecordedAnswer {
        let same = dialogues.indices.filter { dialogues[$0].agent == agent && dialogues[$0].words == words }
        let unknownAudio: [RecordedAnswer.Content] = [
            .audio(samples: Self.samples(of: Self.unknownWords, rate: rate)), .audioDone,
        ]
        guard let found = Self.pick(same, uses: dialogues.map(\.uses)) else {
            var answer = RecordedAnswer()
            let delay = Self.usual(dialogues.compactMap(\.answer.firstDelay)) ?? .milliseconds(800)
            answer.guess([.text(Self.unknownWords)] + unknownAudio + [.textDone], after: delay)
            return answer
        }
        dialogues[found].uses += 1
        let answer = dialogues[found].answer
        if answer.hasEndedText { return answer }
        var completed = answer
        let audio = answer.hasEndedAudio ? [] : unknownAudio
        completed.guess([.text(" " + Self.unknownWords)] + audio + [.textDone], after: Self.afterCut(answer))
        return completed
    }

    /// How a text sounds: in the same voice, else in any.
    mutating func synthesis(_ speech: Speech) -> RecordedAnswer {
        let uses = syntheses.map(\.uses)
        let same = syntheses.indices.filter { syntheses[$0].speech == speech }
        let similar = syntheses.indices.filter {
            syntheses[$0].speech.text == speech.text && syntheses[$0].speech.voice.sampleRate == speech.voice.sampleRate
        }
        let length = Self.samples(of: speech.text, rate: speech.voice.sampleRate)
        guard let found = Self.pick(same, uses: uses) ?? Self.pick(similar, uses: uses) else {
            var answer = RecordedAnswer()
            let delay = Self.usual(syntheses.compactMap(\.answer.firstDelay)) ?? .milliseconds(200)
            answer.guess(length > 0 ? [.audio(samples: length), .audioDone] : [.audioDone], after: delay)
            return answer
        }
        syntheses[found].uses += 1
        var answer = syntheses[found].answer
        if answer.hasEndedAudio { return answer }
        let had = answer.pieces.reduce(0) { if case .audio(let samples) = $1.content { $0 + samples } else { $0 } }
        answer.guess(
            length > had ? [.audio(samples: length - had), .audioDone] : [.audioDone], after: Self.afterCut(answer))
        return answer
    }

    /// What was understood; see `RecognitionMemory`.
    func interims(in span: Range<AudioPosition>, now: Duration) -> [RecognitionMemory.Interim] {
        recognitions.interims(in: span, now: now)
    }

    /// What is answered at a pause; see `RecognitionMemory`.
    func settled(from start: AudioPosition, pausedAt place: AudioPosition) -> (text: String, delay: Duration)? {
        recognitions.settled(from: start, pausedAt: place)
    }

    /// What a judge finds at that place in the caller's audio; nil when it was not asked there.
    func judgement(at place: AudioPosition) -> (probability: Double, delay: Duration)? {
        recognitions.judgement(at: place)
    }

    /// What was understood of that span of the caller's audio.
    mutating func recognition(_ span: Range<AudioPosition>, silence: Duration) -> RecognitionMemory.Answer {
        recognitions.answer(span, silence: silence)
    }

    /// How the recognition failed that began there, if it did while the caller spoke.
    func earlyFailure(from position: AudioPosition) -> (code: ProviderError.Code, delay: Duration)? {
        recognitions.earlyFailure(from: position)
    }

    // MARK: - Helpers

    /// The first of them that is not used up; else the last.
    private static func pick(_ found: [Int], uses: [Int]) -> Int? { found.first { uses[$0] == 0 } ?? found.last }

    private static func completeText(_ answer: RecordedAnswer) -> RecordedAnswer {
        if answer.hasEndedText { return answer }
        var completed = answer
        completed.guess([.text(" " + unknownWords), .textDone], after: afterCut(answer))
        return completed
    }

    /// Nothing came before the recorded answer was cut; what is guessed comes behind.
    private static func afterCut(_ answer: RecordedAnswer) -> Duration {
        max(answer.cutAt ?? .zero, answer.pieces.last?.delay ?? .zero) + .milliseconds(1)
    }

    private static func samples(of text: String, rate: Int) -> Int {
        (characterLength * text.count).samples(at: rate)
    }

    /// The median; nil of nothing.
    static func usual(_ delays: [Duration]) -> Duration? { delays.isEmpty ? nil : delays.sorted()[delays.count / 2] }
}
