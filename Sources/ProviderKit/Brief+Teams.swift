extension Brief {
    /// What whoever leads a team goes by when it chooses who works next.
    public struct Agenda: Codable, Equatable, Sendable {
        /// Who can be chosen, with what each is for.
        public var candidates: [Answer]
        /// What is to be done, in this order; may be empty.
        public var steps: [String]
        /// What has to be done before that.
        public var requirements: [String]
        /// Who works last, and then it is over; nil: whoever is last.
        public var exit: String?
        /// Which choice this is, from 1.
        public var number: Int
        /// How many choices there are at most.
        public var most: Int

        /// What to go by.
        public init(
            candidates: [Answer], steps: [String] = [], requirements: [String] = [], exit: String? = nil,
            number: Int = 1, most: Int = 1
        ) {
            self.candidates = candidates
            self.steps = steps
            self.requirements = requirements
            self.exit = exit
            self.number = number
            self.most = most
        }

        /// Whether nobody need be chosen. Somebody has to do something: at first, unless there is one who closes.
        public var mayEnd: Bool { number > 1 || exit != nil }

        /// What can be answered.
        public var choices: [String] { candidates.map(\.agent) + (mayEnd ? [AnswerForm.nobody] : []) }
    }

    /// What a research goes by when it is said what to look up.
    public struct Study: Codable, Equatable, Sendable {
        /// What was looked up before; empty at first.
        public var asked: [String]
        /// So many questions are looked up at most.
        public var most: Int
        /// Whether the caller may be asked instead.
        public var mayAskCaller: Bool

        /// What to go by.
        public init(asked: [String] = [], most: Int, mayAskCaller: Bool = false) {
            (self.asked, self.most, self.mayAskCaller) = (asked, most, mayAskCaller)
        }
    }

    /// By what one answer is judged.
    public struct Criterion: Codable, Equatable, Sendable {
        /// The metric's name.
        public var metric: String
        /// What makes a good answer; may be empty.
        public var rubric: String
        /// The lowest score.
        public var lowest: Int
        /// The highest score.
        public var highest: Int
        /// What a right answer holds; nil: that is not known.
        public var truth: String?

        /// By what one answer is judged.
        public init(metric: String, rubric: String = "", lowest: Int = 1, highest: Int = 5, truth: String? = nil) {
            self.metric = metric
            self.rubric = rubric
            self.lowest = lowest
            self.highest = highest
            self.truth = truth
        }
    }
}
