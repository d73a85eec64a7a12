import Foundation
import ProjectModel
import Session

/// `parley replay`
enum ReplayCommand: Command {
    static let name = "replay"
    static let summary = "run a recorded conversation again"
    static let help = """
        replay FILE [--set KEY=VALUE]… [--project FILE] [--diff] [--html FILE]

          FILE  the journal of a conversation: recordings/PROJECT/CONVERSATION.jsonl

        Runs the conversation again with what happened then: what the caller and the engines did, at the same times. Says
        whether the same is decided. Exits with 0 when it is, 1 when not or when FILE cannot be read, 2 when the command
        line makes no sense.

        \(ReplayUnderSettings.help)
        """
    static let syntax = ArgumentSyntax(
        options: ReplayUnderSettings.options, flags: ReplayUnderSettings.flags, operands: 1...1, operandName: "FILE")

    static func run(_ arguments: Arguments) throws -> Int32 {
        let journal = try read(arguments.operands[0])
        if ReplayUnderSettings.isWanted(arguments) {
            let conversation = RecordedConversation(journal.header, journal.entries)
            return try ReplayUnderSettings.run(conversation, path: arguments.operands[0], arguments)
        }
        let verdict = Replay.unchanged(journal)
        Output.line(summary(of: journal, verdict.counts))
        switch verdict {
        case .equal:
            Output.line("equal")
            return ExitCode.success
        case .differs(let difference, _):
            let decided = difference.decided.isEmpty ? "nothing" : difference.decided.joined(separator: ", ")
            Output.line(
                """
                different from line \(difference.line) on, at \(seconds(difference.at)): after \(difference.input) \
                something else was decided then; now: \(decided)
                """)
            return ExitCode.failure
        }
    }

    private static func read(_ path: String) throws(CommandFailure) -> Journal {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? NSNumber, size.intValue > Journal.longest {
            throw CommandFailure(description: "\(path): is longer than \(Journal.longest >> 20) MiB")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        do {
            return try JournalReader.read(Array(data))
        } catch {
            throw CommandFailure(description: "\(path): \(error)")
        }
    }

    private static func summary(of journal: Journal, _ counts: Replay.Counts) -> String {
        let header = journal.header
        let end =
            switch journal.ending {
            case .closed: ""
            case .overrun: "; the disk was too slow for more"
            case .open: "; the journal was not closed"
            }
        return """
            project        \(header.project.name), version \(header.project.version), content \(header.projectHash)
            began          \(header.began), with parley \(header.parley)
            length         \(seconds(journal.length))\(end)
            inputs         \(counts.inputs)
            outputs        \(counts.outputs)
            responses      \(counts.responses)
            interruptions  \(counts.interruptions)
            """
    }

    private static func seconds(_ duration: Duration) -> String {
        String(format: "%.3f s", duration / .seconds(1))
    }
}
