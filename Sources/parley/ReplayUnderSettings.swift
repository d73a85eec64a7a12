import AudioCore
import Foundation
import ProjectModel
import Projects
import Session

/// The part of `parley replay` that runs a conversation under other settings and compares the two runs.
enum ReplayUnderSettings {
    /// What it takes.
    static let options: Set<String> = ["--set", "--project", "--html"]
    static let flags: Set<String> = ["--diff"]

    static let help = """
          --set KEY=VALUE  run it again with another setting; may be given more than once
          --project FILE   run it again with this project
          --diff           show both runs side by side
          --html FILE      write a page with both runs on one time axis

        With --set or --project the caller does what the recorded caller did, and engines answer what they answered then to
        the same questions. Where the journal holds no answer the reply is "(unknown)", and the rest goes on. The keys:

        \(ReplaySettings.keys.map { "  \($0.key): \($0.range)" }.joined(separator: "\n"))
        """

    /// Whether the arguments ask for it.
    static func isWanted(_ arguments: Arguments) -> Bool {
        arguments.has("--diff") || options.contains { arguments[$0] != nil }
    }

    /// Runs it again and shows what is asked for.
    /// - Parameter path: of the journal; the caller's audio lies beside it.
    static func run(_ conversation: RecordedConversation, path: String, _ arguments: Arguments) throws -> Int32 {
        let settings = try settings(of: conversation, arguments)
        let isChanged = settings != conversation.settings
        let recorded = conversation.asRecorded()
        let other = isChanged ? conversation.rerun(under: settings) : recorded
        let (first, second) = (RunReport(recorded), RunReport(other))
        if let file = arguments["--html"] {
            let page = ReplayPage(
                title: conversation.title, changes: changes(arguments),
                first: .init(name: "recorded", timeline: RunTimeline(recorded), report: first),
                second: .init(name: "changed", timeline: RunTimeline(other), report: second),
                wave: try wave(besides: path, conversation))
            do {
                try Data(page.html().utf8).write(to: URL(filePath: file))
            } catch {
                throw CommandFailure(description: "\(file): cannot be written")
            }
        }
        if arguments.has("--diff") || arguments["--html"] == nil {
            for line in ReplayText.diff(first, second, names: ("recorded", "changed")) { Output.line(line) }
        }
        return ExitCode.success
    }

    /// The recorded settings with what the arguments change.
    /// - Throws: `UsageError`, which names the key; `CommandFailure` when the project cannot be read.
    static func settings(of conversation: RecordedConversation, _ arguments: Arguments) throws -> ReplaySettings {
        var settings = conversation.settings
        if let file = arguments["--project"] {
            let result = ProjectInput.read(file)
            guard let project = result.project else { throw CommandFailure(description: result.rendered) }
            settings.project = project
        }
        for assignment in arguments.all("--set") {
            do { try settings.set(assignment) } catch { throw UsageError(message: "--set \(error)") }
        }
        return settings
    }

    private static func changes(_ arguments: Arguments) -> [String] {
        (arguments["--project"].map { ["project \($0)"] } ?? []) + arguments.all("--set")
    }

    /// The loudness of the caller's audio, in at most so many pieces; nothing where there is no recording.
    private static func wave(besides path: String, _ conversation: RecordedConversation) throws -> RunTimeline.Track {
        let base = path.hasSuffix(".jsonl") ? String(path.dropLast(".jsonl".count)) : path
        let file = base + ".caller.wav"
        guard FileManager.default.fileExists(atPath: file) else { return RunTimeline.Track() }
        let samples = try WAVReading.samples(of: file)
        return wave(samples, at: conversation.times)
    }

    /// The greatest sample of each piece of audio.
    static func wave(_ samples: [Int16], at time: (AudioPosition) -> Duration, pieces: Int = 6000) -> RunTimeline.Track
    {
        let length = max(320, samples.count / max(pieces, 1))
        var track = RunTimeline.Track()
        for start in stride(from: 0, to: samples.count, by: length) {
            let piece = samples[start..<min(start + length, samples.count)]
            let loudest = piece.reduce(0) { max($0, abs(Int($1))) }
            track.times.append((time(AudioPosition(samples: start)).seconds * 1000).rounded() / 1000)
            track.values.append((Double(loudest) / 32.768).rounded() / 1000)
        }
        return track
    }
}
