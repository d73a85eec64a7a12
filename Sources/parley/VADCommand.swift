import ProjectModel
import Projects
import TurnTaking

/// `parley vad`
enum VADCommand: Command {
    static let name = "vad"
    static let summary = "show where a WAV file has speech, and where it would interrupt"
    static let help = """
        vad FILE.wav [--project FILE] [--json]

          --project FILE  use the vad block of this project file (otherwise the defaults)
          --json          print one line of JSON for each window of 512 samples

        For each window, prints the speech probability and the number of positive frames in the sliding window.
        Marks where a barge-in would trigger. Assumes that an agent is always speaking: lockout and grace period are
        ignored. Reports at most one barge-in for each utterance; silence_duration_ms of silence ends an utterance.
        """
    static let syntax = ArgumentSyntax(
        options: ["--project"], flags: ["--json"], operands: 1...1, operandName: "FILE.wav")

    static func run(_ arguments: Arguments) throws -> Int32 {
        let audio = try WAVReading.samples(of: arguments.operands[0])
        var settings = VADConfiguration()
        var endpointing = EndpointingConfiguration()
        if let file = arguments["--project"] {
            let result = ProjectInput.read(file)
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
