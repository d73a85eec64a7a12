import Testing

/// Help, and command lines that make no sense.
@Suite(.timeLimit(.minutes(2)))
struct UsageTests {
    @Test(arguments: ["--help", "-h", "help"])
    func theProgramExplainsItself(word: String) async throws {
        let outcome = try await Program.run(word)
        #expect(outcome.status == 0)
        for command in ["serve", "validate", "graph", "vad", "call", "replay", "eval", "models"] {
            #expect(outcome.lines.contains { $0.hasPrefix("  \(command) ") })
        }
        #expect(outcome.errors.isEmpty)
    }

    @Test(arguments: ["serve", "validate", "graph", "vad", "call", "replay", "eval", "models"], ["--help", "-h"])
    func everyCommandExplainsItself(command: String, word: String) async throws {
        let outcome = try await Program.run(command, word)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("usage: parley \(command)"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func theVersion() async throws {
        let outcome = try await Program.run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: #/parley \d+\.\d+\.\d+\n/#) != nil)
    }

    @Test(arguments: [
        ([], "usage: parley"), (["valdate"], "did you mean 'validate'?"), (["frobnicate"], "there are: serve, "),
        (["vad", "--jsn", "a.wav"], "did you mean --json?"), (["vad", "-x"], "no option -x"),
        (["serve", "--prot", "1"], "did you mean --port?"), (["serve", "--port"], "--port needs a value"),
        (["serve", "--port", "eight"], "a whole number from 0 to 65535"), (["serve", "--port="], "a whole number"),
        (["serve", "--port", "65536"], "from 0 to 65535"), (["serve", "here"], "too many arguments"),
        (["serve", "--allow-origin", "null"], "--allow-origin must be http(s)://HOST"),
        (["serve", "--allow-host", "https://voice.example"], "--allow-host must be a name"),
        (["serve", "--max-conversations", "0"], "a whole number from 1 to 16000"),
        (["serve", "--log-level", "loud"], "debug, info, warning, error"), (["validate"], "FILE is missing"),
        (["graph"], "FILE is missing"), (["graph", "a.yaml", "b.yaml"], "too many arguments"),
        (["graph", "a.yaml", "--format", "svg"], "text, mermaid, dot"), (["vad"], "FILE.wav is missing"),
        (["vad", "--json=yes", "a.wav"], "takes no value"), (["call"], "URL is missing"),
        (["replay"], "FILE is missing"), (["replay", "a.jsonl", "b.jsonl"], "too many arguments"),
        (["eval"], "PROJECT is missing"), (["eval", "a.yaml"], "SCENARIO is missing"),
        (["eval", "a.yaml", "b.yaml", "--format", "xml"], "--format must be one of: text, json, junit"),
        (["call", "ws://127.0.0.1:1"], "--wav FILE is missing"),
        (["call", "ws://127.0.0.1:1", "--text="], "--text must have words"),
        (["call", "ws://127.0.0.1:1", "--text", " \t"], "--text must have words"),
        (["validate", "--srict", "a.yaml"], "did you mean --strict?"),
        (["serve", "--log-format", "xml"], "--log-format must be one of: text, json"),
        (["models"], "list, fetch or verify is missing"),
        (["models", "fetsch"], "'fetsch' is not list, fetch or verify"),
        (["models", "fetch", "ears"], "there is no set 'ears'; there are: speech"),
    ])
    func whatMakesNoSenseIsExplained(words: [String], hint: String) async throws {
        let outcome = try await Program.run(Program.parley, words)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(hint), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}
