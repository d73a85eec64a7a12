import Doubles
import Foundation
import Projects
import Server

/// `parley doubles`
enum DoublesCommand: Command {
    static let name = "doubles"
    static let summary = "run stand-ins (mock servers) for the hosted providers"
    static let help = """
        doubles [--host ADDRESS] [--port NUMBER] [--script FILE]
               doubles --env [--at URL]

          --host ADDRESS        the address to listen on (127.0.0.1)
          --port NUMBER         the port; 0 takes a free one (8100)
          --script FILE         YAML or JSON: what the stand-ins answer, and which faults they make (no faults)
          --recognizers NUMBER  utterances transcribed at the same time, about 90 MB each; others wait (2)
          --env                 print the environment variables that make Parley use the stand-ins, then exit
          --at URL              the address of the stand-ins, for --env (http://127.0.0.1:8100)

        Prints 'ready http://ADDRESS:PORT' when the stand-ins accept requests, and the environment variables on
        standard error. Any key is accepted except 'wrong-key'. docs/doubles.md describes the script.
        """
    static let syntax = ArgumentSyntax(
        options: ["--host", "--port", "--script", "--recognizers", "--at"], flags: ["--env"])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let host = arguments["--host"] ?? "127.0.0.1"
        let port = try arguments.int("--port", in: 0...65535) ?? 8100
        if arguments.has("--env") {
            Output.text(try environment(of: arguments["--at"] ?? "http://\(host):\(port)"))
            return ExitCode.success
        }
        let script = try arguments["--script"].map(Self.script(at:)) ?? DoublesScript()
        let doubles = try await StandInProviders(
            host: host, port: port, script: script, recognizers: try arguments.int("--recognizers", in: 1...64) ?? 2)
        Output.error(try environment(of: doubles.url).trimmingCharacters(in: .newlines))
        Output.line("ready \(doubles.url)")
        await doubles.run()
        return ExitCode.success
    }

    /// What points Parley, and the vendors' own clients, at stand-ins at `url`: a line for each variable.
    private static func environment(of url: String) throws(UsageError) -> String {
        guard url.hasPrefix("http://"), !url.hasSuffix("/") else {
            throw UsageError(message: "--at must be a URL such as http://127.0.0.1:8100")
        }
        let variables = StandInProviders.environment(of: url).sorted { $0.key < $1.key }
        return variables.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    private static func script(at path: String) throws(CommandFailure) -> DoublesScript {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        let value: YAMLValue
        do {
            value = try YAMLValue.read(text: String(decoding: content, as: UTF8.self), file: path)
        } catch {
            throw CommandFailure(description: error.diagnostics.map(\.summary).joined(separator: "\n"))
        }
        do {
            return try DoublesScript.read(json: Array(value.jsonData()))
        } catch {
            let steps = error.path.map { step in
                switch step {
                case .key(let key): key
                case .index(let index): String(index)
                }
            }
            let place = value.place(of: steps)
            throw CommandFailure(description: "\(path):\(place.line):\(place.column): \(error)")
        }
    }
}
