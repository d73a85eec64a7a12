import AudioCore
import ProjectModel
import ProviderKit
import Synchronization
import VoiceActivity

/// Carries out what a conversation decides with real engines, in real time or on a clock that is handed in.
struct LiveEffects: Effects {
    /// What runs beside the loop.
    enum Job: Hashable, Sendable {
        case recognition(UtteranceID)
        case judgement(UtteranceID)
        case writing(Work)
        case synthesis(SegmentID)
        case call(CallID)
        /// A conversation with the speech-to-speech model of that agent, by its running number.
        case dialogue(agent: String, Int)
        case timer(Int)
        case warming
        case recall(RecallID)
        case remembering
    }

    /// A synthesis is held up while more than this of it waits to be sent.
    static let window: Duration = .seconds(4)
    /// A speech-to-speech model may be further ahead: a vendor that is not read from for long hangs up. Once this is full, we
    /// read as fast as the caller listens, so the vendor is never left alone.
    static let ownVoiceWindow: Duration = .seconds(20)
    /// The caller's audio is taken in pieces of a window of the network, in samples: a long message may hold the end of one
    /// utterance and the beginning of the next.
    private static let piece = 512

    let conversation: ConversationID
    let project: Project
    let engines: Engines
    let clock: ChainClock
    let mailbox: Mailbox<Conversation.Message>
    private let outlets: Conversation.Outlets
    private var client: Client
    let jobs: TaskScope<Job>
    private let segments = SegmentStore()
    private var dialogues = Dialogues()
    private var microphone: Microphone
    private var timer = WakeTimer()

    init(_ conversation: Conversation) {
        self.conversation = conversation.id
        project = conversation.project
        engines = conversation.engines
        clock = conversation.clock
        mailbox = conversation.mailbox
        outlets = conversation.outlets
        client = Client(dialect: conversation.dialect, send: conversation.outlets.send)
        jobs = TaskScope(executor: conversation.executor)
        microphone = Microphone(
            conversation.project.audio, hasDeafSpells: conversation.project.hasDeafSpells,
            judged: conversation.engines.endOfTurnJudge?.window ?? 0, model: conversation.engines.voiceActivity)
    }

    var now: Duration { clock.now() }

    // MARK: - What comes in

    /// Reads a message of the client.
    /// - Returns: its parts in order, each for `take`; audio in pieces that are no longer than what is judged at once.
    mutating func read(_ frame: Frame) -> [ClientInput] {
        client.read(frame, now: now).flatMap { input -> [ClientInput] in
            switch input {
            case .audio(let samples): Self.pieces(of: samples).map { .audio($0) }
            case .recording(let samples): Self.pieces(of: samples).map { .recording($0) }
            case .signal: [input]
            }
        }
    }

    private static func pieces(of samples: [Int16]) -> [[Int16]] {
        if samples.count <= piece { return [samples] }
        return stride(from: 0, to: samples.count, by: piece).map {
            Array(samples[$0..<min($0 + piece, samples.count)])
        }
    }

    /// Takes one part of a message in. What is decided on it comes before the next part, and before `passOn`.
    /// - Returns: what the conversation is told; nil when nothing.
    mutating func take(_ input: ClientInput) -> Input? {
        switch input {
        case .signal(let signal): return .client(signal)
        case .audio(let samples), .recording(let samples):
            outlets.observe(.heard(.samples(samples.count, at: AudioPosition.sampleRate)))
            let isLive = if case .audio = input { true } else { false }
            let input = microphone.take(samples, isLive: isLive, now: now)
            if case .audio = input { outlets.observe(.audio(samples)) }
            return input
        }
    }

    /// Passes the caller's last audio on to whoever listens.
    mutating func passOn() {
        let samples = microphone.passOn()
        if !samples.isEmpty { dialogues.tellListeners { $0.hear(samples) } }
    }

    /// A timer has run out.
    /// - Returns: whether it is the one that is wanted.
    mutating func wokeUp(_ number: Int) -> Bool {
        client.time(now)
        return timer.fired(number)
    }

    /// Sets the timer that is wanted.
    mutating func arm() {
        guard let (number, at, old) = timer.arm(client.wake) else { return }
        if let old { jobs.cancel { $0 == .timer(old) } }
        let (clock, mailbox) = (clock, mailbox)
        jobs.start(.timer(number)) {
            guard (try? await clock.sleep(at)) != nil else { return }
            mailbox.force(.timer(number))
        }
    }

    /// Ends all work and waits for it.
    mutating func finish() async {
        microphone.endUtterance()
        await jobs.finish(keeping: { $0 == .remembering })
    }

    // MARK: - What goes out

    mutating func perform(_ output: Output) {
        switch output {
        case .tell(let event): tell(event)
        case .play(let source, let segment, let range, let rate):
            let chunk = AudioChunk(samples: segments.take(range, of: segment), sampleRate: rate)
            tell(.agentAudio(source, segment, chunk))
        case .wake(let at): timer.want(at)
        case .request(let request): perform(request)
        }
    }

