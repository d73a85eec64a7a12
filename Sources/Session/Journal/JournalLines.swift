import Memory
import ProjectModel
import ProviderKit
import Recording

/// What a journal is made of, as the conversation hands it over.
enum JournalRecord: Sendable {
    /// How it began.
    case begin(JournalHeader)
    /// What happened, when, and what followed.
    case step(Input, at: Duration, [Output])
}

/// Makes the lines of a journal.
struct JournalLines: LineMaker {
    private var digest = OutputDigest()

    static func size(of value: JournalRecord) -> Int {
        switch value {
        case .begin: 1 << 14
        case .step(let input, _, let outputs): input.size + outputs.reduce(256) { $0 + $1.size }
        }
    }

    mutating func line(_ value: JournalRecord) throws -> [UInt8] {
        switch value {
        case .begin(var header):
            header.projectHash = try header.hashOfProject()
            return try JournalText.bytes(of: header)
        case .step(let input, let now, let outputs):
            try digest.add(outputs)
            return try JournalText.bytes(of: JournalEntry(at: now.nanoseconds, input: input, digest: digest.text))
        }
    }

    func lastLine(_ failure: RecordingError?) -> [UInt8]? {
        switch failure?.code {
        case nil: Array(#"{"ended":"closed"}"#.utf8)
        case .overrun: Array(#"{"ended":"overrun"}"#.utf8)
        default: nil
        }
    }
}

extension JournalHeader {
    /// The hash of the project's content; the version counts registrations and is no part of it.
    func hashOfProject() throws -> String {
        var content = project
        content.version = 0
        return try JournalText.hash(of: content)
    }
}

extension Duration {
    /// Whole nanoseconds, rounded up.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
    }
}

// MARK: - How much waits

extension Input {
    /// The text in it, in bytes, and what comes beside it.
    fileprivate var size: Int {
        switch self {
        case .audio(let audio): 4 * audio.probabilities.count
        case .client(.text(let text)), .engine(.text(_, let text)): text.utf8.count
        case .client(.memory(.add(let values))):
            values.changes.reduce(64) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) + 32 }
        case .engine(.transcript(_, let transcript)): transcript.text.utf8.count
        case .engine(.words(_, let words)): 64 * words.count
        case .engine(.used(_, let reports)): 512 * reports.count
        case .engine(.recalled(_, .earlier(let rounds, let variables))):
            rounds.reduce(64) { $0 + $1.size }
                + variables.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        case .engine(.recalled(_, .relevant(let found))): found.reduce(64) { $0 + $1.round.size }
        case .opened, .client, .engine, .time, .closed: 64
        }
    }
}

extension Output {
    fileprivate var size: Int {
        switch self {
        case .request(.write(_, _, let request)): request.messages.reduce(512) { $0 + $1.content.utf8.count }
        case .request(.converse(_, _, let dialogue, let turn)):
            dialogue.size + turn.words.utf8.count + turn.instructions.utf8.count
        case .request(.listen(let dialogues)): dialogues.reduce(0) { $0 + $1.size }
        case .request(.remember(let round)): round.size
        case .request(.keep(let changes)):
            changes.reduce(64) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) + 32 }
        case .tell(.memory(let report)):
            report.variables.reduce(64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
                + report.history.reduce(0) { $0 + $1.text.utf8.count + 64 }
        case .request(.synthesize(_, let speech, _)): speech.text.utf8.count + 256
        case .tell(.agentText(_, let text)), .tell(.agentTextDone(_, let text)): text.utf8.count + 128
        case .tell, .play, .request, .wake: 256
        }
    }
}

extension MemoryRound {
    fileprivate var size: Int { entries.reduce(64) { $0 + $1.text.utf8.count + 64 } }
}

extension Dialogue {
    fileprivate var size: Int { opening.history.reduce(opening.instructions.utf8.count) { $0 + $1.content.utf8.count } }
}
