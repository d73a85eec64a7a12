import AudioCore
import JSONText
import ProviderKit
import Session

/// OpenAI's Realtime protocol over a WebSocket, as its stock clients speak it.
///
/// What it knows of its clients' habits:
/// - They take `speech_started` for the sign to stop playing, and then tell how much was played, by truncating the item.
/// - They know no pauses. What pauses is told as cancelled; what goes on afterwards is another response.
/// - Some forget an item at its `audio.done`, and do not stop playing then. So that comes when it has been played.
/// - They carry calls out between two responses, and then order the second.
public struct OpenAIRealtimeDialect: Dialect {
    /// How the answer is told that is under way.
    enum Told: Sendable {
        /// No response is open. Exits: `open`.
        case none
        /// A response is open. Exits: `none`, `paused`.
        case open(RealtimeAnswer)
        /// A response was told as cancelled and may go on. Exits: `open`, `none`.
        case paused(ResponseID)
        /// A response was told as complete, and goes on when the client has carried calls out. Exits: `open`, `none`.
        case handedOver(ResponseID)
    }

    /// The largest message that is read, in bytes.
    public static let largestMessage = RealtimeRequest.largestMessage

    var stage: RealtimeStage
    var session: RealtimeSession
    var microphone = RealtimeMicrophone()
    var told: Told = .none
    /// The response that was open last, once it is over.
    var last: RealtimeAnswer?
    /// The calls that the client carries out.
    var calls = RealtimeCalls()
    /// The caller's utterances that are under way or whose words are awaited.
    var utterances = RealtimeUtterances()
    /// How an answer ended that may have been interrupted, until it is known whether by speech; and since when.
    private var overtaken: [Frame] = []
    private var overtakenAt: Duration?
    /// Counts the client's messages.
    private var received = 0

    /// The session as it was at the beginning.
    private let opened: RealtimeSession

    /// A client that has just connected.
    public init(_ place: RealtimePlace, era: RealtimeEra) {
        stage = RealtimeStage(writer: RealtimeWriter(era))
        session = RealtimeSession(place)
        opened = session
    }

    /// Its clients know no pauses.
    public var contract: ClientContract { ClientContract(knowsPauses: false) }

    var era: RealtimeEra { stage.writer.era }

    // MARK: - From the client

