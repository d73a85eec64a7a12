import Foundation
import JSONText
import Projects

/// `parley projects`
enum ProjectsCommand: Command {
    static let name = "projects"
    static let summary = "send projects to a server, look at their versions, go back to an earlier one"
    static let help = """
        projects push FILE… [--name NAME] | list | show NAME[:VERSION] | diff NAME FILE-or-VERSION
                 | roll-back NAME [VERSION] | delete NAME
                 [--server URL] [--json]

          push          put the projects of these files in service; a folder stands for the files in it
          list          all projects, with the version in service
          show          the text of the version in service, or of another
          diff          what a file would change, or what has changed since a version; exits with 1 if there is anything
          roll-back     put an earlier version in service; without VERSION the one before
          delete        take a project out of service; its versions are kept
          --name NAME   what the project of the one FILE is called; else as the file
          --server URL  the server ($PARLEY_SERVER, else http://127.0.0.1:8000)
          --json        print the server's answer, one line for each project

        A server that wants a key gets that of $PARLEY_API_KEY.
        """
    static let syntax = ArgumentSyntax(
        options: ["--server", "--name"], flags: ["--json"], operands: 1...10_000,
        operandName: "push, list, show, diff, roll-back or delete")

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let (task, rest) = (arguments.operands[0], Array(arguments.operands.dropFirst()))
        let counts: [String: ClosedRange<Int>] = [
            "push": 1...10_000, "list": 0...0, "show": 1...1, "diff": 2...2, "roll-back": 1...2, "delete": 1...1,
        ]
        guard let count = counts[task] else {
            throw UsageError(message: "'\(task)' is not push, list, show, diff, roll-back or delete")
        }
        guard count.contains(rest.count) else {
            throw UsageError(
                message: rest.count < count.lowerBound
                    ? "\(task) needs more arguments" : "too many arguments: \(rest.last ?? "")")
        }
        let client = try ProjectsClient(server: arguments["--server"], environment: ProcessInfo.processInfo.environment)
        let tasks = ProjectsTasks(client: client, isJSON: arguments.has("--json"))
        let code: Int32
        do {
            code =
                switch task {
                case "push": try await tasks.push(rest, name: arguments["--name"])
                case "list": try await tasks.list()
                case "show": try await tasks.show(rest[0])
                case "diff": try await tasks.diff(rest[0], with: rest[1])
                case "roll-back": try await tasks.rollBack(rest[0], to: rest.dropFirst().first)
                default: try await tasks.delete(rest[0])
                }
        } catch {
            await client.shutDown()
            throw error
        }
        await client.shutDown()
        return code
    }
}

/// What the command does, one method for each task.
struct ProjectsTasks {
    let client: ProjectsClient
    let isJSON: Bool

    func push(_ operands: [String], name: String?) async throws -> Int32 {
        let files = try operands.flatMap(ProjectInput.files).filter { !ProjectLoader.isDefaults($0) }
        if name != nil, files.count != 1 { throw UsageError(message: "--name goes with one FILE") }
        if name == nil, files.contains(ProjectInput.standardInput) {
            throw UsageError(message: "--name NAME says what the project of standard input is called")
        }
        var allPass = true
        for file in files {
            let name = name ?? ProjectLoader.projectName(atPath: file)
            allPass = try await push(file, as: name) && allPass
        }
        return allPass ? ExitCode.success : ExitCode.failure
    }

    private func push(_ file: String, as name: String) async throws -> Bool {
        let text = try Self.read(file)
        let type = file.hasSuffix(".json") ? "application/json" : "application/yaml"
        let answer = try await client.send("PUT", try path(name), body: Array(text.utf8), type: type)
        guard [200, 201, 422].contains(answer.status) else { throw answer.failure }
        if isJSON { Output.line(answer.text) }
        let diagnostics = answer.diagnostics(of: file)
        if !isJSON, !diagnostics.isEmpty { Output.text(DiagnosticRenderer(source: text).render(diagnostics)) }
        guard answer.status != 422 else { return false }
        if !isJSON {
            let version = answer.int("version") ?? 0
            Output.line(
                answer.status == 201
                    ? "\(name): version \(version) is in service" : "\(name): version \(version) has this text already")
        }
        return true
    }

