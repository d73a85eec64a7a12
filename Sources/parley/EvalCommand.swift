import Evaluation
import Foundation
import JSONText
import Network
import ProjectModel
import Projects
import Server
import Session
import Tables
import Tools
import VoiceActivity

/// `parley eval`
enum EvalCommand: Command {
    static let name = "eval"
    static let summary = "play scenarios with a project, and judge what comes of them"
    static let help = """
        eval PROJECT SCENARIO… [--format text|json|junit] [--against URL]

          PROJECT          the project file
          SCENARIO         a scenario file, or a folder with scenario files
          --format FORMAT  text for people (the default), json for programs, junit for CI
          --against URL    call this server, in real time: ws://127.0.0.1:8000/bridge/PROJECT; ws:// may be left out

        Plays each scenario on virtual time: the real conversation, with a scripted caller, engines of constant speed and
        the language model that the scenario scripts. A scenario without a script needs a project that uses
        Local/Planner. With --against, a local voice speaks the caller's lines, the server's own models answer, and
        model: of a scenario has no effect.

        Exits with 0 if all is as expected, with 1 if not or if a file has an error, and with 2 if the
        command line is wrong.
        """
    static let syntax = ArgumentSyntax(
        options: ["--against", "--format"], operands: 1...10_000, operandName: "PROJECT")

    /// What models are told of date and time, so that every run is the same: a Monday morning.
    private static let clock = WallClock(began: 1_906_707_600, offset: 0, zone: "UTC")

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let format = try arguments.choice("--format", of: ["text", "json", "junit"]) ?? "text"
        guard arguments.operands.count > 1 else { throw UsageError(message: "SCENARIO is missing") }
        guard let project = project(arguments.operands[0]) else { return ExitCode.failure }
        guard let scenarios = try scenarios(arguments.operands.dropFirst()) else { return ExitCode.failure }
        let data = try HTTPData(environment: ProcessInfo.processInfo.environment)
        var results: [ScenarioResult] = []
        for (file, scenario) in scenarios {
            if let server = arguments["--against"] {
                results.append(try await play(scenario, of: file, against: server, data))
            } else {
                results.append(try await play(scenario, of: file, with: project, data))
            }
        }
        await data.shutDown()
        let report = EvaluationReport(results)
        switch format {
        case "json": Output.line(report.json.text)
        case "junit": Output.text(report.junit)
        default: Output.text(report.text)
        }
        return report.passes ? ExitCode.success : ExitCode.failure
    }

    private static func play(
        _ scenario: Scenario, of file: String, with project: Project, _ data: HTTPData
    ) async throws -> ScenarioResult {
        guard !scenario.replies.isEmpty || project.writers.allSatisfy({ $0.all.contains(.localPlanner) }) else {
            throw CommandFailure(
                description: "\(file): needs model: with the replies, because the project does not use Local/Planner")
        }
        let planner = LocalEngines(recognizers: 1, voiceActivity: try SileroModel()).languageModel
        let client = try HTTPClient()
        let tools = ToolBox(
            project: project, client: client, environment: ProcessInfo.processInfo.environment,
            tables: TableLibrary(environment: ProcessInfo.processInfo.environment), lookups: .folders())
        let call = RehearsedCall(
            project, replies: scenario.replies, models: { _ in planner }, tools: tools,
            run: "eval_\(UUID().uuidString)", clock: clock)
        var run = ScenarioRun(scenario, in: call, data: data)
        let result = try await run.run(file: file)
        await client.shutDown()
        return result
    }

    private static func play(
        _ scenario: Scenario, of file: String, against server: String, _ data: HTTPData
    ) async throws -> ScenarioResult {
        let voice = LocalEngines(recognizers: 1, voiceActivity: try SileroModel()).synthesizer
        return try await LiveCall.calling(CallCommand.webSocketURL(server), voice: voice) { call in
            var run = ScenarioRun(scenario, in: call, data: data)
            return try await run.run(file: file)
        }
    }

    // MARK: - Files

    private static func project(_ file: String) -> Project? {
        let result = ProjectInput.load(file)
        if !result.rendered.isEmpty { Output.error(result.rendered) }
        return result.project
    }

    /// All scenarios, or nil when one of them has an error; all problems of all files are told.
    private static func scenarios(
        _ operands: some Sequence<String>
    ) throws(CommandFailure) -> [(file: String, scenario: Scenario)]? {
        var scenarios: [(file: String, scenario: Scenario)] = []
        var isUsable = true
        for operand in operands {
            for file in try files(behind: operand) {
                let result = ScenarioLoader.load(file: file)
                if !result.rendered.isEmpty { Output.error(result.rendered) }
                if let scenario = result.scenario { scenarios.append((file, scenario)) } else { isUsable = false }
            }
        }
        return isUsable ? scenarios : nil
    }

    private static func files(behind operand: String) throws(CommandFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: operand, isDirectory: &isFolder), isFolder.boolValue else {
            return [operand]
        }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: operand)) ?? []
        let files = entries.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        if files.isEmpty { throw CommandFailure(description: "\(operand): the folder has no .yaml or .yml file") }
        return files.map { URL(filePath: operand).appending(path: $0).relativePath }
    }
}
