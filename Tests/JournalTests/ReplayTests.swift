import ProjectModel
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// Conversations that are written down and run again.
@Suite(.timeLimit(.minutes(10)))
struct ReplayTests {
    /// The journal of a conversation, as it is in its file.
    static func text(of conversation: RandomConversation) throws -> [UInt8] {
        var lines = JournalLines()
        var bytes: [UInt8] = []
        for record in conversation.records { bytes += try lines.line(record) + [UInt8(ascii: "\n")] }
        return bytes + (lines.lastLine(nil) ?? []) + [UInt8(ascii: "\n")]
    }

    private func conversation(_ seed: Int, windows: Int = 240) -> RandomConversation {
        var conversation = RandomConversation(seed: seed)
        conversation.run(windows: windows)
        return conversation
    }

    @Test(arguments: 0..<10) func aThousandConversationsDecideTheSameAgain(hundred: Int) throws {
        var counts = Replay.Counts()
        for seed in (hundred * 100)..<(hundred * 100 + 100) {
            let conversation = conversation(seed)
            let journal = try JournalReader.read(try Self.text(of: conversation))
            let inputs = conversation.records.dropFirst().map { record in
                if case .step(let input, let now, _) = record { (input, now) } else { (Input.time, Duration.zero) }
            }
            #expect(journal.entries.map(\.input) == inputs.map(\.0))
            #expect(journal.entries.map { Duration.nanoseconds($0.at) } == inputs.map(\.1), "times are exact")
            guard case .equal(let run) = Replay.unchanged(journal) else {
                Issue.record("seed \(seed): \(Replay.unchanged(journal))")
                continue
            }
            #expect(run.inputs == inputs.count)
            counts.responses += run.responses
            counts.interruptions += run.interruptions
        }
        // They are conversations, not noise that nothing follows from.
        #expect(counts.responses > 100)
        #expect(counts.interruptions > 5)
    }

    @Test func anotherProjectIsFoundOutWhereItMatters() throws {
        var seen = 0
        for seed in 1...10 {
            let journal = try JournalReader.read(try Self.text(of: conversation(seed)))
            var header = journal.header
            header.project.audio.endpointing.silence += .milliseconds(200)
            header.project.orchestrator.agentNames = ["Cleo"]
            let changed = Journal(header: header, entries: journal.entries, ending: .closed)
            // Where nobody is heard, it does not matter.
            guard case .differs(let difference, let counts) = Replay.unchanged(changed) else { continue }
            seen += 1
            #expect(counts.inputs == difference.line - 1)
            #expect(difference.line > 2, "the beginning is the same")
            #expect(difference.at == .nanoseconds(journal.entries[difference.line - 2].at))
        }
        #expect(seen >= 5)
    }

    @Test func aChangedDigestIsFoundInItsLine() throws {
        let journal = try JournalReader.read(try Self.text(of: conversation(5)))
        for place in [0, 17, journal.entries.count - 1] {
            var entries = journal.entries
            entries[place].digest = "0000000000000000"
            let verdict = Replay.unchanged(Journal(header: journal.header, entries: entries, ending: .closed))
            guard case .differs(let difference, _) = verdict else {
                Issue.record("line \(place + 2) was not seen")
                continue
            }
            #expect(difference.line == place + 2)
            if place == 0 {
                #expect(difference.input == "opened")
                #expect(difference.decided.prefix(2) == ["tell.created", "request.warm"])
            }
        }
        var without = journal.entries
        for index in without.indices { without[index].digest = nil }
        let verdict = Replay.unchanged(Journal(header: journal.header, entries: without, ending: .closed))
        guard case .equal = verdict else {
            Issue.record("nothing was there to differ from")
            return
        }
    }

    @Test func equalProjectsHaveEqualHashes() throws {
        let header = try JournalReader.read(try Self.text(of: conversation(7, windows: 1))).header
        var other = header
        other.project.version = 9
        #expect(try other.hashOfProject() == header.projectHash)
        other.project.orchestrator.history.maximumTurns += 1
        #expect(try other.hashOfProject() != header.projectHash)
        #expect(header.projectHash.count == 16)
    }

    @Test func timesAreRoundedUpToWholeNanoseconds() {
        #expect(Duration.zero.nanoseconds == 0)
        #expect(Duration.nanoseconds(7).nanoseconds == 7)
        #expect(Duration(secondsComponent: 3, attosecondsComponent: 1).nanoseconds == 3_000_000_001)
        #expect((Duration.seconds(1) / 3).nanoseconds == 333_333_334)
    }
}