    private mutating func tell(_ event: ConversationEvent) {
        outlets.observe(.told(event))
        client.tell(event, now: now)
    }

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, let position): recognize(id, from: position)
        case .pauseRecognition(let id, let pause):
            passOn()
            microphone.tell(.pause(pause), to: id)
        case .resumeRecognition(let id):
            microphone.tell(.resumed, to: id)
            jobs.cancel { $0 == .judgement(id) }
        case .judgeEndOfTurn(let id, let pause, _): judge(id, pause: pause)
        case .endRecognition(let id):
            jobs.cancel { $0 == .judgement(id) }
            passOn()
            if microphone.endUtterance(id) { dialogues.tellListeners { $0.endUtterance(id) } }
        case .cancelRecognition(let id):
            jobs.cancel { $0 == .recognition(id) }
            if microphone.endUtterance(id) { dialogues.tellListeners { $0.dropUtterance() } }
        case .write(let work, let models, let request): write(work, models, request)
        case .call(let id, let invocation, let limit, let carrier): call(id, invocation, limit: limit, by: carrier)
        case .cancelCall(let id): jobs.cancel { $0 == .call(id) }
        case .listen(let listeners):
            dialogues.listeners = listeners.map(\.agent)
            for listener in listeners { dialogue(listener)?.beginUtterance(microphone.begun) }
        case .relay(let text): dialogues.tellListeners { $0.read(text) }
        case .converse(let work, let segment, let dialogue, let turn): converse(work, segment, dialogue, turn)
        case .truncate(let response, let agent, let heard): dialogues[agent]?.cut(response, heard: heard)
        case .synthesize(let id, let speech, let response): synthesize(id, speech, for: response)
        case .cancelSpeech(let ids):
            segments.close(ids)
            let cancelled = Set(ids)
            jobs.cancel { if case .synthesis(let id) = $0 { cancelled.contains(id) } else { false } }
        case .cancelWriting(let response):
            jobs.cancel { if case .writing(let work) = $0 { work.response == response } else { false } }
        case .forget(let id, let position): segments.forget(id, before: position)
        case .recall(let id, let recall):
            let (memory, mailbox) = (engines.memory, mailbox)
            jobs.start(.recall(id)) {
                let recalled = await memory?.answer(recall) ?? recall.nothing
                await mailbox.send(.input(.engine(.recalled(id, recalled))))
            }
        case .remember(let round):
            let memory = engines.memory
            jobs.start(.remembering) { await memory?.append(round) }
        case .keep(let changes):
            let memory = engines.memory
            jobs.start(.remembering) { await memory?.keep(changes) }
        case .forgetCaller(let scope):
            let memory = engines.memory
            jobs.start(.remembering) { await memory?.forget(scope) }
        case .warm:
            let warm = engines.warm
            jobs.start(.warming) { await warm() }
        }
    }

    // MARK: - Work beside the loop

    /// Does `work` beside the loop under `job`. When it fails, `failed` says as what; that it is over, and what came of each
    /// attempt at a provider, is reported in any case.
    private func start(
        _ job: Job, for response: ResponseID?, failed: @escaping @Sendable (ProviderError.Code) -> EngineReport,
        _ work: @escaping @Sendable (_ report: @Sendable (ProviderReport) -> Void) async throws -> Void
    ) {
        let (mailbox, tell) = (mailbox, outlets.report)
        jobs.start(job) {
            let reports = Mutex<[ProviderReport]>([])
            do {
                try await work { report in
                    tell(report)
                    reports.withLock { $0.append(report) }
                }
            } catch {
                if let code = failure(error) { await mailbox.send(.input(.engine(failed(code)))) }
            }
            await mailbox.send(.input(.engine(.used(response, reports.withLock { $0 }))))
        }
    }

    private mutating func recognize(_ id: UtteranceID, from position: AudioPosition) {
        let stream = microphone.beginUtterance(id, from: position)
        let (recognizer, language, mailbox) = (engines.recognizer, project.audio.language, mailbox)
        start(.recognition(id), for: nil, failed: { .recognitionFailed(id, $0) }) { report in
            try await recognizer.recognize(stream, language: language, report: report) { transcript in
                await mailbox.send(.input(.engine(.transcript(id, transcript))))
            }
        }
    }

    /// A judge that fails, or is not here, says nothing: the silence decides.
    private func judge(_ id: UtteranceID, pause: Int) {
        guard let judge = engines.endOfTurnJudge, let audio = microphone.audio(of: id, longest: judge.window) else {
            return
        }
        let mailbox = mailbox
        jobs.start(.judgement(id)) {
            guard let likely = try? await judge.judge(audio), !Task.isCancelled else { return }
            await mailbox.send(.input(.engine(.endOfTurn(id, pause: pause, likely))))
        }
    }

    private func write(_ work: Work, _ models: ModelChain, _ request: GenerationRequest) {
        let (model, mailbox) = (engines.languageModel(models), mailbox)
        let servers = toolServers(for: work, request.brief.agentName)
        start(.writing(work), for: work.response, failed: { .textFailed(work, $0) }) { report in
            var request = request
            if let servers { request.tools += await servers.definitions(for: request.brief.agentName) }
            try await model.generate(request, report: report) { piece in
                switch piece {
                case .text(let text): await mailbox.send(.input(.engine(.text(work, text))))
                case .toolCall(let call): await mailbox.send(.input(.engine(.toolCall(work, call))))
                case .usage: break
                }
            }
            await mailbox.send(.input(.engine(.textDone(work))))
        }
    }

    private func synthesize(_ id: SegmentID, _ speech: Speech, for response: ResponseID?) {
        // A line that bridges a silence is kept, and nobody takes it while it is made.
        let window = response == nil ? Fillers.longest + Self.window : Self.window
        segments.open(id, limit: window.samples(at: speech.voice.sampleRate))
        let (synthesizer, mailbox, segments) = (engines.synthesizer(speech.voice.model), mailbox, segments)
        start(.synthesis(id), for: response, failed: { .audioFailed(id, $0) }) { report in
            try await synthesizer.speak(speech, report) { piece in
                switch piece {
                case .words(let words): await mailbox.send(.input(.engine(.words(id, words))))
                case .audio(let chunk):
                    let count = chunk.samples.count
                    try await segments.append(chunk.samples, to: id) {
                        await mailbox.send(.input(.engine(.audio(id, samples: count))))
                    }
                }
            }
            await mailbox.send(.input(.engine(.audioDone(id))))
        }
    }

    // MARK: - Speech-to-speech

    /// The conversation with that agent's model, opened if it is not; nil when there is no such model.
    private mutating func dialogue(_ dialogue: Dialogue) -> Interlocutor? {
        if let open = dialogues[dialogue.agent] { return open }
        guard let link = engines.speechToSpeech(dialogue.model) else { return nil }
        let (interlocutor, number) = dialogues.open(dialogue.agent, breaker: link.breaker, clock: clock)
        jobs.start(.dialogue(agent: dialogue.agent, number)) { await interlocutor.run(link.engine, dialogue.opening) }
        return interlocutor
    }

    private mutating func converse(_ work: Work, _ segment: SegmentID?, _ dialogue: Dialogue, _ turn: DialogueTurn) {
        let (interlocutor, mailbox, segments, clock) = (self.dialogue(dialogue), mailbox, segments, clock)
        if let segment {
            segments.open(segment, limit: Self.ownVoiceWindow.samples(at: dialogue.opening.sampleRate))
        }
        let name = dialogue.model.description
        start(.writing(work), for: work.response, failed: { .textFailed(work, $0) }) { report in
            let meter = DialogueMeter(name, clock: clock)
            do {
                guard let interlocutor else {
                    throw ProviderError(.unsupported, provider: name, message: "there is no such model here")
                }
                try await interlocutor.breaker.guarding {
                    try await interlocutor.answer(work.response, turn) { piece in
                        meter.count(piece)
                        switch piece {
                        case .text(_, let text): await mailbox.send(.input(.engine(.text(work, text))))
                        case .audio(_, let chunk):
                            guard let segment else { return }
                            let count = chunk.samples.count
                            do {
                                try await segments.append(chunk.samples, to: segment) {
                                    await mailbox.send(.input(.engine(.audio(segment, samples: count))))
                                }
                            } catch is CancellationError where !Task.isCancelled {
                                // Nobody wants to hear more of it; its words still count.
                            }
                        case .callerTranscript, .done, .failed: break
                        }
                    }
                    try meter.checkNotEmpty()
                }
            } catch {
                report(meter.report(failure: error))
                throw error
            }
            report(meter.report(failure: nil))
            if let segment { await mailbox.send(.input(.engine(.audioDone(segment)))) }
            await mailbox.send(.input(.engine(.textDone(work))))
        }
    }
}

/// What a failed engine is reported as; nil when it was only told to stop.
private func failure(_ error: any Error) -> ProviderError.Code? {
    if Task.isCancelled { return nil }
    return (error as? ProviderError)?.code ?? .unavailable
}

extension SynthesisChain {
    /// Speaks `speech`, in the voice that each engine has for it.
    fileprivate func speak(
        _ speech: Speech, _ report: @Sendable (ProviderReport) -> Void,
        emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let voice = speech.voice
        let voices = { VoiceRequest(name: voice.name(at: $0), language: voice.language, speed: voice.speed) }
        let request = SynthesisRequest(text: speech.text, voice: voices(0), sampleRate: voice.sampleRate)
        try await synthesize(request, voice: voices, report: report, emit: emit)
    }
}
