import ProjectModel
import ProviderKit
import Telemetry
import Testing
import Vendors

@testable import Server

struct ProviderAccessTests {
    @Test(
        arguments: [
            ("OpenAI", ["OPENAI_API_KEY": "k"], "https://api.openai.com/v1"),
            ("OpenAI", ["OPENAI_BASE_URL": "http://gpu:8000/v1/"], "http://gpu:8000/v1"),
            (
                "AzureOpenAI", ["AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com", "AZURE_OPENAI_API_KEY": "k"],
                "https://me.openai.azure.com"
            ),
            ("Ollama", ["OLLAMA_HOST": "gpu"], "http://gpu:11434"),
            ("Ollama", ["OLLAMA_HOST": "http://127.0.0.1:4000"], "http://127.0.0.1:4000"),
            ("Deepgram", ["DEEPGRAM_API_KEY": "k"], "wss://api.deepgram.com"),
            ("Deepgram", ["DEEPGRAM_API_KEY": "k", "DEEPGRAM_BASE_URL": "ws://127.0.0.1:1"], "ws://127.0.0.1:1"),
            ("ElevenLabs", ["ELEVENLABS_API_KEY": "k"], "https://api.elevenlabs.io"),
            ("Qwen", ["DASHSCOPE_API_KEY": "k"], "wss://dashscope.aliyuncs.com/api-ws/v1"),
            ("Azure", ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_REGION": "westeurope"], nil),
            ("Azure", ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_ENDPOINT": "ws://127.0.0.1:1"], "ws://127.0.0.1:1"),
        ] as [(String, [String: String], String?)])
    func credentialsGiveAPlace(_ provider: String, _ environment: [String: String], _ url: String?) throws {
        let access = try ProviderAccess(environment: environment)
        #expect(access.access(to: provider)?.baseURL == url)
        #expect(access.missing(for: ModelReference(provider: provider, model: "any")) == nil)
        let found = Vendor.all.map(\.profile.name).filter { access.access(to: $0) != nil }
        #expect(found == [provider])
    }

    /// Where an option says where a vendor is, the option is there.
    @Test func aRegionIsAPlace() throws {
        let access = try ProviderAccess(environment: ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_REGION": "westeurope"])
        #expect(access.access(to: "Azure")?.options == ["region": "westeurope"])
    }

    /// Whatever a vendor has models for, it makes; and with its own variables alone it can be used.
    @Test(arguments: Vendor.all.map(\.profile.name)) func everyVendorKeepsItsWord(name: String) throws {
        let vendor = try #require(Vendor.all.first { $0.profile.name == name })
        let profile = vendor.profile
        let access = try ProviderAccess(environment: profile.environment(ofStandInsAt: "http://127.0.0.1:1"))
        let order = Vendor.Order(
            model: ModelReference(provider: "house", model: "some-model"),
            access: try #require(access.access(to: name)),
            means: try Vendor.Means())
        let made: [ModelRole: String] = [
            .recognizer: vendor.recognizer?(order)?.engine.name, .synthesizer: vendor.synthesizer?(order)?.engine.name,
            .languageModel: vendor.languageModel?(order)?.engine.name,
            .speechToSpeech: vendor.speechToSpeech?(order)?.engine.name,
        ].compactMapValues(\.self)
        #expect(Set(made.keys) == profile.roles)
        // Prices, counters and logs name an engine as the project does.
        #expect(made.values.allSatisfy { $0 == "house/some-model" })
        #expect((profile.speechToSpeech != nil) == profile.roles.contains(.speechToSpeech))
        #expect(profile.address.reading(profile.address.example.replacing("NAME", with: "name")) != nil)
        #expect(profile.address.standard.map { profile.address.reading($0) == $0 } ?? true)
        for option in profile.options {
            let example = option.example.split(separator: ", or").first.map(String.init) ?? ""
            #expect(option.allows(example) && !option.allows("") && option.standard.map(option.allows) ?? true)
        }
    }

    @Test func namesOfVendorsAreTheirOwn() {
        let names = Vendor.all.map { $0.profile.name.lowercased() } + ["local"]
        #expect(Set(names).count == names.count)
        let variables = Vendor.all.flatMap { vendor in
            [vendor.profile.address.variable] + (vendor.profile.key.map { [$0.variable] } ?? [])
                + vendor.profile.options.flatMap(\.variables)
        }
        #expect(Set(variables).count == variables.count)
    }

    /// ElevenLabs serves one model over HTTP only.
    @Test(arguments: [("eleven_v3", true), ("eleven_turbo_v2_5", false), ("eleven_v3_conversational", false)])
    func aModelWithoutSocketsIsReached(model: String, isOverHTTP: Bool) throws {
        let vendor = try #require(Vendor.all.first { $0.profile.name == "ElevenLabs" })
        let order = Vendor.Order(
            model: ModelReference(provider: "ElevenLabs", model: model),
            access: Vendor.Access(baseURL: "http://127.0.0.1:1", key: Secret("k")), means: try Vendor.Means())
        let engine = vendor.synthesizer?(order)?.engine
        #expect((engine is ElevenLabsHTTPSynthesizer) == isOverHTTP)
        #expect(engine?.name == "ElevenLabs/" + model)
    }

    @Test(arguments: ["30m", "-1", "0", "1h30m", "1.5h", "300"]) func ollamasTimeIsTakenAsItIs(time: String) throws {
        let access = try ProviderAccess(environment: ["OLLAMA_KEEP_ALIVE": time, "OLLAMA_HOST": "gpu"])
        #expect(access.access(to: "Ollama")?.options == ["keep_alive": time])
    }

    @Test(arguments: ["soon", "5 m", "m", "1d", "--1"]) func anotherTimeIsRefused(time: String) {
        #expect(throws: ProviderAccess.Problem.self) {
            try ProviderAccess(environment: ["OLLAMA_KEEP_ALIVE": time])
        }
    }

    private func missing(_ access: ProviderAccess, _ provider: String, _ endpoints: [NamedEndpoint] = []) -> String? {
        access.missing(for: ModelReference(provider: provider, model: "any"), among: endpoints)
    }

    @Test func whatIsMissingIsNamed() throws {
        let access = try ProviderAccess(environment: ["DEEPGRAM_API_KEY": " ", "AZURE_SPEECH_KEY": "k"])
        #expect(missing(access, "Deepgram")?.hasSuffix("set DEEPGRAM_API_KEY") == true)
        #expect(missing(access, "Azure")?.contains("AZURE_SPEECH_REGION") == true)
        #expect(missing(access, "OpenAI")?.contains("OPENAI_API_KEY, or OPENAI_BASE_URL") == true)
        #expect(missing(access, "AzureOpenAI")?.contains("AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY") == true)
        #expect(missing(access, "Ollama")?.contains("OLLAMA_HOST, such as 127.0.0.1:11434") == true)
        #expect(missing(access, "Local") == nil)
        #expect(missing(access, "Nobody") != nil)
    }

    // MARK: - Endpoints of projects

    private static let house = NamedEndpoint(
        name: "house", vendor: "OpenAI", baseURL: "http://gpu:8000/v1", keyVariable: "HOUSE_KEY")

    @Test func anEndpointHasAnAddressAndAKeyOfItsOwn() throws {
        let access = try ProviderAccess(environment: ["HOUSE_KEY": "ours", "OPENAI_API_KEY": "theirs"])
        #expect(
            access.answer(for: "house", among: [Self.house])
                == .hosted(
                    vendor: "OpenAI", Vendor.Access(baseURL: "http://gpu:8000/v1", key: Secret("ours"))))
        let keyless = NamedEndpoint(name: "house", vendor: "Ollama", baseURL: "http://gpu:1")
        #expect(
            access.answer(for: "house", among: [keyless])
                == .hosted(
                    vendor: "Ollama",
                    Vendor.Access(baseURL: "http://gpu:1", key: nil, options: ["keep_alive": "30m"])))
        // Options of the environment are about the vendor, not about an endpoint.
        let other = try ProviderAccess(environment: ["OLLAMA_KEEP_ALIVE": "1h"])
        #expect(other.answer(for: "house", among: [keyless]) == access.answer(for: "house", among: [keyless]))
    }