    /// Reads one message.
    public mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        received += 1
        utterances.isClearing = false
        let before = takeOvertaken()
        let overdue = overdueResults() + committedTurns()
        let (inputs, replies) = respond(to: frame)
        return (opening() + overdue + inputs, before + replies)
    }

    /// What the conversation is told once: that the client knows by name what is said, and how turns are taken.
    private func opening() -> [ClientInput] {
        guard received == 1 else { return [] }
        var update = SessionUpdate()
        (update.orders, update.turns) = (opened.orders, opened.rules)
        return [.signal(.update(update))]
    }

    private mutating func respond(to frame: Frame) -> Handled {
        let bytes: [UInt8]
        switch frame {
        case .text(let text): bytes = Array(text.utf8)
        case .binary(let binary): bytes = binary
        case .oversized: return ([.signal(.malformed(.oversizedRealtime.about(numbered(MessageSubject()))))], [])
        case .close: return ([], [])
        }
        do throws(BadInput) {
            let (request, subject) = try RealtimeRequest.read(bytes, microphone.format)
            do throws(BadInput) {
                return try handle(request)
            } catch {
                throw error.about(subject.eventID == nil ? RealtimeRequest.subject(of: bytes) : subject)
            }
        } catch {
            let problem = error.about(numbered(error.subject ?? MessageSubject()))
            // What comes too late is no mistake of the client.
            let isLate = Self.late.contains(problem.code)
            return ([.signal(isLate ? .refused(problem) : .malformed(problem))], [])
        }
    }

    private static let late: Set = [
        "response_cancel_not_active", "conversation_already_has_active_response", "input_audio_buffer_commit_empty",
    ]

    private func numbered(_ subject: MessageSubject) -> MessageSubject {
        var subject = subject
        subject.number = received
        return subject
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        let frames = tell(event)
        switch event {
        case .paused, .interrupted, .responseDone(_, .interrupted):
            // Clients stop playing at `speech_started`, and only what they still take for open: that comes first.
            overtaken += frames
            overtakenAt = overtaken.isEmpty ? nil : now
            return []
        case .speechStarted: return frames + takeOvertaken()
        default: return takeOvertaken() + frames
        }
    }

    private mutating func takeOvertaken() -> [Frame] {
        defer { (overtaken, overtakenAt) = ([], nil) }
        return overtaken
    }

    private mutating func tell(_ event: ConversationEvent) -> [Frame] {
        switch event {
        case .created(let description): return created(description)
        case .speechStarted(let id, let start): return speechStarted(id, start)
        case .speechStopped(let id, let end): return speechStopped(id, end)
        case .callerTranscript(let words): return transcribed(words)
        case .responseStarted(let id): return began(id)
        case .agentText(let source, let text), .agentFiller(let source, let text): return say(text, source)
        case .agentAudio(let source, _, let chunk):
            return change(source.response) { $0.sound(chunk, by: source, &$1) }
        case .paused(let id, _, _):
            let frames = end(id, .cancelled(reason: "turn_detected"))
            if !frames.isEmpty { told = .paused(id) }
            return frames
        case .resumed(let id, let source, let rest):
            guard case .paused(id) = told else { return [] }
            return open(id) + (rest.isEmpty ? [] : source.map { say(rest, $0) } ?? [])
        case .interrupted(let id, _, let heard):
            let frames = end(id, .cancelled(reason: "turn_detected"))
            if last?.response == id { last?.heard(heard, &stage) }
            return frames
        case .responseDone(let id, let status): return done(id, status)
        case .toolCalled(let source, let id, let tool, let arguments):
            guard let arguments else { return [] }
            let callID = id.name(in: conversation)
            calls.begin(callID, id, of: source.response)
            return change(source.response) { $0.call(tool, arguments: arguments, callID: callID, &$1) }
        case .awaitsClient(let id):
            let frames = end(id, .completed)
            if !frames.isEmpty { told = .handedOver(id) }
            return frames
        case .warning(let problem): return warned(problem)
        case .failure(let problem, let code):
            return [stage.writer.error(problem), .close(code: code, reason: problem.code)]
        case .ended(let reason): return [.close(code: CallEnd.closeCode, reason: reason.rawValue)]
        case .agentStarted, .agentFinished, .agentDraft, .agentCritique, .agentAsked, .toolFinished, .agentTextDone,
            .audioDone,
            .vadFrame, .settings, .memory, .turnMetrics, .turnUsage, .heartbeat:
            return []
        }
    }

    private mutating func created(_ description: SessionDescription) -> [Frame] {
        conversation = description.id
        stage.writer.begin(description.id)
        let about: [(String, JSON)] = [
            ("id", .string(stage.writer.conversation)), ("object", .string("realtime.conversation")),
        ]
        return [
            stage.writer.event("session.created", [("session", session.json(era, id: stage.writer.session))]),
            stage.writer.event("conversation.created", [("conversation", .object(about))]),
        ]
    }

    private mutating func warned(_ problem: BadInput) -> [Frame] {
        if problem.code == "recognition_failed" { return notTranscribed(problem) }
        // Only what the client has done is told as an error: some clients end with one.
        return problem.subject == nil && problem.code != "audio_too_fast" ? [] : [stage.writer.error(problem)]
    }

    // MARK: - Time

    /// What is overtaken by nothing waits no longer.
    public var wake: Duration? { overtakenAt }

    /// Tells what nothing has overtaken.
    public mutating func time(_ now: Duration) -> [Frame] { takeOvertaken() }

    /// The conversation's own id.
    private(set) var conversation = ConversationID("conv_000000000000")
}
