import ProviderKit

/// What an engine answered to one request: its reports without names, each with the time since the request.
struct RecordedAnswer: Equatable, Sendable {
    /// One report of an engine.
    enum Content: Equatable, Sendable {
        case text(String)
        case toolCall(ToolCall)
        case toolDone(ToolOutcome)
        case textDone
        case textFailed(ProviderError.Code)
        case audio(samples: Int)
        case words([WordTiming])
        case audioDone
        case audioFailed(ProviderError.Code)
    }

    struct Piece: Equatable, Sendable {
        var delay: Duration
        var content: Content
    }

    /// What the attempts at providers came to.
    struct Used: Equatable, Sendable {
        var delay: Duration
        var reports: [ProviderReport]
    }

    /// In the order in which they came.
    var pieces: [Piece] = []
    /// How many of `pieces` were recorded; those behind them are guessed.
    var known = 0
    var used: Used?
    /// When it was stopped, or the recording ended; nil when it was complete.
    var cutAt: Duration?

    /// When its first piece came.
    var firstDelay: Duration? { pieces.first?.delay }

    /// Whether the writing is over.
    var hasEndedText: Bool {
        pieces.contains {
            if case .textDone = $0.content { true } else if case .textFailed = $0.content { true } else { false }
        }
    }

    /// Whether the speaking is over.
    var hasEndedAudio: Bool {
        pieces.contains {
            if case .audioDone = $0.content { true } else if case .audioFailed = $0.content { true } else { false }
        }
    }

    mutating func append(_ content: Content, after delay: Duration) {
        pieces.append(Piece(delay: delay, content: content))
        known = pieces.count
    }

    /// Adds what was not recorded.
    mutating func guess(_ content: [Content], after delay: Duration) {
        for piece in content { pieces.append(Piece(delay: delay, content: piece)) }
        if used == nil { used = Used(delay: delay, reports: []) }
    }
}

extension RecordedAnswer.Content {
    /// As a report on that piece of writing; nil when it is about speech.
    func report(of work: Work) -> EngineReport? {
        switch self {
        case .text(let text): .text(work, text)
        case .toolCall(let call): .toolCall(work, call)
        case .textDone: .textDone(work)
        case .textFailed(let code): .textFailed(work, code)
        case .audio, .words, .audioDone, .audioFailed, .toolDone: nil
        }
    }

    /// As a report on that segment; nil when it is about writing.
    func report(of segment: SegmentID) -> EngineReport? {
        switch self {
        case .audio(let samples): .audio(segment, samples: samples)
        case .words(let words): .words(segment, words)
        case .audioDone: .audioDone(segment)
        case .audioFailed(let code): .audioFailed(segment, code)
        case .text, .toolCall, .toolDone, .textDone, .textFailed: nil
        }
    }

    /// As a report on writing that speaks itself; of speech nothing when there is no segment.
    func report(of work: Work, segment: SegmentID?) -> EngineReport? {
        report(of: work) ?? segment.flatMap { report(of: $0) }
    }
}
