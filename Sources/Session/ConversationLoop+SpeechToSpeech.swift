import Agents
import AudioCore
import ProjectModel
import ProviderKit
import Synchronization

/// The speech-to-speech models of one conversation, by agent.
struct Interlocutors {
    /// Agents whose models hear the caller while he speaks, since it is certain that they will answer. Others are told the
    /// words when their turn comes: to hear is not free.
    let listeners: [Speaker]
    private var byAgent: [String: Interlocutor] = [:]
    private(set) var count = 0

    init(_ project: Project) {
        let candidates = project.orchestrator.agentNames
        let isCertain = !project.orchestrator.routes || candidates.count == 1
        guard isCertain, let name = candidates.first else {
            listeners = []
            return
        }
        let speakers = project.speakers(of: project.plan(running: name)).values.filter { $0.speechToSpeech != nil }
        listeners = speakers.sorted { $0.agent < $1.agent }
    }

    /// The conversation with that agent's model, if it is open.
    subscript(agent: String) -> Interlocutor? { byAgent[agent].flatMap { $0.isOver ? nil : $0 } }

    /// A new conversation in the place of the one before.
    mutating func open(_ agent: String) -> Interlocutor {
        count += 1
        let interlocutor = Interlocutor()
        byAgent[agent] = interlocutor
        return interlocutor
    }
}

extension ConversationLoop {
    /// Lets the models that hear the caller while he speaks hear an utterance from its beginning; those whose conversation
    /// is not open begin one.
    mutating func beginListening(_ samples: [Int16]) {
        for speaker in interlocutors.listeners { interlocutor(of: speaker)?.beginUtterance(samples) }
    }

    /// Tells something to those models whose conversation is open. It opens none: a server that is not there would be
    /// asked again with each piece of the caller's audio.
    func listen(_ tell: (Interlocutor) -> Void) {
        for speaker in interlocutors.listeners {
            if let interlocutor = interlocutors[speaker.agent] { tell(interlocutor) }
        }
    }

    /// The conversation with the speaker's model, opened if it is not; nil when there is no such model.
    private mutating func interlocutor(of speaker: Speaker) -> Interlocutor? {
        if let open = interlocutors[speaker.agent] { return open }
        guard let own = speaker.speechToSpeech, let model = conversation.engines.speechToSpeech(own.model) else {
            return nil
        }
        let brief = Brief(
            task: .plan, agentName: speaker.agent, agentDescription: speaker.description, goal: speaker.goal,
            callerWords: "")
        let chat = Prompt.messages(for: brief, style: .conversational, history: machine.history)
        let request = SpeechToSpeechRequest(
            instructions: chat.first?.content ?? "",
            voice: VoiceRequest(
                name: own.name, language: conversation.project.audio.language, speed: speaker.voice?.speed ?? 1),
            sampleRate: speaker.voice?.sampleRate ?? conversation.project.sampleRate,
            sampling: SamplingRequest(own.sampling),
            history: Array(chat.dropFirst().dropLast()))
        let interlocutor = interlocutors.open(speaker.agent)
        work.start(.interlocutor(agent: speaker.agent, interlocutors.count)) {
            await interlocutor.run(model, request)
        }
        return interlocutor
    }

    /// Lets the speaker's model answer.
    mutating func converse(
        _ id: ConversationMachine.ResponseID, _ part: Reply.Work, _ segment: SpeechSegment.ID?, _ brief: Brief,
        _ speaker: Speaker
    ) {
        let (interlocutor, mailbox) = (interlocutor(of: speaker), conversation.mailbox)
        let name = speaker.speechToSpeech?.model.description ?? ""
        // The model has heard the caller, or is told his words; what others said stands beside the orders.
        var others = brief
        others.callerWords = ""
        let chat = Prompt.messages(for: others, style: .conversational)
        let instructions = chat.map(\.content).filter { !$0.isEmpty }.joined(separator: "\n\n")
        let limit = conversation.project.deadlines.firstToken
        start(.generation(id, part), for: .response(id), failed: { .textFailed(id, part, $0) }) { report in
            let began = ContinuousClock.now
            let tally = Mutex(ProviderReport(provider: name, kind: .generation, outcome: .completed))
            func tell(_ outcome: ProviderReport.Outcome, _ reason: String? = nil) {
                report(
                    tally.withLock { tally in
                        tally.outcome = outcome
                        tally.reason = reason
                        tally.total = .now - began
                        return tally
                    })
            }
            do {
                guard let interlocutor else {
                    throw ProviderError(.unsupported, provider: name, message: "there is no such model here")
                }
                try await interlocutor.answer(id, to: brief.callerWords, instructions: instructions, limit: limit) {
                    piece in
                    tally.withLock { $0.count(piece, at: .now - began) }
                    switch piece {
                    case .text(_, let text): await mailbox.send(.engine(.text(id, part, text)))
                    case .audio(_, let chunk):
                        if let segment { await mailbox.send(.engine(.audio(id, segment, chunk.samples))) }
                    case .callerTranscript, .done, .failed: break
                    }
                }
                if tally.withLock({ $0.characters == 0 && $0.audioOut == .zero }) {
                    throw ProviderError(.unavailable, provider: name, message: "the answer was empty")
                }
            } catch {
                let failure = error as? ProviderError
                tell(Task.isCancelled ? .cancelled : .failed(failure?.code ?? .unavailable), failure?.message)
                throw error
            }
            tell(.completed)
            if let segment { await mailbox.send(.engine(.audioDone(id, segment))) }
            await mailbox.send(.engine(.textDone(id, part)))
        }
    }
}

extension ProviderReport {
    /// Counts one piece of a speech-to-speech answer.
    fileprivate mutating func count(_ piece: SpeechToSpeechPiece, at time: Duration) {
        switch piece {
        case .text(_, let text): characters += text.count
        case .audio(_, let chunk): audioOut += chunk.duration
        case .done(_, let usage): tokens = usage
        case .callerTranscript, .failed: return
        }
        firstPiece = firstPiece ?? time
    }
}
