import Foundation
import ProjectModel
import TestSupport
import Testing

@testable import Session

/// A conversation that was written down can be handled again: the same inputs at the same times decide the same.
@Suite struct ReplayTests {
    private func copy<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    @Test(arguments: 0..<40) func decodedInputsDecideTheSame(seed: Int) throws {
        var conversation = RandomConversation(seed: seed)
        conversation.run()
        let simulation = conversation.simulation
        var core = ConversationCore(CompiledProject(simulation.project), simulation.identity)
        for (number, entry) in simulation.journal.entries.enumerated() {
            let input = try copy(entry.input)
            try #require(input == entry.input, "seed \(seed), input \(number) does not survive")
            let outputs = core.handle(input, at: entry.at)
            try #require(outputs == entry.outputs, "seed \(seed), input \(number) decides something else")
        }
        #expect(core.isSettled == simulation.isSettled)
    }

    /// Outputs come back as they were written, all kinds of them.
    @Test func outputsSurvive() throws {
        var kinds: Set<String> = []
        for seed in 0..<60 {
            var conversation = RandomConversation(seed: seed)
            conversation.run()
            for (_, output) in conversation.simulation.log {
                let kind = Self.kind(of: output)
                // Of what there are thousands of, the first hundred of a conversation will do.
                guard kinds.insert(kind + "\(seed)").inserted || Int.random(in: 0..<20) == 0 else { continue }
                #expect(try copy(output) == output, "\(kind)")
            }
        }
        let seen = Set(kinds.map { $0.prefix { !$0.isNumber } })
        for kind in ["write", "converse", "synthesize", "truncate", "paused", "resumed", "interrupted", "play", "wake"]
        {
            #expect(seen.contains { $0.hasSuffix(kind) }, "no random conversation has \(kind)")
        }
    }

    /// The name of the innermost case.
    private static func kind(of output: Output) -> String {
        func name(_ value: Any) -> String {
            Mirror(reflecting: value).children.first?.label ?? "\(value)"
        }
        return switch output {
        case .tell(let event): name(event)
        case .request(let request): name(request)
        case .play, .wake: name(output)
        }
    }
}
