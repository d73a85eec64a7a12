import FlowGraph
import ProjectModel
import ProviderKit
import TestSupport
import Testing

@testable import Session

/// On virtual time the same input gives the same journal, whatever the order in which parallel work is scheduled.
@Suite(.timeLimit(.minutes(2))) struct SchedulingTests {
    /// What one rehearsal came to.
    private struct Outcome: Equatable {
        /// The journal, line by line.
        var lines: [String] = []
        /// Moments at which several agents reported.
        var ties = 0
        var calls = 0
        var interruptions = 0
    }

    /// Two agents work at the same time, with a tool each and a condition behind one of them; a third follows, and a summary.
    private static let project: Project = {
        var project = TestProjects.advisor()
        project.superAgents[0].graph = FlowGraph(nodes: [
            .init(name: "Stock", edges: [.init(to: "Risk", when: .condition("It is risky."))]),
            .init(name: "Currency", edges: [.init(to: "Risk")]), .init(name: "Risk"),
        ])
        let names = ["find", "book"]
        project.tools = names.map { name in
            Tool(
                name: name, description: "Does.", parameters: #"{"type":"object"}"#,
                source: .http(HTTPTool(method: "GET", url: "http://127.0.0.1/\(name)")))
        }
        for index in 0...1 { project.agents[index].tools = ToolUse(tools: names) }
        return project
    }()

    /// Something that waits for an answer, which falls due at a moment that does not depend on when it is given.
    private enum Pending {
        case question(RehearsalQuestion)
        case call(RehearsalCall)
    }

    /// - Parameter seed: in which order, and when, what waits is answered; nil: at once.
    private func rehearse(_ seed: Int?) -> Outcome {
        var (outcome, lines) = (Outcome(), JournalLines())
        var (moment, working): (Duration, Set<String>) = (.zero, [])
        var rehearsal = Rehearsal(Self.project, clock: nil) { input, at, outputs in
            let line = (try? lines.line(.step(input, at: at, outputs))) ?? []
            outcome.lines.append(String(decoding: line, as: UTF8.self))
            for output in outputs {
                if case .tell(.interrupted) = output { outcome.interruptions += 1 }
                if case .request(.call) = output { outcome.calls += 1 }
            }
            guard case .engine(let report) = input, case .answer(let node)? = report.work?.part else { return }
            if at > moment { (moment, working) = (at, []) }
            if working.insert(node).inserted, working.count == 2 { outcome.ties += 1 }
        }
        var random = Seeded(seed ?? 0)
        var pending: [(due: Duration, content: Pending)] = []
        var hasSpoken = false
        rehearsal.type("Hedge my losses.")
        while rehearsal.now < .seconds(16) {
            let now = rehearsal.now
            pending += rehearsal.takeQuestions().map { (now + .milliseconds(200), .question($0)) }
            pending += rehearsal.takeCalls().map { (now + .milliseconds(500), .call($0)) }
            if seed != nil { pending.shuffle(using: &random) }
            var held: [(due: Duration, content: Pending)] = []
            for (due, content) in pending {
                // What falls due before the next audio, at the latest, is answered now.
                let mayWait = due - now > .milliseconds(32)
                if seed != nil, mayWait, Bool.random(using: &random) {
                    held.append((due, content))
                    continue
                }
                switch content {
                case .question(let question): answer(question, after: due - now, &rehearsal)
                case .call(let call): rehearsal.finish(call, .result("did \(call.invocation.tool)"), after: due - now)
                }
            }
            pending = held
            if !hasSpoken, now >= .seconds(4) {
                hasSpoken = true
                _ = rehearsal.speak("Stop that, what about gold then?")
            }
            rehearsal.step()
        }
        return outcome
    }

    /// Everybody calls both tools once, and then answers.
    private func answer(_ question: RehearsalQuestion, after delay: Duration, _ rehearsal: inout Rehearsal) {
        let (brief, messages) = (question.request.brief, question.request.messages)
        switch brief.task {
        case .plan where !question.request.tools.isEmpty && !messages.contains { $0.role == .tool }:
            let calls = ["find", "book"].map { ToolCall(id: "x", name: $0, arguments: "{}") }
            rehearsal.answer(question, with: "Let me look that up.", calling: calls, after: delay)
        case .judge: rehearsal.answer(question, with: "yes", after: delay)
        default:
            let text = "I am \(brief.agentName). You should spread what you have. Some of it is safe, and some is not."
            rehearsal.answer(question, with: text, after: delay)
        }
    }

    @Test func theJournalDoesNotDependOnScheduling() throws {
        let expected = rehearse(nil)
        #expect(expected.ties > 10 && expected.calls >= 4 && expected.interruptions == 1, "it is worth the test")
        for seed in 0..<40 {
            let other = rehearse(seed)
            let line = zip(expected.lines, other.lines).enumerated().first { $1.0 != $1.1 }
            if let line {
                Issue.record(
                    "seed \(seed), line \(line.offset): \(line.element.0.prefix(300)) is \(line.element.1.prefix(300))")
                return
            }
            #expect(other == expected, "seed \(seed)")
        }
    }
}
