import AudioCore
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing
import Vendors

/// What servers send that are compatible, each in its own way.
struct CompatibleServersTests {
    private func pieces(of events: String, width: Int = .max) async throws -> [GenerationPiece] {
        let collected = Collected<GenerationPiece>()
        try await ForeignServer.run(answer: { _ in ForeignServer.stream(events, width: width) }) { _, url, client in
            let model = OpenAIChat(
                model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: Secret("sk-canary-1")), client: client)
            try await model.generate(LanguageModelConformance.request("Hi.")) { collected.add($0) }
        }
        return collected.all
    }

    private static let odd = """
        : processing\r
        \r
        data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\r
        \r
        data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm."}}]}

        data: {"choices":[{"index":0,"delta":{"content":"Grüß"},"finish_reason":null}],"usage":null}
        : still alive

        data: {"choices":[{"index":0,"delta":{"content":" dich 😀"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}

        """

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func commentsAzuresFirstChunkReasoningAndAMissingEndAreUnderstood(width: Int) async throws {
        #expect(
            try await pieces(of: Self.odd, width: width) == [
                .text("Grüß"), .text(" dich 😀"), .usage(TokenUsage(input: 3, output: 4)),
            ])
    }

    @Test(arguments: [
        // Interleaved, the index decides.
        (
            """
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{\\"x\\":"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":"1}"}}]}}]}

            """, [ToolCall(id: "a", name: "f", arguments: "{}"), ToolCall(id: "b", name: "g", arguments: #"{"x":1}"#)]
        ),
        // Without an index, whole at once, without an id, the name repeated, without arguments.
        (
            """
            data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g"}}]}}]}

            """, [ToolCall(id: "a", name: "f", arguments: "{}"), ToolCall(id: "b", name: "g", arguments: "{}")]
        ),
        (
            """
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]}}]}

            """, [ToolCall(id: "call_0", name: "f", arguments: "{}")]
        ),
    ])
    func toolCallsArePutTogether(events: String, calls: [ToolCall]) async throws {
        #expect(try await pieces(of: events + "\ndata: [DONE]\n\n") == calls.map { .toolCall($0) })
    }

    @Test(arguments: [
        (
            #"{"error":{"message":"sk-canary-1","code":"sk-canary-1","type":"server_error"}}"#,
            ProviderError.Code.unavailable
        ),
        (#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#, .rateLimited),
        (#"{"error":{"message":"too long","type":"invalid_request_error"}}"#, .rejected),
        (#"{"error":{"message":"x","code":502}}"#, .unavailable), (#"{"error":"sk-canary-1"}"#, .unavailable),
        (#"{"choices":[{"delta":{"content":"a"},"finish_reason":"content_filter"}]}"#, .rejected),
        (#"{"choices":[{"delta":{"content":"a"}}]}"#, .unavailable), ("sk-canary-1", .protocolViolation),
        (#"{"choices":[{"delta":{"content":5}}]}"#, .protocolViolation),
        (
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}}]},"finish_reason":"tool_calls"}]}"#,
            .protocolViolation
        ),
        (
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":"stop"}]}"#,
            .protocolViolation
        ),
        (#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, .unavailable),
    ])
    func failuresInTheMiddleAreTold(data: String, code: ProviderError.Code) async throws {
        let error = await #expect(throws: ProviderError.self) { try await pieces(of: "data: \(data)\n\n") }
        #expect(error?.code == code)
        #expect(error?.description.contains("canary") == false)
    }

    /// Servers that do not know `stream_options` are asked again without it, once and for all.
    @Test func usageIsNotAskedForWhereThatIsRefused() async throws {
        try await ForeignServer.run(answer: { request in
            if String(decoding: request.body, as: UTF8.self).contains("stream_options") {
                return .problem(400, code: "bad", message: "Unrecognized request argument supplied: stream_options")
            }
            return ForeignServer.stream(#"data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#)
        }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            let answers = [
                try await LanguageModelConformance.generate(model), try await LanguageModelConformance.generate(model),
            ]
            #expect(answers == [[.text("a")], [.text("a")]])
            #expect(server.requests.count == 3)
            #expect(server.requests.allSatisfy { $0.headers["authorization"] == nil })
        }
    }

    @Test(arguments: [
        (#"{"text": " Hello there. "}"#, "application/json; charset=utf-8", [], "Hello there."),
        (
            "data: {\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n"
                + "data: {\"choices\":[{\"delta\":{\"content\":\" there.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
            "text/event-stream", ["Hello", "Hello there."], "Hello there."
        ),
        (
            "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"Hello\"}\n\n"
                + "data: {\"type\":\"transcript.text.done\",\"text\":\"Hello!\"}\n\n",
            "text/event-stream; charset=utf-8",
            ["Hello"], "Hello!"
        ),
    ])
    func transcriptsOfSeveralServersAreRead(
        body: String, type: String, interim: [String], final: String
    ) async throws {
        try await ForeignServer.run(answer: { _ in
            HTTPResponse(status: 200, headers: [(name: "Content-Type", value: type)], body: Array(body.utf8))
        }) { server, url, client in
            let recognizer = OpenAITranscriber(
                model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            let transcripts = try await RecognizerConformance.recognize(
                recognizer, [Int16](repeating: 900, count: 3200), language: "de-AT")
            #expect(
                transcripts == interim.map { Transcript(text: $0, isFinal: false) } + [
                    Transcript(text: final, isFinal: true)
                ])
            let request = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
            #expect(request.contains("name=\"language\"\r\n\r\nde\r\n") && request.contains("RIFF"))
        }
    }
}

/// What servers that speak send, each in its own way.
struct CompatibleVoicesTests {
    private static let samples = (0..<24000).map { Int16(($0 % 240 - 120) * 100) }

    private func heard(_ body: [UInt8], type: String, width: Int = .max) async throws -> [Int16] {
        let collected = Collected<SynthesisPiece>()
        try await ForeignServer.run(answer: { _ in ForeignServer.stream(body, type: type, width: width) }) {
            _, url, client in
            let voice = OpenAIVoice(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            try await voice.synthesize(
                SynthesisRequest(text: "Hello there.", voice: VoiceRequest(), sampleRate: 24000)
            ) { collected.add($0) }
        }
        return Self.sound(of: collected.all)
    }

    private static func sound(of pieces: [SynthesisPiece]) -> [Int16] {
        var samples: [Int16] = []
        for case .audio(let chunk) in pieces { samples += chunk.samples }
        return samples
    }

    /// Streamed in odd pieces or whole, as PCM or as WAV, at its own rate or another: it lasts as long as it should.
    @Test(arguments: [701, Int.max], [16000, 24000, 44100])
    func soundIsHeardAsItIs(width: Int, rate: Int) async throws {
        let chunk = AudioChunk(samples: Self.samples, sampleRate: rate)
        let wav = try await heard(WAVFile.write(chunk), type: "audio/wav", width: width)
        #expect(abs(wav.count - Self.samples.count * 24000 / rate) <= 1)
        if rate == 24000 { #expect(wav == Self.samples) }
        let pcm = try await heard(
            PCM16.bytes(littleEndian: Self.samples), type: "audio/pcm;rate=\(rate)", width: width)
        #expect(pcm == wav)
    }

    /// The whole answer with its length: a server that does not stream.
    @Test func anAnswerInOnePieceIsTakenAsItIs() async throws {
        let collected = Collected<SynthesisPiece>()
        let body = WAVFile.write(AudioChunk(samples: Self.samples, sampleRate: 24000))
        try await ForeignServer.run(answer: { _ in
            HTTPResponse(status: 200, headers: [(name: "Content-Type", value: "audio/x-wav")], body: body)
        }) { _, url, client in
            let voice = OpenAIVoice(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            try await voice.synthesize(
                SynthesisRequest(text: "Hello there.", voice: VoiceRequest(), sampleRate: 24000)
            ) { collected.add($0) }
        }
        #expect(Self.sound(of: collected.all) == Self.samples)
    }

    @Test func anMP3IsAnErrorThatSaysSo() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await heard(Array("ID3\u{3}\0\0\0\0\0\0 and so on".utf8), type: "audio/mpeg")
        }
        #expect(error?.code == .protocolViolation && error?.message.hasPrefix("MP3 came instead of PCM or WAV") == true)
    }
}
