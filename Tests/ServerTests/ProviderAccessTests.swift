import ElevenLabsProvider
import ProjectModel
import ProviderKit
import Telemetry
import Testing

@testable import Server

struct ProviderAccessTests {
    private func place(_ provider: String, _ environment: [String: String]) throws -> ProviderEndpoint.Place? {
        try ProviderAccess(environment: environment).endpoint(of: provider)?.place
    }

    @Test(arguments: [
        ("OpenAI", ["OPENAI_API_KEY": "k"], ProviderEndpoint.Place.url("https://api.openai.com/v1")),
        ("OpenAI", ["OPENAI_BASE_URL": "http://gpu:8000/v1/"], .url("http://gpu:8000/v1")),
        (
            "AzureOpenAI", ["AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com", "AZURE_OPENAI_API_KEY": "k"],
            .url("https://me.openai.azure.com")
        ),
        ("Ollama", ["OLLAMA_HOST": "gpu"], .url("http://gpu:11434")),
        ("Ollama", ["OLLAMA_HOST": "http://127.0.0.1:4000"], .url("http://127.0.0.1:4000")),
        ("Deepgram", ["DEEPGRAM_API_KEY": "k"], .url("wss://api.deepgram.com")),
        ("Deepgram", ["DEEPGRAM_API_KEY": "k", "DEEPGRAM_BASE_URL": "ws://127.0.0.1:1"], .url("ws://127.0.0.1:1")),
        ("ElevenLabs", ["ELEVENLABS_API_KEY": "k"], .url("https://api.elevenlabs.io")),
        ("Qwen", ["DASHSCOPE_API_KEY": "k"], .url("wss://dashscope.aliyuncs.com/api-ws/v1")),
        ("Azure", ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_REGION": "westeurope"], .region("westeurope")),
        ("Azure", ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_ENDPOINT": "ws://127.0.0.1:1"], .url("ws://127.0.0.1:1")),
    ])
    func credentialsGiveAPlace(_ provider: String, _ environment: [String: String], _ place: ProviderEndpoint.Place)
        throws
    {
        let access = try ProviderAccess(environment: environment)
        #expect(access.endpoint(of: provider)?.place == place)
        #expect(access.missing(for: ModelReference(provider: provider, model: "any")) == nil)
        let others = ["OpenAI", "AzureOpenAI", "Ollama", "Deepgram", "ElevenLabs", "Qwen", "Azure"]
        #expect(others.filter { access.endpoint(of: $0) != nil } == [provider])
    }

    /// What has access gets an engine: a compatible server of one's own needs no key.
    @Test func aRealtimeServerNeedsNoKey() throws {
        let hosted = try HostedEngines(access: ProviderAccess(environment: ["OPENAI_BASE_URL": "http://gpu:8000/v1"]))
        #expect(hosted.speechToSpeech(ModelReference(provider: "OpenAI", model: "gpt-realtime")) != nil)
        #expect(hosted.speechToSpeech(ModelReference(provider: "Qwen", model: "qwen3-omni-flash-realtime")) == nil)
    }

    /// ElevenLabs serves one model over HTTP only.
    @Test(arguments: [("eleven_v3", true), ("eleven_turbo_v2_5", false), ("eleven_v3_conversational", false)])
    func aModelWithoutSocketsIsReached(model: String, isOverHTTP: Bool) throws {
        let hosted = try HostedEngines(access: ProviderAccess(environment: ["ELEVENLABS_API_KEY": "k"]))
        let kept = hosted.synthesizer(ModelReference(provider: "ElevenLabs", model: model))
        #expect((kept?.engine is ElevenLabsHTTPSynthesizer) == isOverHTTP)
        #expect(kept?.engine.name == "ElevenLabs/" + model)
    }

    @Test(arguments: ["30m", "-1", "0", "1h30m", "1.5h", "300"]) func ollamasTimeIsTakenAsItIs(time: String) throws {
        let access = try ProviderAccess(environment: ["OLLAMA_KEEP_ALIVE": time])
        #expect(access.ollamaKeepAlive == time)
    }

    @Test(arguments: ["soon", "5 m", "m", "1d", "--1"]) func anotherTimeIsRefused(time: String) {
        #expect(throws: ProviderAccess.Problem.self) {
            try ProviderAccess(environment: ["OLLAMA_KEEP_ALIVE": time])
        }
    }

    @Test func whatIsMissingIsNamed() throws {
        let access = try ProviderAccess(environment: ["DEEPGRAM_API_KEY": " ", "AZURE_SPEECH_KEY": "k"])
        func missing(_ provider: String) -> String? {
            access.missing(for: ModelReference(provider: provider, model: "any"))
        }
        #expect(missing("Deepgram")?.contains("DEEPGRAM_API_KEY") == true)
        #expect(missing("Azure")?.contains("AZURE_SPEECH_REGION") == true)
        #expect(missing("Local") == nil)
        #expect(missing("Nobody") != nil)
    }

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
        let access = try ProviderAccess(environment: ["OPENAI_API_KEY": "canary-key", "DEEPGRAM_API_KEY": "canary-key"])
        var dumped = ""
        dump(access, to: &dumped)
        #expect(!dumped.contains("canary") && !"\(access)".contains("canary"))
    }
}
