import FlowGraph
import Foundation
import ProjectModel
import Projects
import Testing
import TurnTaking

@Suite("Project loader")
struct LoaderTests {
    @Test func theAdvisorIsReadAsWritten() throws {
        let result = ProjectLoader.load(file: TestFiles.advisor.path())
        #expect(result.diagnostics == [])
        let project = try #require(result.project)
        #expect(project.name == "investment-advisor")
        #expect(project.agents.map(\.name) == ["Stock Planner", "Currency Planner", "Risk Assessment Planner"])
        #expect(project.agents.map(\.speaksSummary) == [false, true, true])
        #expect(project.languageModel == ModelChain(.localPlanner))
        let advisor = try #require(project.superAgent(named: "Investment Strategy Advisor"))
        #expect(advisor.goal == "Generate investment recommendations.")
        #expect(advisor.closesWithSummary)
        #expect(
            advisor.graph.nodes == [
                .init(
                    name: "Stock Planner", edges: [.init(to: "Currency Planner"), .init(to: "Risk Assessment Planner")]),
                .init(name: "Currency Planner"), .init(name: "Risk Assessment Planner"),
            ])
        let voice = { project.voice(of: $0, within: [advisor.name]) }
        #expect(voice("Stock Planner")?.names == ["en-US-JennyNeural"])
        #expect(voice("Currency Planner")?.names == ["en-CA-LiamNeural"])
        #expect(voice("Risk Assessment Planner") == nil)
        #expect(project.audio.recognizer == ModelChain(ModelReference(provider: "Azure", model: "AI-Transcription")))
        #expect(project.audio.language == "en-AU")
        #expect(project.audio.endpointing.silence == .milliseconds(3500))
        var vad = VADConfiguration()
        vad.threshold = 15
        vad.windowSize = 24
        vad.lockout = .milliseconds(500)
        vad.gracePeriod = .seconds(1)
        vad.minimumAudio = .seconds(1)
        #expect(project.audio.vad == vad)
    }

    @Test func aTimeZoneIsOneOfTheNames() throws {
        func load(_ zone: String) -> LoadResult {
            ProjectLoader.load(
                text: """
                    orchestrator: {agent_list: [{agent_name: Ada}], time_zone: \(zone)}
                    utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
                    """, name: "x")
        }
        #expect(load("Europe/Berlin").project?.orchestrator.timeZone == "Europe/Berlin")
        #expect(load("UTC").project?.orchestrator.timeZone == "UTC")
        let problem = try #require(load("europe/berlin").diagnostics.first)
        #expect(problem.message == "'europe/berlin' is no time zone" && problem.hint == "did you mean 'Europe/Berlin'?")
        #expect(load("CEST+2").project == nil)
    }

    /// The project of the first two minutes comes first, and is quick: two agents begin, a third joins them.
    @Test func theFirstProjectIsHello() throws {
        let folder = TestFiles.hello.deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".yaml") }
        #expect(files.min() == "hello.yaml")
        let result = ProjectLoader.load(file: TestFiles.hello.path())
        #expect(result.diagnostics == [])
        let project = try #require(result.project)
        #expect(project.audio.endpointing.silence == .milliseconds(600))
        #expect(project.audio.vad != nil)
        #expect(project.models.allSatisfy { $0.provider == "Local" }, "no key, no account")
        let graph = try #require(project.superAgents.first).graph
        #expect(
            graph.nodes == [
                .init(name: "Planner", edges: [.init(to: "Host")]), .init(name: "Checker", edges: [.init(to: "Host")]),
                .init(name: "Host"),
            ])
        #expect(Set(["Planner", "Checker", "Host"].map { project.voice(of: $0, within: ["Team"])?.names }).count == 3)
    }

    @Test func voicesInsideConfigMeanTheSame() throws {
        let inside = try TestFiles.corpusBytes("valid/advisor-inside-config.yaml")
        let beside = try Data(contentsOf: TestFiles.advisor)
        #expect(
            ProjectLoader.load(bytes: inside, name: "x").project
                == ProjectLoader.load(bytes: [UInt8](beside), name: "x").project)
    }

    @Test func theLeastProjectHasTheDefaults() throws {
        let project = try #require(
            ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/minimal.yaml"), name: "least").project)
        #expect(
            project == Project(name: "least", orchestrator: .init(agentNames: ["Ada"]), agents: [.init(name: "Ada")]))
    }

    @Test func foreignModelsGoToTheCompatibleEndpoint() throws {
        let bytes = try TestFiles.corpusBytes("valid/foreign-model.yaml")
        let model = ProjectLoader.load(bytes: bytes, name: "x").project?.languageModel
        #expect(model?.all == [ModelReference(provider: "OpenAI", model: "meta-llama/Llama-3.1-70B-Instruct")])
    }

    private func project(_ name: String) throws -> Project {
        try #require(ProjectLoader.load(file: TestFiles.corpusPath("valid/\(name).yaml"), name: "x").project)
    }

    @Test func whatMayStopAnAgentIsInheritedKeyByKey() throws {
        let project = try project("interrupting")
        func interruption(_ permission: Interruption.Permission, _ words: Int) -> Interruption {
            var interruption = Interruption()
            (interruption.permission, interruption.minimumWords) = (permission, words)
            return interruption
        }
        #expect(project.interruption(of: "Ada") == interruption(.always, 2))
        #expect(project.interruption(of: "Bob") == interruption(.afterFirstSentence, 3))
        #expect(project.interruption(of: "Cleo") == Interruption())
        #expect(project.interruption(of: "Team") == interruption(.never, 2))
        #expect(project.interruption(of: "Inner") == interruption(.afterFirstSentence, 2))
        #expect(project.interruption(of: "orchestrator") == Interruption())
        #expect(project.apology(of: "Ada") == "No answer today." && project.apology(of: "Bob") == "Bob has none.")
        #expect(project.audio.vad?.backChannels == ["mhm", "i see"])
        #expect(try self.project("back-channels-none").audio.vad?.backChannels == [])
        #expect(try self.project("vad-extremes").audio.vad?.backChannels == nil)
    }

    @Test func modelsThatStandInForEachOtherKeepTheirOrder() throws {
        let project = try project("model-lists")
        let names = [
            "OpenAI/gpt-4.1-mini", "AzureOpenAI/mini", "Ollama/llama3.1", "OpenAI/meta-llama/Llama-3.1-8B-Instruct",
            "Local/Planner",
        ]
        #expect(project.languageModel.all.map(\.description) == names)
        #expect(project.agents[0].languageModel?.description == "Ollama/qwen3, Local/Planner")
        #expect(project.audio.recognizer.first.description == "Deepgram/nova-3")
        let voice = try #require(project.voice(of: "Ada", within: []))
        #expect(voice.model.all.map(\.provider) == ["ElevenLabs", "Qwen", "OpenAI"])
        #expect((0...3).map(voice.name(at:)) == ["Rachel", nil, "alloy", nil])
        #expect(project.voice(of: nil, within: [])?.names == ["Rachel"])
        #expect(project.models.count == 15)
    }

    @Test func voicesOfASpeechToSpeechAgentFollowItsModels() throws {
        let project = try project("speech-to-speech")
        let ada = project.agents[0]
        #expect(ada.speaksItself)
        #expect(ada.languageModel?.isSpeechToSpeech == true)
        #expect(ada.speech?.voices == ["Cherry"])
        #expect(project.voiceName(of: "Ada", within: []) == "Cherry")
        // A filler in its place is another model's to say, which knows no Cherry.
        #expect(project.voice(of: "Ada", within: [])?.names == [])
    }

    @Test func anAgentsSamplingGoesOverTheProjectsKeyByKey() throws {
        let text = """
            base_config: {llm_config: {model: Ollama/llama3.1, temperature: 0.2, max_tokens: 300}}
            orchestrator: {agent_list: [{agent_name: Ada}, {agent_name: Bob}, {agent_name: Eve}]}
            utility_agents:
              - {agent_class: PlanningAgent, agent_name: Ada}
              - agent_class: PlanningAgent
                agent_name: Bob
                config: {llm_config: {temperature: 0, top_p: 0.9}}
              - agent_class: PlanningAgent
                agent_name: Eve
                config: {llm_config: {model: OpenAI/gpt-realtime, max_tokens: 2000}}
            """
        let project = try #require(ProjectLoader.load(text: text, name: "x").project)
        #expect(project.sampling == Sampling(temperature: 0.2, maxTokens: 300))
        #expect(
            project.agents.map(\.sampling) == [
                project.sampling, Sampling(temperature: 0, topP: 0.9, maxTokens: 300),
                // Tokens of speech are others.
                Sampling(maxTokens: 2000),
            ])
    }

    @Test func anAgentsFillerIsItsOwnOrTheOrchestrators() throws {
        let project = try project("fillers")
        let common = Filler(text: "One moment, please.", after: .seconds(2))
        #expect(project.orchestrator.filler == common)
        #expect(
            project.agents.map(\.filler) == [
                Filler(text: "Let me see.", after: .seconds(2)),
                Filler(text: "One moment, please.", after: .milliseconds(250)), common,
            ])
        #expect(try self.project("filler-missing").agents[0].filler == nil)
        #expect(Filler(text: "x").after == .milliseconds(1500))
    }

    @Test func pricesAreOfSingleUnits() throws {
        let prices = try project("prices").prices
        #expect(prices.currency == "EUR")
        func price(_ model: String) throws -> Price? { prices[try #require(ModelReference(model))] }
        let mini = try #require(try price("OpenAI/gpt-4.1-mini"))
        #expect(abs(mini.cost(inputTokens: 2_000_000, outputTokens: 500_000) - 1.6) < 1e-9)
        #expect(try price("OpenAI/openai/gpt-oss-120b")?.inputTokens == 0.1 / 1e6)
        #expect(try price("openai/gpt-oss-120b") == nil)
        let ears = try #require(try price("Deepgram/nova-3"))
        #expect(abs(ears.cost(audio: .seconds(90)) - 0.01155) < 1e-9)
        let voice = try #require(try price("ElevenLabs/eleven_turbo_v2_5"))
        #expect(abs(voice.cost(characters: 1000) - 0.05) < 1e-9)
        #expect(try price("Local/Planner") == nil)
    }

    @Test func historyHasDefaults() throws {
        #expect(
            try project("history").orchestrator.history == HistoryLimits(maximumTurns: 1, maximumCharacters: 2_000_000))
        #expect(
            try project("minimal").orchestrator.history == HistoryLimits(maximumTurns: 20, maximumCharacters: 24_000))
    }

    @Test func deadlinesHaveDefaults() throws {
        let deadlines = try project("deadlines").deadlines
        #expect(deadlines == Deadlines(firstToken: .seconds(60), firstAudio: .milliseconds(100)))
        #expect(deadlines.finalTranscript == .seconds(3))
    }

    @Test func nothingIsRecordedUnlessTheFileSaysSo() throws {
        #expect(try project("minimal").recording == RecordingPolicy())
        #expect(try !project("minimal").recording.isEnabled)
        #expect(
            try project("recording").recording
                == RecordingPolicy(
                    isEnabled: true, audio: .both, keepDays: 3650, announcement: "Dieses Gespräch wird aufgezeichnet."))
    }

    @Test func examplesAreKeptInTheirOrder() throws {
        #expect(try project("minimal").examples.isEmpty)
        #expect(
            try project("everything").examples == ["How do I protect my savings?", "And against inflation?"])
    }

    @Test func triageAndLoopsAreRead() throws {
        let triage = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/triage.yaml"), name: "x").project
        #expect(
            triage?.superAgents[0].graph.nodes[0]
                == .init(
                    name: "Ada",
                    edges: [
                        .init(to: "Bob", when: .condition("the caller asked for numbers")),
                        .init(to: "Cleo", when: .otherwise),
                    ], mode: .firstMatch))
        let loop = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/loop.yaml"), name: "x").project
        #expect(
            loop?.superAgents[0].graph.loop
                == .init(tail: "Cleo", head: "Bob", condition: "the critic is not content", maxIterations: 3))
    }

    @Test func filesThatCannotBeRead() {
        let missing = ProjectLoader.load(file: "/nowhere/x.yaml")
        #expect(missing.diagnostics.map(\.message) == ["cannot be read: no such file"])
        let folder = ProjectLoader.load(file: "/")
        #expect(folder.diagnostics.map(\.message) == ["cannot be read: not a regular file"])
    }

    @Test func diagnosticsAreBoundedAndErrorsAmongThemCount() {
        let noise = (0..<5000).map { "z\($0): 1" }.joined(separator: "\n")
        let result = ProjectLoader.load(text: noise + "\norchestrator: 7\nutility_agents: 7\n", name: "x")
        #expect(result.project == nil)
        #expect(result.diagnostics.count == 200)
        #expect(result.diagnostics.hasErrors)
    }

    @Test func plansBeyondReasonAreRefused() {
        let names = (0..<9).map { level in ["s\(level)", "t\(level)"] }
        let blocks = (0..<9).flatMap { level in
            names[level].map { name in
                let members = level == 8 ? ["Ada"] : names[level + 1]
                return "  - {agent_class: FlowSuperAgent, agent_name: \(name), config: {agent_list: ["
                    + members.map { "{agent_name: \($0)}" }.joined(separator: ", ") + "]}}"
            }
        }
        let text = """
            orchestrator: {agent_list: [{agent_name: s0}, {agent_name: t0}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
            super_agents:
            \(blocks.joined(separator: "\n"))
            """
        let result = ProjectLoader.load(text: text, name: "x")
        #expect(result.project == nil)
        #expect(
            result.diagnostics.first?.message
                == "'s0' runs more than 500 agents, nested ones included, or nests them too deep")
    }
}
