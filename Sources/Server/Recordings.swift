import Foundation
import ProjectModel
import Projects
import Recording
import Session
import Telemetry

/// The folder of recordings: `PROJECT/CONVERSATION.jsonl` and the audio beside it. Recordings are deleted when their time
/// is over. What cannot be recorded is logged and counted, and the conversation goes on without.
final class Recordings: Sendable {
    private static let endings = [".jsonl", ".caller.wav", ".agent.wav"]

    private let folder: String
    private let version: String
    private let registry: ProjectRegistry
    private let measures: RecordingMetrics
    private let log: Log
    private let thread = RecordingThread()

    init(settings: ServerSettings, registry: ProjectRegistry, metrics: Metrics, log: Log) {
        (folder, version) = (settings.recordings, settings.version)
        self.registry = registry
        measures = RecordingMetrics(metrics)
        self.log = log
    }

    // MARK: - Recording

    /// Who writes down a conversation that begins now; nil when the project does not want it, or when it cannot be.
    func recorder(for project: Project, _ id: ConversationID, log: Log) -> JournalRecorder? {
        guard project.recording.isEnabled else { return nil }
        let place = folder + "/" + project.name
        do throws(RecordingError) {
            try Self.makeFolder(place)
            let recorder = try JournalRecorder(
                base: place + "/" + id.description, project: project, parley: version,
                began: WallTime.now().description, thread: thread)
            measures.began()
            return recorder
        } catch {
            measures.failed(error)
            log.warning("a conversation is not recorded", ["reason": .name(error.description)])
            return nil
        }
    }

    /// The conversation is over: waits until the disk has its recording.
    func finish(_ recorder: JournalRecorder?, log: Log) async {
        for error in await recorder?.finish() ?? [] {
            measures.failed(error)
            log.warning("a recording ended early", ["reason": .name(error.description)])
        }
    }

    /// Makes a folder, and those above it, for the server's own user only.
    private static func makeFolder(_ path: String) throws(RecordingError) {
        for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o700) }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw RecordingError(.notCreated, number: errno) }
    }

    // MARK: - Deleting

    /// Deletes what is too old, now and once an hour, until the task is cancelled.
    @concurrent
    func run() async {
        while !Task.isCancelled {
            purge(now: Date())
            do { try await Task.sleep(for: .seconds(3600)) } catch { return }
        }
    }

    /// Deletes the recordings whose time is over. Other files are left alone, and links are not followed.
    func purge(now: Date) {
        for project in names(in: folder) where attributes(folder + "/" + project)?.type == .typeDirectory {
            let place = folder + "/" + project
            let files = names(in: place).filter { Self.stem($0) != nil }
            // A project that is gone has left its policy in its journals.
            let keepDays = registry.project(named: project)?.recording.keepDays
            let byConversation = Dictionary(grouping: files) { Self.stem($0) ?? "" }
            for (stem, files) in byConversation {
                let last = files.compactMap { attributes(place + "/" + $0)?.modified }.max() ?? now
                let days = keepDays ?? Self.keepDays(of: "\(place)/\(stem).jsonl") ?? RecordingPolicy().keepDays
                guard now.timeIntervalSince(last) > Double(days) * 86_400 else { continue }
                for file in files { delete(place + "/" + file) }
            }
            // Fails, as it should, while something is in it.
            rmdir(place)
        }
    }

    private func delete(_ path: String) {
        if unlink(path) == 0 {
            measures.deleted()
        } else if errno != ENOENT {
            log.warning("a recording cannot be deleted", ["error": .int(Int(errno))])
        }
    }

    private func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    private func attributes(_ path: String) -> (type: FileAttributeType?, modified: Date?)? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return (attributes[.type] as? FileAttributeType, attributes[.modificationDate] as? Date)
    }

    /// The conversation that a file belongs to; nil when it is no recording.
    private static func stem(_ file: String) -> String? {
        guard file.hasPrefix("conv_"), let ending = endings.first(where: file.hasSuffix) else { return nil }
        return String(file.dropLast(ending.count))
    }

    /// How long the project of that journal wanted it to be kept.
    private static func keepDays(of path: String) -> Int? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        let longest = 4 << 20
        guard let data = try? file.read(upToCount: longest), let line = JSONLines(Array(data)).lines.first else {
            return nil
        }
        return (try? JournalReader.header(line))?.project.recording.keepDays
    }
}

/// What is counted of recordings.
struct RecordingMetrics: Sendable {
    private let metrics: Metrics
    private let total: Counter
    private let removed: Counter

    init(_ metrics: Metrics) {
        self.metrics = metrics
        total = metrics.counter("parley_recordings_total", help: "Conversations of which a recording began.")
        removed = metrics.counter(
            "parley_recording_files_deleted_total", help: "Files of recordings that were deleted after their time.")
    }

    /// A recording begins.
    func began() { total.increment() }

    /// A file was deleted.
    func deleted() { removed.increment() }

    /// A file could not be made, or not be written to its end.
    func failed(_ error: RecordingError) {
        metrics.counter(
            "parley_recording_failures_total", help: "Files of recordings that could not be made or ended early.",
            labels: ["reason": error.name]
        ).increment()
    }
}
