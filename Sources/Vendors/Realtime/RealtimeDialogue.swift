import AudioCore
import ProviderKit

/// Decides what is sent to a realtime server and what of its events reaches us. Pure.
///
/// One answer is under way at a time: the next is asked for when the server has ended the one before, since a server
/// refuses two at once. Events name their response, so what comes late for a cancelled answer reaches nobody.
struct RealtimeDialogue: Sendable {
    enum Step: Equatable, Sendable {
        case send(RealtimeMessage)
        case emit(SpeechToSpeechPiece)
        /// Audio of that answer at the server's rate.
        case audio(Int, [Int16])
        /// That answer, which was not cancelled, is over: its last audio, if held back, is due or worthless.
        case end(Int, End)
        /// The conversation is over.
        case fail(RealtimeEvent.Failure)
    }

    /// How an answer ended.
    enum End: Equatable, Sendable {
        case complete(TokenUsage?)
        case failed(RealtimeEvent.Failure)
    }

    private struct Answer {
        enum State: Equatable {
            /// Asked for; the server has not named it. Exits: `running`, `unwanted`, gone.
            case asked
            /// The server sends it. Exits: `unwanted`, gone.
            case running(response: String)
            /// Cancelled before the server named it. Exits: `unwanted`.
            case unwantedUnnamed
            /// Cancelled; the server still has to end it. Exits: gone.
            case unwanted(response: String)
        }
        var number: Int
        var state: State
    }

    /// Where a played answer is in the server's memory.
    private struct Spoken {
        var number: Int
        var item: String
        var samples = 0
    }

    /// Utterances, answers and items remembered at most; older ones are of no use to anybody.
    static let memory = 16

    private let truncates: Bool
    private let rate: Int
    private var current: Answer?
    private var waiting: [(number: Int, instructions: String?)] = []
    /// Utterances that the server has not yet named, oldest first.
    private var unnamed: [Int] = []
    private var utterances: [(item: String, number: Int)] = []
    private var spoken: [Spoken] = []
    /// Whether audio was sent that is not yet an utterance.
    private var hasAudio = false

    /// - Parameters:
    ///   - truncates: whether the server can be told how much of an answer was heard.
    ///   - rate: of the server's audio, in hertz.
    init(truncates: Bool, rate: Int) {
        self.truncates = truncates
        self.rate = rate
    }

    /// What the caller of the model says: what is to be sent. Audio goes past this value; it is only told of it.
    mutating func receive(_ input: SpeechToSpeechInput) -> [Step] {
        switch input {
        case .audio(let samples):
            hasAudio = hasAudio || !samples.isEmpty
            return []
        case .endUtterance(let number):
            guard hasAudio else { return [] }
            hasAudio = false
            unnamed.append(number)
            return [.send(.commit)]
        case .dropUtterance:
            guard hasAudio else { return [] }
            hasAudio = false
            return [.send(.clear)]
        case .text(let text): return [.send(.item(ChatMessage(role: .user, content: text)))]
        case .respond(let number, let instructions):
            waiting.append((number, instructions))
            return askNext()
        case .cancel(let number, let heard): return cancel(number, heard: heard)
        }
    }

    /// What the server says.
    mutating func receive(_ event: RealtimeEvent) -> [Step] {
        switch event {
        case .sessionCreated, .sessionUpdated, .sessionFinished, .other: return []
        case .committed(let item):
            guard !unnamed.isEmpty else { return [] }
            utterances.append((item, unnamed.removeFirst()))
            if utterances.count > Self.memory { utterances.removeFirst() }
            return []
        case .callerTranscript(let item, let text):
            guard let index = utterances.firstIndex(where: { $0.item == item }) else { return [] }
            return [.emit(.callerTranscript(utterances.remove(at: index).number, text))]
        case .responseCreated(let id): return named(id)
        case .text(let response, let text):
            guard let number = running(response), !text.isEmpty else { return [] }
            return [.emit(.text(number, text))]
        case .audio(let response, let item, let samples):
            guard let number = running(response), !samples.isEmpty else { return [] }
            note(item, of: number, samples: samples.count)
            return [.audio(number, samples)]
        case .responseDone(let id, let outcome, let usage): return ended(id, outcome, usage)
        case .failure(let failure): return failed(failure)
        }
    }

