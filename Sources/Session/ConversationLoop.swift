import Agents
import AudioCore
import ProjectModel
import ProviderKit
import Synchronization
import TurnTaking
import VoiceActivity

/// The loop of one conversation: hears, asks the machine, performs what it answers.
struct ConversationLoop {
    /// A sign of life is sent this often.
    static let heartbeat: Duration = .seconds(15)
    let conversation: Conversation
    var machine: ConversationMachine
    private var track = SpeechProbabilityTrack()
    private var ring: SampleRing
    /// How much audio waits of each synthesis under way, and of which response it is.
    private var windows: [SpeechSegment.ID: (response: ConversationMachine.ResponseID, window: AudioWindow)] = [:]
    let work = TaskScope<Conversation.Work>()
    /// The speech-to-speech models of this conversation.
    var interlocutors: Interlocutors
    /// Where the audio of the utterance goes that is being spoken.
    private var utterance: (id: ConversationMachine.UtteranceID, audio: AsyncStream<[Int16]>.Continuation)?
    private let start = ContinuousClock.now
    private var timer: (number: Int, at: Duration)?
    private var timers = 0
    private var nextHeartbeat = Self.heartbeat

    init(_ conversation: Conversation) {
        self.conversation = conversation
        machine = ConversationMachine(project: conversation.project, lead: conversation.lead)
        interlocutors = Interlocutors(conversation.project)
        ring = SampleRing(capacity: Self.memory(for: conversation.project.audio).samples(at: 16000))
    }

    /// How much of the caller's audio is kept: back to where speech can have begun that interrupts now.
    private static func memory(for audio: AudioConfiguration) -> Duration {
        let slack: Duration = .seconds(1)
        guard let vad = audio.vad else { return audio.endpointing.prefixPadding + slack }
        let window: Duration = .milliseconds(vad.frameMilliseconds * vad.windowSize)
        return min(audio.endpointing.prefixPadding + window + vad.lockout + slack, .seconds(30))
    }

    private var now: Duration { ContinuousClock.now - start }

    mutating func run() async {
        conversation.emit(.created(conversation.description))
        warm()
        setTimer()
        while let input = await conversation.mailbox.next() {
            handle(input)
            setTimer()
        }
        utterance?.audio.finish()
        await work.finish()
    }

    /// While the caller speaks: an interruption, or a long silence, has closed connections.
    private func warm() {
        let warm = conversation.engines.warm
        work.start(.warming) { await warm() }
    }

    private mutating func handle(_ input: Conversation.Input) {
        switch input {
        case .client(.audio(let samples)): hear(samples)
        case .client(let event):
            if case .text(let text) = event { listen { $0.read(text) } }
            perform(machine.receive(event, now: now))
        case .engine(let event):
            switch event {
            case .audioDone(_, let segment), .audioFailed(_, let segment, _): windows[segment] = nil
            default: break
            }
            perform(machine.receive(event, now: now))
        case .timer(let number):
            if timer?.number == number { timer = nil }
            if now >= nextHeartbeat {
                nextHeartbeat = now + Self.heartbeat
                conversation.emit(.heartbeat)
            }
            perform(machine.tick(now: now))
        }
    }

    private mutating func hear(_ samples: [Int16]) {
        guard machine.hears else { return }
        if let refusal = machine.admit(.samples(samples.count, at: 16000), now: now) {
            perform(refusal)
            return
        }
        ring.append(samples)
        if let utterance {
            utterance.audio.yield(samples)
            listen { $0.hear(samples) }
        }
        for window in track.append(samples, model: conversation.engines.voiceActivity) {
            let range = window.start..<window.start + SileroModel.windowLength
            perform(machine.heard(window: range, probability: window.probability, now: now))
        }
        perform(machine.received(track.position, now: now))
    }