    @Test(arguments: [[:], ["HOUSE_KEY": " "], ["OPENAI_API_KEY": "theirs"]]) func aMissingKeyIsNamed(
        environment: [String: String]
    ) throws {
        let access = try ProviderAccess(environment: environment)
        #expect(missing(access, "house", [Self.house])?.hasSuffix("set HOUSE_KEY") == true)
    }

    @Test func anUnusableKeyIsNotRepeated() throws {
        let access = try ProviderAccess(environment: ["HOUSE_KEY": "canary\r\nX-Evil: 1"])
        let reason = try #require(missing(access, "house", [Self.house]))
        #expect(reason.contains("HOUSE_KEY") && !reason.contains("canary"))
    }

    /// No network is reached, whatever a project says.
    @Test func standInsPlayEndpoints() throws {
        let openAI = try #require(Vendor.all.first).profile
        let access = try ProviderAccess(
            environment: openAI.environment(ofStandInsAt: "http://127.0.0.1:9"), areStandIns: true)
        #expect(
            access.answer(for: "house", among: [Self.house])
                == .hosted(
                    vendor: "OpenAI", Vendor.Access(baseURL: "http://127.0.0.1:9/v1", key: Secret("doubles"))))
    }

    // MARK: - Secrets

    @Test(arguments: [
        "OPENAI_BASE_URL": "canary-7", "OLLAMA_HOST": "canary-7 x", "OPENAI_API_KEY": "canary-7\nX-Evil: 1",
        "AZURE_OPENAI_API_VERSION": "canary-7/..",
    ])
    func aWrongValueIsReportedWithoutIt(_ variable: String, _ value: String) {
        #expect {
            try ProviderAccess(environment: [variable: value])
        } throws: { error in
            let problem = error as? ProviderAccess.Problem
            return problem?.variable == variable && !"\(error)".contains("canary")
        }
    }

    @Test func keysAreNotShown() throws {
        let access = try ProviderAccess(
            environment: ["OPENAI_API_KEY": "canary-key", "DEEPGRAM_API_KEY": "canary-key", "HOUSE_KEY": "canary-key"])
        var dumped = ""
        dump(access, to: &dumped)
        #expect(!dumped.contains("canary") && !"\(access)".contains("canary"))
    }
}