    private func running(_ response: String) -> Int? {
        current?.state == .running(response: response) ? current?.number : nil
    }

    private mutating func note(_ item: String, of number: Int, samples: Int) {
        if spoken.last?.number != number {
            spoken.append(Spoken(number: number, item: item))
            if spoken.count > Self.memory { spoken.removeFirst() }
        }
        spoken[spoken.count - 1].samples += samples
    }

    private mutating func askNext() -> [Step] {
        guard current == nil, !waiting.isEmpty else { return [] }
        let next = waiting.removeFirst()
        current = Answer(number: next.number, state: .asked)
        return [.send(.respond(number: next.number, instructions: next.instructions))]
    }

    private mutating func named(_ id: String) -> [Step] {
        switch current?.state {
        case .asked: current?.state = .running(response: id)
        case .unwantedUnnamed:
            current?.state = .unwanted(response: id)
            return [.send(.cancel(response: id))]
        case .running, .unwanted, nil: break
        }
        return []
    }

    private mutating func ended(_ id: String, _ outcome: RealtimeEvent.Outcome, _ usage: TokenUsage?) -> [Step] {
        switch current?.state {
        case .running(id):
            guard let number = current?.number else { return [] }
            current = nil
            let end: End = if case .failed(let failure) = outcome { .failed(failure) } else { .complete(usage) }
            return [.end(number, end)] + askNext()
        case .unwanted(id):
            current = nil
            return askNext()
        default: return []
        }
    }

    private mutating func cancel(_ number: Int, heard: Duration) -> [Step] {
        if let index = waiting.firstIndex(where: { $0.number == number }) {
            waiting.remove(at: index)
            return []
        }
        var steps: [Step] = []
        if current?.number == number {
            switch current?.state {
            case .asked: current?.state = .unwantedUnnamed
            case .running(let id):
                current?.state = .unwanted(response: id)
                steps.append(.send(.cancel(response: id)))
            case .unwantedUnnamed, .unwanted, nil: return []
            }
        }
        guard truncates, let index = spoken.firstIndex(where: { $0.number == number }) else { return steps }
        let answer = spoken.remove(at: index)
        // A server refuses to cut behind the end of what it sent.
        let milliseconds = min(Int(heard.milliseconds), answer.samples * 1000 / rate)
        return steps + [.send(.truncate(item: answer.item, milliseconds: max(0, milliseconds)))]
    }

    private mutating func failed(_ failure: RealtimeEvent.Failure) -> [Step] {
        switch failure.eventID.flatMap(RealtimeMessage.Kind.init(eventID:)) {
        // The answer was over before the cancel came, or too short to be cut there: nothing is lost.
        case .truncate, .clear: return []
        case .cancel: return giveUpUnwanted()
        // Too little audio for an utterance.
        case .commit:
            guard !unnamed.isEmpty else { return [] }
            return [.emit(.callerTranscript(unnamed.removeFirst(), ""))]
        case .session: return [.fail(failure)]
        case .audio, .item, .respond, nil: break
        }
        // A server that does not say what its error is about: the cancel, if one is under way, else the answer.
        switch current?.state {
        case .unwanted, .unwantedUnnamed: return giveUpUnwanted()
        case .asked, .running:
            guard let number = current?.number else { return [] }
            current = nil
            return [.end(number, .failed(failure))] + askNext()
        case nil: return [.fail(failure)]
        }
    }

    private mutating func giveUpUnwanted() -> [Step] {
        switch current?.state {
        case .unwanted, .unwantedUnnamed:
            current = nil
            return askNext()
        case .asked, .running, nil: return []
        }
    }
}
