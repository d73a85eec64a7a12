/// What the class of a super agent makes of its members.
public enum SuperProgram: Codable, Equatable, Sendable {
    /// `FlowSuperAgent`: they run along the edges of the graph.
    case flow
    /// `SuperAgent`: one at a time, as its language model chooses.
    case steps(StepPlan)
    /// `EvaluationSuperAgent`: each is tried and judged. One for each member, in their order.
    case evaluation([Evaluation])
}

/// What a super agent that chooses its members one at a time goes by.
public struct StepPlan: Codable, Equatable, Sendable {
    /// What is to be done, in this order; may be empty.
    public var steps: [String]
    /// What has to be done before that.
    public var requirements: [String]
    /// What has to be done before a member runs, by its name.
    public var memberRequirements: [String: [String]]

    /// What to go by.
    public init(
        steps: [String] = [], requirements: [String] = [], memberRequirements: [String: [String]] = [:]
    ) {
        self.steps = steps
        self.requirements = requirements
        self.memberRequirements = memberRequirements
    }
}

/// How one agent is tried and judged.
public struct Evaluation: Codable, Equatable, Sendable {
    /// By what its answers are judged.
    public struct Metric: Codable, Equatable, Sendable {
        /// Its name; unique for the agent.
        public var name: String
        /// What makes a good answer; may be empty.
        public var rubric: String
        /// The lowest and the highest score, 0…100.
        public var scale: ClosedRange<Int>

        /// One metric.
        public init(name: String, rubric: String = "", scale: ClosedRange<Int> = 1...5) {
            self.name = name
            self.rubric = rubric
            self.scale = scale
        }
    }

    /// One question that it is asked.
    public struct Sample: Codable, Equatable, Sendable {
        /// The question.
        public var words: String
        /// What a right answer holds; nil: whoever judges is told nothing of it.
        public var truth: String?

        /// One question.
        public init(words: String, truth: String? = nil) {
            self.words = words
            self.truth = truth
        }
    }

    /// Never empty, at most `mostMetrics`.
    public var metrics: [Metric]
    /// At most `mostSamples`; when empty, a language model invents `inventedSamples`.
    public var samples: [Sample]

    /// How often the agent is asked.
    public var runs: Int { samples.isEmpty ? Self.inventedSamples : samples.count }

    /// So many samples are invented for an agent that has none.
    public static let inventedSamples = 5

    /// The most metrics of one agent.
    public static let mostMetrics = 10
    /// The most samples of one agent.
    public static let mostSamples = 20

    /// How one agent is tried and judged.
    public init(metrics: [Metric], samples: [Sample] = []) {
        self.metrics = metrics
        self.samples = samples
    }
}
