import ProjectModel
import ProviderKit
import Testing

@testable import Agents

/// A research in several stages, as a value.
@Suite struct DeepResearchTests {
    private static func plan(_ questions: String..., clarify: String = "") -> String {
        let list = questions.map { "\"\($0)\"" }.joined(separator: ", ")
        return "Sure: {\"questions\": [\(list)], \"clarify\": \"\(clarify)\"}"
    }

    /// One course of a research.
    struct Course: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var depth = Research.Depth(questions: 2, rounds: 2)
        var tools = 1
        var mayClarify = true
        /// What the model says, one after the other; nil: it fails.
        var said: [String?]
        /// Whether searches work.
        var works = true
        /// What is done, in order.
        var steps: [String]
    }

    static let courses = [
        Course(
            testDescription: "plans, looks, finds nothing missing",
            said: [plan("tides", "moons"), plan()], steps: ["ask 2", "look tides, moons", "check", "report 2"]),
        Course(
            testDescription: "looks again for what is missing, and never a third time",
            said: [plan("tides"), plan("TIDES", "moons"), plan("more")],
            steps: ["ask 2", "look tides", "check", "look moons", "report 2"]),
        Course(
            testDescription: "more questions than are allowed are left out, and so are those that come twice",
            said: [plan("a1", "A1", "b2", "c3"), nil], steps: ["ask 2", "look a1, b2", "check", "report 2"]),
        Course(
            testDescription: "without a plan the caller's own words are looked up",
            said: [nil, "nothing"], steps: ["ask 2", "look Why?", "check", "report 1"]),
        Course(
            testDescription: "what is no plan is none", said: ["I would look up the tides.", plan()],
            steps: ["ask 2", "look Why?", "check", "report 1"]),
        Course(
            testDescription: "a search that does not work ends it", said: [plan("tides")], works: false,
            steps: ["ask 2", "look tides", "failed"]),
        Course(
            testDescription: "one round checks nothing", depth: .init(questions: 3, rounds: 1), said: [plan("tides")],
            steps: ["ask 3", "look tides", "report 1"]),
        Course(
            testDescription: "many places leave room for few questions", depth: .init(questions: 8, rounds: 1),
            tools: 5,
            said: [plan("a", "b", "c")], steps: ["ask 2", "look a, b", "report 10"]),
        Course(
            testDescription: "asks the caller", depth: clarifying, said: [plan(clarify: "Which sea?")],
            steps: ["ask 2", "clarify Which sea?"]),
        Course(
            testDescription: "asks nobody who has been asked", depth: clarifying, mayClarify: false,
            said: [plan(clarify: "Which sea?"), plan()], steps: ["ask 2", "look Why?", "check", "report 1"]),
        Course(
            testDescription: "asks nobody where the file does not want it",
            said: [plan("tides", clarify: "Which sea?"), plan()], steps: ["ask 2", "look tides", "check", "report 1"]),
    ]

    private static let clarifying: Research.Depth = {
        var depth = Research.Depth(questions: 2, rounds: 2)
        depth.clarifies = true
        return depth
    }()

    @Test(arguments: courses) func goesThatWay(course: Course) {
        let rules = Research(tools: (0..<course.tools).map { "place\($0)" })
        var research = DeepResearch(rules, course.depth, about: "Why?", mayClarify: course.mayClarify)
        var (steps, said): ([String], ArraySlice<String?>) = ([], course.said[...])
        var next: DeepResearch.Next? = research.begin()
        while let now = next, steps.count < 20 {
            switch now {
            case .ask(.study(let study)):
                steps.append(study.asked.isEmpty ? "ask \(study.most)" : "check")
                let words: String? = said.popFirst() ?? nil
                next = words.map { research.answered($0) } ?? research.failed()
            case .ask: next = nil
            case .clarify(let question):
                steps.append("clarify \(question)")
                next = nil
            case .lookUp(let questions):
                steps.append("look \(questions.joined(separator: ", "))")
                next = research.looked(
                    questions.flatMap { question in
                        rules.tools.map { tool -> (name: String, outcome: ToolOutcome) in
                            let found = "[{\"result\": \"About \(question) in \(tool).\"}]"
                            return (tool, course.works ? .result(found) : .failed(.unavailable, "down"))
                        }
                    })
            case .report(.failed):
                steps.append("failed")
                next = nil
            case .report(.passages(let passages)):
                steps.append("report \(passages.count)")
                next = nil
            }
        }
        #expect(steps == course.steps)
        #expect(research.answered("{}") == nil && research.looked([]) == nil, "late words change nothing")
    }

    @Test func materialIsBounded() throws {
        let depth = Research.Depth(questions: 8, rounds: 1)
        var research = DeepResearch(Research(tools: ["a"]), depth, about: "Why?", mayClarify: false)
        _ = research.answered(Self.plan("1a", "2b", "3c", "4d", "5e", "6f", "7g", "8h", "9i"))
        let long = String(repeating: "word ", count: 400)
        let list = "[" + (0..<10).map { "{\"result\": \"\($0) \(long)\"}" }.joined(separator: ",") + "]"
        guard
            case .report(.passages(let passages))? = research.looked(
                (0..<8).map { _ in (name: "a", outcome: .result(list)) })
        else {
            Issue.record("no report")
            return
        }
        let characters = passages.reduce(0) { $0 + $1.text.unicodeScalars.count }
        #expect(passages.count <= DeepResearch.mostPassages && characters <= DeepResearch.mostCharacters)
        #expect(passages.count > 4)
    }

    // MARK: - What is chosen

    private static func passage(_ text: String, _ source: String = "s") throws -> Passage {
        try #require(Passage(text, source: source))
    }

    @Test func theBestComeFirstAndOnce() throws {
        let tides = try Self.passage("The tide follows the moon.")
        let (boats, ferry) = (try Self.passage("Boats are for rent."), try Self.passage("La marée et la lune."))
        let best = PassageSelection.best(
            of: [[boats, tides], [tides, ferry]], for: ["Does the moon move the tide?"], most: 2)
        #expect(best == [tides, boats])
        #expect(PassageSelection.best(of: [], for: ["x"], most: 5).isEmpty)
        #expect(
            PassageSelection.best(of: [[boats]], for: [""], most: 5) == [boats],
            "a question without words ranks nothing")
    }

    @Test func sentencesThatSayNothingAreLeftOut() throws {
        let passage = try Self.passage("Welcome. The tide turns at six. Boats are for rent. Mind the step.")
        let short = PassageSelection.shortened([passage], for: ["When does the tide turn?"], to: 0.3)
        #expect(short.map(\.text) == ["The tide turns at six."])
        #expect(PassageSelection.shortened([passage], for: ["x"], to: 1) == [passage])
        let one = try Self.passage("潮は六時に変わる。船を借りられる。")
        #expect(PassageSelection.shortened([one], for: ["潮はいつ"], to: 0.1).map(\.text) == ["潮は六時に変わる。"])
    }
}
