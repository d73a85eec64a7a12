import ProjectModel
import Projects
import TurnTaking

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
