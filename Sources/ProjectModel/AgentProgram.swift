/// What the class of an agent asks of it, beside its description.
public enum AgentProgram: Codable, Equatable, Sendable {
    /// `PlanningAgent`: it answers by its description.
    case planning
    /// `UtilityAgent`: one prompt, in which `{query}` stands for the caller's words.
    case utility(prompt: String)
    /// `AuthorAgent`: a document that answers questions.
    case author(Authorship)
    /// `CriticalThinker`: an analysis by guidelines.
    case critic(guidelines: [String])
    /// `HumanAgent`: it asks the caller, whose next words are its answer.
    case human(Inquiry)
    /// `CustomAgent` and the classes of other platforms: the answer is the result of one call.
    case executor(Executor)
    /// `SearchAgent`, `ResearchAgent`, `DeepResearchAgent`: it looks things up, and then answers from what was found.
    case research(Research)
    /// `ImageUnderstandingAgent`: it looks at the caller's picture.
    case pictures
    /// A class that cannot run here: the agent's language model stands in for it.
    case standIn(ClassStandIn)

    /// How it has its answer made, if it does.
    public var executor: Executor? { if case .executor(let executor) = self { executor } else { nil } }

    /// Which class it stands in for, if it does.
    public var standIn: ClassStandIn? { if case .standIn(let standIn) = self { standIn } else { nil } }
}

/// What an author writes.
public struct Authorship: Codable, Equatable, Sendable {
    /// One of the questions that the document answers.
    public struct Question: Codable, Equatable, Sendable {
        /// What is asked.
        public var question: String
        /// How it is to be answered; may be empty.
        public var prompt: String

        /// One question.
        public init(question: String, prompt: String = "") {
            self.question = question
            self.prompt = prompt
        }
    }

    /// The document's title; may be empty.
    public var title: String
    /// What the document is called in the conversation's memory; may be empty.
    public var memoryName: String
    /// In the order of the document.
    public var questions: [Question]

    /// What an author writes.
    public init(title: String = "", memoryName: String = "", questions: [Question] = []) {
        self.title = title
        self.memoryName = memoryName
        self.questions = questions
    }
}

/// The language model of an agent stands in for a class that cannot run here. It says so, and it invents no results.
public struct ClassStandIn: Codable, Equatable, Sendable {
    /// The class in the project file, such as `SearchAgent`.
    public var agentClass: String
    /// What it cannot do here, as it stands behind "cannot": `search the web`.
    public var lack: String
    /// What the file tells agents of that class to do.
    public var prompts: [String]

    /// A stand-in.
    public init(agentClass: String, lack: String, prompts: [String] = []) {
        self.agentClass = agentClass
        self.lack = lack
        self.prompts = prompts
    }

    /// In the place of an agent that should look at pictures, where no model sees.
    public static let blind = ClassStandIn(agentClass: "ImageUnderstandingAgent", lack: "look at images")
}
