import ProjectModel
import ProviderKit

/// A research in several stages: questions, searches for all of them at once, what is still missing, and then the report. Pure.
///
/// Whatever fails on the way, a report is written: from the caller's own words where no questions could be had, and from
/// what was found where nobody could say what is missing.
public struct DeepResearch: Equatable, Sendable {
    /// What follows.
    public enum Next: Equatable, Sendable {
        /// The model is asked what to look up.
        case ask(Brief.Task)
        /// The caller is asked this before anything is looked up.
        case clarify(String)
        /// Each of these is looked up, all at the same time.
        case lookUp([String])
        /// The report is written from this.
        case report(Finding)
    }

    /// What is being done.
    public enum Stage: Equatable, Sendable {
        /// The model writes what to look up first. Exits: `searching`, `over`.
        case planning
        /// These questions are being looked up. Exits: `reviewing`, `over`.
        case searching([String])
        /// The model says what is still missing. Exits: `searching`, `over`.
        case reviewing
        /// The report can be written, or the caller is asked.
        case over
    }

    /// A report is written from so many passages at most.
    public static let mostPassages = 12
    /// A report is written from so many characters at most, in Unicode scalars.
    public static let mostCharacters = 9000
    /// So many calls leave at the same time.
    public static let mostCalls = 12

    /// What is being done.
    public private(set) var stage = Stage.planning
    /// What was looked up so far.
    public private(set) var asked: [String] = []
    private let rules: Research
    private let depth: Research.Depth
    private let words: String
    private let mayClarify: Bool
    private var found: [[Passage]] = []
    private var rounds = 0
    /// Whether any search has worked.
    private var hasLooked = false

    /// - Parameters:
    ///   - words: what the caller wants to know.
    ///   - mayClarify: whether the caller may be asked.
    public init(_ rules: Research, _ depth: Research.Depth, about words: String, mayClarify: Bool) {
        (self.rules, self.depth) = (rules, depth)
        (self.words, self.mayClarify) = (words, mayClarify && depth.clarifies)
    }

    /// How many questions are looked up at once.
    private var most: Int { min(depth.questions, max(1, Self.mostCalls / max(1, rules.tools.count))) }

    /// Begins.
    public func begin() -> Next { .ask(.study(Brief.Study(most: most, mayAskCaller: mayClarify))) }

    /// What was found so far, as the model is told it.
    public var finding: Finding? {
        if rounds == 0 { return nil }
        if !hasLooked { return .failed }
        let questions = [words] + asked
        let most = min(rules.selection?.most ?? Self.mostPassages, Self.mostPassages)
        let best = PassageSelection.best(of: found, for: questions, most: most)
        let shortened = PassageSelection.shortened(best, for: questions, to: rules.selection?.share ?? 1)
        return .passages(PassageSelection.fitting(shortened, characters: Self.mostCharacters))
    }

    /// The model has said what to look up.
    /// - Parameter text: all of it, as the model wrote it.
    /// - Returns: nil when it was not asked.
    public mutating func answered(_ text: String) -> Next? {
        let plan = ResearchPlan.read(text, most: most)
        switch stage {
        case .planning:
            if mayClarify, let question = plan?.question {
                stage = .over
                return .clarify(question)
            }
            return lookUp(plan?.questions ?? [])
        case .reviewing:
            let known = Set(asked.map { $0.lowercased() })
            let missing = (plan?.questions ?? []).filter { !known.contains($0.lowercased()) }
            return missing.isEmpty ? report() : lookUp(missing)
        case .searching, .over: return nil
        }
    }

    /// The model could not say it.
    /// - Returns: nil when it was not asked.
    public mutating func failed() -> Next? { answered("") }

    /// The searches are over.
    /// - Parameter outcomes: of all of them, with the names of the places.
    public mutating func looked(_ outcomes: [(name: String, outcome: ToolOutcome)]) -> Next? {
        guard case .searching = stage else { return nil }
        for (name, outcome) in outcomes {
            guard case .result(let text) = outcome else { continue }
            hasLooked = true
            found.append(PassageList.passages(of: text, from: name))
        }
        rounds += 1
        // Where no search works, another one does not work either.
        guard rounds < depth.rounds, hasLooked else { return report() }
        stage = .reviewing
        return .ask(.study(Brief.Study(asked: asked, most: most)))
    }

    private mutating func lookUp(_ questions: [String]) -> Next {
        let chosen = questions.isEmpty ? [words] : questions
        asked += chosen
        stage = .searching(chosen)
        return .lookUp(chosen)
    }

    private mutating func report() -> Next {
        stage = .over
        return .report(finding ?? .failed)
    }
}