    func list() async throws -> Int32 {
        let answer = try await client.get("/api/projects")
        if isJSON {
            Output.line(answer.text)
            return ExitCode.success
        }
        guard case .array(let projects)? = answer.json?["projects"], case .array(let broken)? = answer.json?["broken"]
        else { throw CommandFailure(description: "the server's answer is no list of projects") }
        for project in projects {
            let name = project["name"]?.string ?? ""
            let note = project["source"]?.string == "file" ? "  (a file of the server)" : ""
            Output.line("\(name):\(project["version"]?.int ?? 0)\(note)")
        }
        for project in broken { Output.line("\(project["name"]?.string ?? ""): has errors") }
        return ExitCode.success
    }

    func show(_ place: String) async throws -> Int32 {
        let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
        let answer = try await version(parts.dropFirst().first, of: parts.first ?? "")
        Output.text(answer.text.hasSuffix("\n") ? answer.text : answer.text + "\n")
        return ExitCode.success
    }

    /// The text of that version; of the one in service for nil.
    private func version(_ number: String?, of name: String) async throws -> ProjectsClient.Answer {
        if let number { return try await client.get("\(try path(name))/versions/\(try Self.number(number))") }
        let history = try await client.get("\(try path(name))/versions")
        guard let serving = history.int("serving") else {
            throw CommandFailure(
                description: "'\(name)' is not in service; 'parley projects show \(name):0' shows a version")
        }
        return try await client.get("\(try path(name))/versions/\(serving)")
    }

    func diff(_ name: String, with other: String) async throws -> Int32 {
        let current = try await version(nil, of: name).text
        let isVersion = Int(other) != nil && !FileManager.default.fileExists(atPath: other)
        let (old, new) =
            isVersion ? (try await version(other, of: name).text, current) : (current, try Self.read(other))
        let difference = TextDifference(from: old, to: new).text
        if !difference.isEmpty { Output.text(difference) }
        return difference.isEmpty ? ExitCode.success : ExitCode.failure
    }

    func rollBack(_ name: String, to wanted: String?) async throws -> Int32 {
        let current = try await client.send("GET", try path(name))
        let history = try await client.get("\(try path(name))/versions")
        let number: Int
        if let wanted {
            number = try Self.number(wanted)
        } else {
            guard let serving = history.int("serving") else {
                throw CommandFailure(
                    description:
                        "'\(name)' is not in service; 'parley projects roll-back \(name) VERSION' brings it back")
            }
            guard case .array(let versions)? = history.json?["versions"],
                let before = versions.compactMap({ $0["version"]?.int }).filter({ $0 < serving }).max()
            else { throw CommandFailure(description: "'\(name)' has no version before \(serving)") }
            number = before
        }
        var headers: [(name: String, value: String)] = []
        if let tag = current.headers["etag"] { headers.append((name: "If-Match", value: tag)) }
        let answer = try await client.send(
            "POST", "\(try path(name))/serve", body: Array("{\"version\":\(number)}".utf8), type: "application/json",
            headers: headers)
        guard answer.status == 200 else { throw answer.failure }
        Output.line(isJSON ? answer.text : "\(name): version \(number) is in service")
        return ExitCode.success
    }

    func delete(_ name: String) async throws -> Int32 {
        let answer = try await client.send("DELETE", try path(name))
        guard answer.status == 204 else { throw answer.failure }
        Output.line(
            isJSON
                ? JSON.object([("name", .string(name)), ("deleted", .bool(true))]).text
                : "\(name): is out of service; running conversations keep it")
        return ExitCode.success
    }

    // MARK: - Arguments

    private func path(_ name: String) throws -> String {
        guard ProjectName.isUsable(name) else { throw CommandFailure(description: "'\(name)': \(ProjectName.rule)") }
        return "/api/projects/\(name)"
    }

    private static func number(_ text: String) throws(CommandFailure) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw CommandFailure(description: "'\(text)' is no version: versions count from 0")
        }
        return number
    }

    /// The text of a file, which the server reads, too: it says what is wrong with it.
    private static func read(_ file: String) throws(CommandFailure) -> String {
        if file == ProjectInput.standardInput {
            let data = (try? FileHandle.standardInput.read(upToCount: ProjectLoader.maximumBytes + 1)) ?? nil
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(description: "\(file): cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSON {
    /// The value, of a whole number.
    var int: Int? { if case .int(let value) = self { value } else { nil } }
}
