import AudioCore
import Dialects
import Foundation
import ProjectModel
import Projects
import TurnTaking
import VoiceActivity

/// `parley vad`
enum VADCommand: Command {
    static let name = "vad"
    static let summary = "show where speech is in a WAV file, and where it would interrupt"
    static let help = """
        vad FILE.wav [--project FILE] [--json]

          --project FILE  take the vad block of this project (the defaults)
          --json          a line of JSON for every window of 512 samples

        Shows the speech probability of every window, how many of the counting frames in the sliding window are
        positive, and where a barge-in would trigger if an answer were always open (no lockout, no grace period); once for
        each stretch of speech, which the project's silence_duration_ms ends.
        """
    static let syntax = ArgumentSyntax(
        options: ["--project"], flags: ["--json"], operands: 1...1, operandName: "FILE.wav")

    static func run(_ arguments: Arguments) throws -> Int32 {
        let audio = try WAVReading.samples(of: arguments.operands[0])
        var settings = VADConfiguration()
        var endpointing = EndpointingConfiguration()
        if let file = arguments["--project"] {
            let result = ProjectLoader.load(file: file)
            guard let project = result.project else {
                Output.error(result.rendered)
                return ExitCode.failure
            }
            settings = project.audio.vad ?? settings
            endpointing = project.audio.endpointing
        }
        let report = try VADReport(audio, settings: settings, endpointing: endpointing)
        for line in arguments.has("--json") ? report.json : report.text { Output.line(line) }
        return ExitCode.success
    }
}

/// What the network and the gate make of a recording.
struct VADReport {
    struct Window {
        var index: Int
        var start: Int
        var probability: Float
        var positives: Int
        var trigger: BargeInGate.Trigger?
    }

    private(set) var windows: [Window] = []
    private let settings: VADConfiguration

    init(_ samples: [Int16], settings: VADConfiguration, endpointing: EndpointingConfiguration) throws {
        self.settings = settings
        let model = try SileroModel()
        var track = SpeechProbabilityTrack()
        var hearing = Hearing(endpointing: endpointing, vad: settings)
        hearing.gate?.responseOpened()
        for window in track.append(samples, model: model) {
            let range = window.start..<window.start + SileroModel.windowLength
            var trigger: BargeInGate.Trigger?
            for event in hearing.append(window: range, probability: window.probability) {
                switch event {
                case .bargeIn(let found): trigger = found
                // The caller's turn is over; the next speech would interrupt the next answer.
                case .speechStopped: hearing.gate?.responseOpened()
                case .speechStarted: break
                }
            }
            windows.append(
                Window(
                    index: window.index, start: window.start, probability: window.probability,
                    positives: hearing.gate?.count ?? 0,
                    trigger: trigger))
        }
    }

    /// One JSON object a window.
    var json: [String] {
        windows.map { window in
            JSON.object([
                ("window", .int(window.index)), ("start_sample", .int(window.start)),
                ("start_seconds", .double(Double(window.start) / 16000)),
                ("probability", .double(Double(window.probability))), ("positive_frames", .int(window.positives)),
                ("trigger", .bool(window.trigger != nil)),
                ("onset_sample", window.trigger.map { .int($0.onset) } ?? .null),
            ]).text
        }
    }

    /// A line a window, and where the triggers are.
    var text: [String] {
        var lines = ["   time  probability                        positive frames"]
        for window in windows {
            let bar = String(repeating: "█", count: Int((window.probability * 20).rounded()))
            lines.append(
                String(format: "%6.2f s  %.3f ", Double(window.start) / 16000, window.probability)
                    + bar.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + "\(window.positives)/\(settings.threshold)" + (window.trigger == nil ? "" : "  ◀ barge-in"))
        }
        let triggers = windows.compactMap(\.trigger)
        lines.append(
            triggers.isEmpty
                ? "no barge-in"
                : "barge-in at "
                    + triggers.map {
                        String(
                            format: "%.2f s (speech from %.2f s)", Double($0.position) / 16000, Double($0.onset) / 16000
                        )
                    }.joined(separator: ", "))
        return lines
    }
}

/// Reads recordings as the server hears them.
enum WAVReading {
    /// The samples of a WAV file as PCM16 mono at 16 kHz.
    /// - Throws: `CommandFailure`, which names the file and what is wrong with it.
    static func samples(of path: String) throws(CommandFailure) -> [Int16] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        let recording: AudioChunk
        do {
            recording = try WAVFile.read(Array(data))
        } catch {
            throw CommandFailure(description: "\(path): \(error)")
        }
        guard var resampler = Resampler(from: recording.sampleRate, to: 16000) else {
            throw CommandFailure(
                description: "\(path): \(recording.sampleRate) samples a second, which cannot be converted")
        }
        return resampler.process(recording.samples) + resampler.finish()
    }
}
