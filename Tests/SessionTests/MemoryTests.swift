import Agents
import Foundation
import Memory
import ProjectModel
import ProviderKit
import Synchronization
import TestSupport
import Testing

@testable import Session

/// What a conversation remembers of earlier ones of the same caller.
@Suite(.timeLimit(.minutes(1))) struct MemoryTests {
    private static let earlier = MemoryRound([
        .init(.caller, "My dog is called Rex."), .init(.agent("Stock"), "A fine", wasInterrupted: true),
    ])

    private static func project(_ policy: MemoryPolicy?) -> Project {
        var project = TestProjects.single()
        project.memory = policy
        project.agents[0].memory.holdsRelevant = policy?.search != nil
        return project
    }

    private static func simulation(
        _ policy: MemoryPolicy?, remembers: Bool = true, _ answer: @escaping (Recall) -> (Recalled, delay: Duration)?
    ) -> Simulation {
        var script = Script()
        script.recalled = answer
        return Simulation(project(policy), script, remembers: remembers)
    }

    /// The rounds that the memory was told to keep.
    private func kept(_ simulation: Simulation) -> [MemoryRound] {
        simulation.requests.compactMap { if case .remember(let round) = $0.request { round } else { nil } }
    }

    private func begun(_ simulation: Simulation) -> Duration? { simulation.first { $0.isResponse } }

    // MARK: - The beginning

    @Test func aConversationBeginsWithEarlierOnes() throws {
        var simulation = Self.simulation(MemoryPolicy()) { _ in
            (.earlier([Self.earlier], variables: [:]), .milliseconds(20))
        }
        simulation.client(.text("What is its name?"), at: .milliseconds(1))
        simulation.run(until: .seconds(20))
        #expect(begun(simulation) == .milliseconds(20), "the first answer waits for the memory")
        #expect(simulation.remembered.map(\.content) == ["My dog is called Rex.", "A fine [INTERRUPTED]"])
        let system = try #require(simulation.generations.last?.messages.first?.content)
        #expect(system.contains("earlier calls of the same caller"))
        #expect(kept(simulation).map { $0.entries[0].text } == ["What is its name?"])
        #expect(kept(simulation).allSatisfy { $0.entries.count == 2 && !$0.entries[1].wasInterrupted })
    }

    @Test func anAnswerWaitsNoLongerThanItsPatience() {
        var simulation = Self.simulation(MemoryPolicy()) { _ in
            (.earlier([Self.earlier], variables: [:]), .seconds(5))
        }
        simulation.client(.text("One"), at: .milliseconds(1))
        simulation.client(.text("Two"), at: .seconds(12))
        simulation.run(until: .seconds(20))
        #expect(begun(simulation) == Past.patience)
        let first = simulation.generations.first { $0.brief.task == .plan }
        #expect(first?.messages.count == 2, "the first answer knows nothing")
        #expect(simulation.remembered.first?.content == "My dog is called Rex.", "what comes late still counts")
    }

    @Test(arguments: [(nil, true), (MemoryPolicy(), false)] as [(MemoryPolicy?, Bool)])
    func nothingIsAskedOrKeptOfWhoIsNobody(policy: MemoryPolicy?, remembers: Bool) {
        var simulation = Self.simulation(policy, remembers: remembers) { _ in nil }
        simulation.client(.text("One"), at: .milliseconds(1))
        simulation.run(until: .seconds(20))
        #expect(begun(simulation) == .milliseconds(1))
        #expect(
            !simulation.requests.contains {
                switch $0.request {
                case .recall, .remember: true
                default: false
                }
            })
    }

    @Test func variablesOfTheCallerGoBeforeThoseOfTheProject() throws {
        var project = Self.project(MemoryPolicy())
        project.agents[0].memory.variables = [.init(name: "city", value: "Ghent"), .init(name: "berth", value: "7")]
        var script = Script()
        script.recalled = { _ in (.earlier([], variables: ["city": "Bruges", "zebra": "x"]), .zero) }
        var simulation = Simulation(project, script, remembers: true)
        simulation.client(.text("Where?"), at: .seconds(1))
        simulation.run(until: .seconds(20))
        let system = try #require(simulation.generations.last?.messages.first?.content)
        #expect(system.contains("* city: Bruges\n* berth: 7") && !system.contains("zebra"))
    }

    // MARK: - What the client asks

    private static let declared = [
        PromptMemory.Variable(name: "city", value: "Ghent"), PromptMemory.Variable(name: "berth", value: "7"),
    ]

    private func reports(_ simulation: Simulation) -> [MemoryReport] {
        simulation.events.compactMap { if case .memory(let report) = $0 { report } else { nil } }
    }

    private static func add(_ values: [String: String?]) throws -> ClientSignal {
        .memory(.add(try MemoryChanges(values)))
    }

    @Test(arguments: [true, false])
    func aClientAddsReadsAndResets(remembers: Bool) throws {
        var project = Self.project(MemoryPolicy())
        (project.variables, project.agents[0].memory.variables) = (Self.declared, Self.declared)
        var script = Script()
        script.recalled = { _ in (.earlier([Self.earlier], variables: ["berth": "8", "old": "x"]), .milliseconds(100)) }
        var simulation = Simulation(project, script, remembers: remembers)
        // Before the memory has answered: what the client says counts.
        simulation.client(try Self.add(["city": "<b>\nBruges", "old": nil]), at: .milliseconds(1))
        simulation.client(.text("Where?"), at: .seconds(1))
        simulation.client(.memory(.retrieve(rounds: 1)), at: .seconds(12))
        simulation.client(.memory(.reset(.variables)), at: .seconds(13))
        simulation.client(.memory(.reset(.all)), at: .seconds(14))
        simulation.client(.memory(.retrieve(rounds: 100)), at: .seconds(15))
        simulation.run(until: .seconds(20))
        let berth = MemoryReport.Variable(name: "berth", value: remembers ? "8" : "7")
        let city = MemoryReport.Variable(name: "city", value: "<b>\nBruges")
        let told = reports(simulation)
        #expect(told.map(\.isKept) == Array(repeating: remembers, count: 5))
        #expect(told[0].variables == [berth, city] && told[1].variables == [berth, city])
        #expect(told[1].history.map(\.agent) == [nil, "Stock"] && told[1].history.first?.text == "Where?")
        #expect(told[2].variables.map(\.value) == ["7", "Ghent"] && told[4].history.isEmpty)
        let system = try #require(simulation.generations.last { $0.brief.task == .plan }?.messages.first?.content)
        #expect(system.contains("* city: ") && system.contains("Bruges") && !system.contains("<b>\n"))
        let asked = simulation.requests.map(\.request).filter {
            switch $0 {
            case .keep, .forgetCaller: true
            default: false
            }
        }
        let kept: [Request] = [
            .keep([.init("city", "<b>\nBruges"), .init("old", nil)]), .forgetCaller(.variables), .forgetCaller(.all),
        ]
        #expect(asked == (remembers ? kept : []))
    }

    @Test func aMemoryWithoutRoundsKeepsVariables() throws {
        var simulation = Self.simulation(MemoryPolicy(loadsEarlier: false)) { recall in
            #expect(recall == .earlier(rounds: 0))
            return (.earlier([], variables: ["a": "1"]), .zero)
        }
        simulation.client(.memory(.retrieve(rounds: 0)), at: .seconds(1))
        simulation.client(.text("One"), at: .seconds(2))
        simulation.run(until: .seconds(20))
        #expect(reports(simulation).map(\.variables) == [[.init(name: "a", value: "1")]])
        #expect(kept(simulation).isEmpty)
    }

    /// Each bound is said.
    @Test func tooManyVariablesAndRequestsAreRefused() throws {
        var simulation = Self.simulation(MemoryPolicy()) { _ in (.earlier([], variables: [:]), .seconds(5)) }
        for _ in 0...Past.mostRequests { simulation.client(.memory(.retrieve(rounds: 0)), at: .milliseconds(1)) }
        let many = Dictionary(uniqueKeysWithValues: (0..<MemoryChanges.most).map { ("v\($0)", "x" as String?) })
        simulation.client(try Self.add(many), at: .seconds(1))
        simulation.client(try Self.add(["one": "more"]), at: .seconds(1))
        simulation.run(until: .seconds(2))
        let codes = simulation.events.compactMap { if case .warning(let problem) = $0 { problem.code } else { nil } }
        #expect(codes == ["memory_busy", "memory_full"])
        #expect(reports(simulation).count == Past.mostRequests + 1)
        #expect(throws: BadInput.self) { try MemoryChanges(many.merging(["one": "more"]) { $1 }) }
    }

    // MARK: - Relevant rounds

    @Test func relevantRoundsAreToldBeforeTheQuestion() throws {
        let policy = MemoryPolicy(loadsEarlier: false, search: .init(top: 2, threshold: 0.5, maximumCharacters: 60))
        let tooLong = MemoryRound([.init(.caller, String(repeating: "x", count: 61))])
        var simulation = Self.simulation(policy) { recall in
            #expect(recall == .relevant(query: "What is its name?", top: 2, threshold: 0.5))
            let found = [Self.earlier, tooLong].map { Recollection($0, relevance: 0.9) }
            return (.relevant(found), .milliseconds(30))
        }
        simulation.client(.text("What is its name?"), at: .seconds(1))
        simulation.run(until: .seconds(20))
        #expect(begun(simulation) == .seconds(1) + .milliseconds(30))
        let question = try #require(simulation.generations.last?.messages.last?.content)
        #expect(
            question.hasPrefix(
                "<earlier>Caller: My dog is called Rex.\nStock: A fine [INTERRUPTED]</earlier>\n\n"))
        #expect(!question.contains("xxx"), "what is over the characters is left out")
        #expect(simulation.remembered.isEmpty)
    }

    @Test func whatTheHistoryHoldsIsNotToldTwice() throws {
        let policy = MemoryPolicy(loadsEarlier: true, search: .init())
        var simulation = Self.simulation(policy) { recall in
            switch recall {
            case .earlier: (.earlier([Self.earlier], variables: [:]), .zero)
            case .relevant: (.relevant([Recollection(Self.earlier, relevance: 1)]), .milliseconds(10))
            }
        }
        simulation.client(.text("What is its name?"), at: .seconds(1))
        simulation.run(until: .seconds(20))
        #expect(simulation.generations.last?.messages.last?.content.contains("<earlier>") == false)
    }

    @Test func anAnswerGoesOnWithoutASilentMemory() {
        var simulation = Self.simulation(MemoryPolicy(loadsEarlier: false, search: .init())) { _ in nil }
        simulation.client(.text("One"), at: .seconds(1))
        simulation.client(.text("Two"), at: .seconds(12))
        simulation.run(until: .seconds(30))
        let begun = simulation.told.filter { $0.event.isResponse }.map(\.at)
        #expect(begun == [.seconds(1) + Past.patience, .seconds(12) + Past.patience])
        #expect(kept(simulation).count == 2)
    }

    /// Whoever goes on while the memory is asked is answered once, to all of it.
    @Test func wordsThatComeWhileItIsAskedBelongToTheTurn() {
        var simulation = Self.simulation(MemoryPolicy(loadsEarlier: false, search: .init())) { _ in
            (.relevant([]), .milliseconds(100))
        }
        simulation.client(.text("One"), at: .seconds(1))
        simulation.client(.text("Two"), at: .seconds(1) + .milliseconds(50))
        simulation.run(until: .seconds(20))
        #expect(simulation.told.count { $0.event.isResponse } == 1)
        #expect(simulation.generations.last?.brief.callerWords.contains("Two") == true)
        #expect(simulation.generations.last?.brief.callerWords.contains("One") == true)
    }

    // MARK: - What is kept

    @Test func whatWasHeardBeforeTheClientWentIsKept() {
        var simulation = Self.simulation(MemoryPolicy()) { ($0.nothing, .zero) }
        simulation.client(.text("One"), at: .seconds(1))
        simulation.schedule(.closed, at: .seconds(2) + .milliseconds(500))
        simulation.run(until: .seconds(20))
        let entries = kept(simulation).flatMap(\.entries)
        #expect(kept(simulation).count == 1, "once, though its time would have been over later")
        #expect(entries.map(\.speaker) == [.caller, .agent("Stock")])
        #expect(entries.last?.wasInterrupted == true)
    }

    // MARK: - A replay

    @Test func aReplayNeedsNoStore() throws {
        var simulation = Self.simulation(MemoryPolicy(search: .init())) { recall in
            switch recall {
            case .earlier: (.earlier([Self.earlier], variables: ["a": "b"]), .milliseconds(5))
            case .relevant: (.relevant([Recollection(Self.earlier, relevance: 0.5)]), .milliseconds(5))
            }
        }
        simulation.client(.text("What is its name?"), at: .seconds(1))
        simulation.run(until: .seconds(20))
        var core = ConversationCore(CompiledProject(simulation.project), simulation.identity)
        for entry in simulation.journal.entries {
            let input = try JSONDecoder().decode(Input.self, from: JSONEncoder().encode(entry.input))
            #expect(input == entry.input)
            let outputs = core.handle(input, at: entry.at)
            #expect(outputs == entry.outputs)
            #expect(try JSONDecoder().decode([Output].self, from: JSONEncoder().encode(outputs)) == outputs)
        }
    }

    /// What older journals lack is no memory.
    @Test func olderJournalsAreRead() throws {
        let memory = PromptMemory(answersOf: ["Stock"])
        let text = String(decoding: try JSONEncoder().encode(memory), as: UTF8.self)
        #expect(!text.contains("relevant"), "what is not used is not written, so that hashes stay")
        #expect(try JSONDecoder().decode(PromptMemory.self, from: Data(text.utf8)) == memory)
        let project = try JSONEncoder().encode(TestProjects.single())
        let fields = try #require(JSONSerialization.jsonObject(with: project) as? [String: Any])
        #expect(fields["memory"] == nil)
        #expect(try JSONDecoder().decode(Project.self, from: project).memory == nil)
    }

    // MARK: - Whole calls

    /// The second conversation of a caller is told what was heard in the first one, and nothing that was not.
    @Test func theNextCallKnowsWhatWasHeard() throws {
        let memory = CallerMemory(InMemoryStore(), of: MemoryOwner(project: "p", user: "u"))
        var first = Call()
        first.project = Self.project(MemoryPolicy())
        first.memory = memory
        first.writers = [ScriptedWriter(clock: first.clock, answer: (1...9).map { "Sentence \($0) of it. " }.joined())]
        first.send(#"{"type": "input_text", "text": "My dog is called Rex."}"#, at: .seconds(1))
        let heard = try first.run(until: .seconds(5))
        #expect(!heard.all("response.audio.delta").isEmpty)

        var second = Call()
        second.project = first.project
        second.memory = memory
        let asked = Mutex<[GenerationRequest]>([])
        second.writers = [
            ScriptedWriter(clock: second.clock, asked: { request in asked.withLock { $0.append(request) } })
        ]
        second.send(#"{"type": "input_text", "text": "And its name?"}"#, at: .milliseconds(1))
        let rounds = try second.virtual.run { await memory.answer(.earlier(rounds: 9)) }
        guard case .earlier(let kept, _) = rounds else {
            Issue.record("the memory answers something else")
            return
        }
        #expect(kept.count == 1)
        let answer = try #require(kept.first?.entries.last)
        #expect(kept[0].entries[0].text == "My dog is called Rex.")
        #expect(answer.wasInterrupted && answer.text.hasPrefix("Sentence 1 of it."))
        #expect(!answer.text.contains("Sentence 9"), "what nobody heard is not kept")
        #expect(try !second.run(until: .seconds(5)).all("response.audio.delta").isEmpty)
        let told = try #require(asked.withLock { $0.last }).messages.map(\.content).joined(separator: "\n")
        #expect(told.contains("My dog is called Rex.") && told.contains("Sentence 1 of it."))
        #expect(told.contains("[INTERRUPTED]") && !told.contains("Sentence 9"))
    }
}