    private mutating func perform(_ actions: [ConversationMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let event): conversation.emit(event)
            case .beginRecognition(let id, let position):
                recognize(id, from: position)
                warm()
            case .endRecognition(let id):
                if utterance?.id == id {
                    utterance?.audio.finish()
                    utterance = nil
                    listen { $0.endUtterance(id) }
                }
            case .cancelRecognition(let id):
                work.cancel { $0 == .recognition(id) }
                if utterance?.id == id {
                    utterance = nil
                    listen { $0.dropUtterance() }
                }
            case .generate(let id, let part, let brief, let writer, let written):
                generate(id, part, brief, writer, written)
            case .converse(let id, let part, let segment, let brief, let speaker):
                converse(id, part, segment, brief, speaker)
            case .cutAnswer(let id, let agent, let heard): interlocutors[agent]?.cut(id, heard: heard)
            case .synthesize(let id, let segment, let speech): synthesize(id, segment, speech)
            case .sent(let segment, let samples): windows[segment]?.window.sent(samples)
            case .prepareFiller(let id, let speech): prepare(id, speech)
            case .cancelSynthesis(let id, let segments):
                for segment in segments { windows[segment] = nil }
                work.cancel { key in segments.contains { key == .synthesis(id, $0) } }
            case .cancelResponse(let id):
                windows = windows.filter { $0.value.response != id }
                work.cancel { key in
                    switch key {
                    case .generation(id, _), .synthesis(id, _): true
                    default: false
                    }
                }
            }
        }
    }

    // MARK: - Work beside the loop

    /// Does `job` beside the loop under `key`. When it fails, `failed` says as what; that it is over, and what came of each
    /// attempt at a provider, is reported in any case.
    func start(
        _ key: Conversation.Work, for source: ConversationMachine.Source,
        failed: @escaping @Sendable (ProviderError.Code) -> ConversationMachine.EngineEvent,
        _ job: @escaping @Sendable (_ report: @Sendable (ProviderReport) -> Void) async throws -> Void
    ) {
        let (mailbox, tell) = (conversation.mailbox, conversation.report)
        work.start(key) {
            let reports = Mutex<[ProviderReport]>([])
            do {
                try await job { report in
                    tell(report)
                    reports.withLock { $0.append(report) }
                }
            } catch {
                if let code = failure(error) { await mailbox.send(.engine(failed(code))) }
            }
            await mailbox.send(.engine(.used(source, reports.withLock { $0 })))
        }
    }

    private mutating func recognize(_ id: ConversationMachine.UtteranceID, from position: Int) {
        // Bounded by the machine, which ends an utterance after two minutes.
        let (stream, continuation) = AsyncStream.makeStream(of: [Int16].self)
        let begun = ring.samples(from: position)
        continuation.yield(begun)
        beginListening(begun)
        utterance = (id, continuation)
        let (recognizer, language, mailbox) = (
            conversation.engines.recognizer, conversation.project.audio.language, conversation.mailbox
        )
        start(.recognition(id), for: .turn, failed: { .recognitionFailed(id, $0) }) { report in
            try await recognizer.recognize(stream, language: language, report: report) { transcript in
                await mailbox.send(.engine(.transcript(id, transcript)))
            }
        }
    }

    private func generate(
        _ id: ConversationMachine.ResponseID, _ part: Reply.Work, _ brief: Brief, _ writer: Writer, _ written: String
    ) {
        let model = conversation.engines.languageModel(writer.models)
        let request = GenerationRequest(
            brief: brief, messages: Prompt.messages(for: brief, style: writer.style, history: machine.history),
            sampling: SamplingRequest(writer.sampling), written: written)
        let mailbox = conversation.mailbox
        start(.generation(id, part), for: .response(id), failed: { .textFailed(id, part, $0) }) { report in
            try await model.generate(request, report: report) { piece in
                if case .text(let text) = piece { await mailbox.send(.engine(.text(id, part, text))) }
            }
            await mailbox.send(.engine(.textDone(id, part)))
        }
    }

    private mutating func synthesize(
        _ id: ConversationMachine.ResponseID, _ segment: SpeechSegment.ID, _ speech: SpeechSegment.Speech
    ) {
        let window = AudioWindow(limit: SpeechQueue.window.samples(at: speech.voice.sampleRate))
        windows[segment] = (id, window)
        let (synthesizer, mailbox) = (conversation.engines.synthesizer(speech.voice.model), conversation.mailbox)
        start(.synthesis(id, segment), for: .response(id), failed: { .audioFailed(id, segment, $0) }) { report in
            try await synthesizer.speak(speech, report) { piece in
                switch piece {
                case .words(let words): await mailbox.send(.engine(.words(id, segment, words)))
                case .audio(let chunk):
                    await mailbox.send(.engine(.audio(id, segment, chunk.samples)))
                    try await window.add(chunk.samples.count)
                }
            }
            await mailbox.send(.engine(.audioDone(id, segment)))
        }
    }

    private func prepare(_ id: FillerStock.ID, _ speech: SpeechSegment.Speech) {
        let (synthesizer, mailbox) = (conversation.engines.synthesizer(speech.voice.model), conversation.mailbox)
        start(.filler(id), for: .turn, failed: { _ in .filler(id, .over(failed: true)) }) { report in
            try await synthesizer.speak(speech, report) { await mailbox.send(.engine(.filler(id, .piece($0)))) }
            await mailbox.send(.engine(.filler(id, .over(failed: false))))
        }
    }

    // MARK: - Time

    /// Makes sure that the loop wakes when the machine next has something to do.
    private mutating func setTimer() {
        let deadline = min(machine.nextDeadline ?? nextHeartbeat, nextHeartbeat)
        if let timer, timer.at <= deadline { return }
        if let timer { work.cancel { $0 == .timer(timer.number) } }
        timers += 1
        let (number, at, mailbox) = (timers, start + deadline, conversation.mailbox)
        timer = (number, deadline)
        work.start(.timer(number)) {
            guard (try? await Task.sleep(until: at, clock: .continuous)) != nil else { return }
            mailbox.force(.timer(number))
        }
    }
}

/// What a failed engine is reported as; nil when it was only told to stop.
private func failure(_ error: any Error) -> ProviderError.Code? {
    if error is CancellationError || Task.isCancelled { return nil }
    return (error as? ProviderError)?.code ?? .unavailable
}

extension SynthesisChain {
    /// Speaks `speech`, in the voice that each engine has for it.
    fileprivate func speak(
        _ speech: SpeechSegment.Speech, _ report: @Sendable (ProviderReport) -> Void,
        emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let voice = speech.voice
        let voices = { VoiceRequest(name: voice.name(at: $0), language: voice.language, speed: voice.speed) }
        let request = SynthesisRequest(text: speech.text, voice: voices(0), sampleRate: voice.sampleRate)
        try await synthesize(request, voice: voices, report: report, emit: emit)
    }
}
