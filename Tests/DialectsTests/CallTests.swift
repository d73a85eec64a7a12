import AudioCore
import TestSupport
import Testing

@testable import Session

/// One suite of calls over every dialect: a new dialect is one more client in `clients`.
struct CallTests {
    static let clients: [any CallClient] = [
        BridgeClient(), BridgeClient(cancels: false), BridgeClient(knowsPauses: true), PCMClient(),
        PCMClient(query: ["encoding": "mulaw"]), PCMClient(query: ["encoding": "alaw", "rate": "16000"]),
        PCMClient(query: ["input_rate": "48000", "output_rate": "24000"]),
    ]

    /// A connection of one client: time, what it heard, what the conversation was told.
    private struct Call {
        let client: any CallClient
        var dialect: any Dialect
        var now: Duration = .zero
        var story: [Heard] = []
        var signals: [ClientSignal] = []
        var samples = 0

        init(_ client: any CallClient) throws {
            self.client = client
            dialect = try client.dialect
        }

        mutating func send(_ frames: [Frame]) throws {
            for frame in frames {
                let (inputs, replies) = dialect.read(frame, now: now)
                for input in inputs {
                    switch input {
                    case .audio(let more), .recording(let more): samples += more.count
                    case .signal(.malformed(let problem)): signals.append(CallScript.malformed(problem.code))
                    case .signal(let signal): signals.append(signal)
                    }
                }
                try hear(replies)
            }
        }

        mutating func tell(_ event: ConversationEvent) throws { try hear(dialect.write(event, now: now)) }

        /// Time passes, and the dialect is woken whenever it wants to be.
        mutating func pass(_ duration: Duration) throws {
            let end = now + duration
            while let wake = dialect.wake, wake <= end {
                now = max(now, wake)
                let frames = dialect.time(now)
                try #require(dialect.wake.map { $0 > now } ?? true, "it wants to be woken again at once")
                try hear(frames)
            }
            now = end
        }

        private mutating func hear(_ frames: [Frame]) throws {
            for frame in frames {
                for heard in try client.hear(frame) {
                    story.append(heard)
                    let before = signals
                    try send(client.answer(to: heard))
                    #expect(signals == before, "what a client answers by itself is none of the conversation's business")
                }
            }
        }
    }

    /// What a client heard in short: names left out, and what comes several times in a row once.
    private static func summary(_ story: [Heard]) -> [String] {
        var summary: [String] = []
        for heard in story {
            let beat: String? =
                switch heard {
                case .created: "created"
                case .words: "words"
                case .begins: "begins"
                case .says: "says"
                case .sounds: "sounds"
                case .silenced: "silenced"
                case .goesOn: nil
                case .done(_, let status): "done \(status)"
                case .problem(let code): "problem \(code)"
                case .ends(let code): "ends \(code)"
                }
            if let beat, !["sounds", "silenced"].contains(beat) || summary.last != beat { summary.append(beat) }
        }
        return summary
    }

    @Test(arguments: clients.indices, CallScript.all.indices)
    func plays(_ clientIndex: Int, _ scriptIndex: Int) throws {
        let (client, script) = (Self.clients[clientIndex], CallScript.all[scriptIndex])
        let about: Comment = "\(client.testDescription): \(script.name)"
        var call = try Call(client)
        try call.tell(.created(CallScript.session))
        try call.send(client.greeting)
        if client.knowsPauses { try call.tell(.settings(CallScript.settingsWithPauses)) }
        var spoken: Duration = .zero
        for step in script.steps {
            call.signals = []
            switch step {
            case .told(let event): try call.tell(event)
            case .passes(let duration): try call.pass(duration)
            case .does(let deed, let signals):
                guard let frames = client.frames(for: deed) else { continue }
                if case .speaks(let length) = deed { spoken += length }
                try call.send(frames)
                #expect(call.signals == signals, about)
            }
        }
        try call.pass(.seconds(1))
        #expect(CallLaws.faults(in: call.story) == [], about)
        var story = client.knowsPauses ? script.story : script.storyWithoutPauses ?? script.story
        // A stop needs no order to be silent in dialects whose clients fall silent by themselves.
        if client is PCMClient, let end = story.firstIndex(of: "done cancelled") { story.insert("silenced", at: end) }
        #expect(Self.summary(call.story) == story, about)
        // A resampler looks a few milliseconds ahead.
        let missing = spoken.samples(at: 16000) - call.samples
        #expect((0...84).contains(missing), about)
    }

    /// Whatever a conversation may tell, in any order that it may be told in, the laws hold.
    @Test(arguments: clients.indices)
    func keepsTheLaws(_ clientIndex: Int) throws {
        let client = Self.clients[clientIndex]
        for seed in 0..<150 {
            var random = Seeded(seed)
            var call = try Call(client)
            try call.tell(.created(CallScript.session))
            try call.send(client.greeting)
            if client.knowsPauses { try call.tell(.settings(CallScript.settingsWithPauses)) }
            for event in Self.events(&random) {
                try call.tell(event)
                try call.pass(.milliseconds(Int.random(in: 0...400, using: &random)))
            }
            try call.pass(.seconds(1))
            #expect(CallLaws.faults(in: call.story) == [], "\(client.testDescription), seed \(seed)")
        }
    }

    /// A conversation of a few answers, as the core may tell it.
    private static func events(_ random: inout Seeded) -> [ConversationEvent] {
        var events: [ConversationEvent] = []
        var segment = 0
        for number in 1...Int.random(in: 1...5, using: &random) {
            let id = ResponseID(number)
            events.append(.responseStarted(id))
            var rate = 16000
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let item = Int.random(in: 1...2, using: &random)
                let source = Attribution(response: id, item: ItemID(10 * number + item), agent: "A\(item)")
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    segment += 1
                    rate = [16000, 22050, 24000].randomElement(using: &random) ?? 16000
                    events.append(.agentText(source, "words"))
                case 1:
                    events += [.paused(id, agent: source.agent, heard: "w"), .resumed(id, source, rest: "ords")]
                case 2: events.append(.heartbeat)
                default:
                    let count = Int.random(in: 0...3000, using: &random)
                    let samples = [Int16](repeating: 1, count: count)
                    events.append(
                        .agentAudio(source, SegmentID(segment), AudioChunk(samples: samples, sampleRate: rate)))
                }
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0: events += [.interrupted(id, agent: nil, heard: ""), .responseDone(id, .interrupted)]
            case 1:
                events += [
                    .paused(id, agent: nil, heard: ""), .interrupted(id, agent: nil, heard: ""),
                    .responseDone(id, .interrupted),
                ]
            case 2: events += [.audioDone(id), .responseDone(id, .cancelled)]
            case 3: events.append(.responseDone(id, .failed))
            default: events += [.audioDone(id), .responseDone(id, .completed)]
            }
        }
        return events
    }
}
