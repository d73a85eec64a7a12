/// One conversation to be tried: what the caller does, and what is expected of the project.
public struct Scenario: Equatable, Sendable {
    /// What reports call it.
    public var name: String
    /// The project file, relative to the file of the scenario; nil: the one on the command line.
    public var project: String?
    /// What the language model says; empty: the model of the project is asked.
    public var replies: [ScriptedReply]
    /// In order; never empty.
    public var steps: [Step]
    /// What is expected of the whole conversation, once it is over.
    public var finally: Expectation?

    /// One step.
    public struct Step: Equatable, Sendable {
        /// What is done.
        public var action: Action
        /// Where it stands in the file.
        public var place: Place

        /// One step.
        public init(_ action: Action, at place: Place = Place()) {
            self.action = action
            self.place = place
        }
    }

    /// What is done in a step.
    public enum Action: Equatable, Sendable {
        /// The caller types these words.
        case type(String)
        /// The caller says these words.
        case speak(String)
        /// The caller says these words while the answer to the line before is under way.
        case interrupt(String, Moment)
        /// The caller is silent for so long.
        case wait(Duration)
        /// The answer is awaited and judged.
        case expect(Expectation)
    }

    /// When the caller interrupts.
    public enum Moment: Equatable, Sendable {
        /// When so much of the answer was played.
        case played(Duration)
        /// When a call of that tool has begun.
        case toolCalled(String)
    }

    /// A place in the file of a scenario, from 1.
    public struct Place: Equatable, Sendable {
        /// The line.
        public var line: Int
        /// In Unicode scalars.
        public var column: Int

        /// A place in a file.
        public init(line: Int = 1, column: Int = 1) {
            self.line = line
            self.column = column
        }
    }

    /// One conversation to be tried.
    public init(
        name: String, project: String? = nil, replies: [ScriptedReply] = [], steps: [Step], finally: Expectation? = nil
    ) {
        self.name = name
        self.project = project
        self.replies = replies
        self.steps = steps
        self.finally = finally
    }
}

/// What a language model says or wants done when it is asked; each reply is used once.
public struct ScriptedReply: Equatable, Sendable {
    /// What the last message must hold; nil: anything.
    public var when: TextPattern?
    /// Who must be asked; nil: any agent.
    public var agent: String?
    /// What it says; empty: nothing.
    public var text: String
    /// What it wants called.
    public var calls: [Call]
    /// From the question to the first word.
    public var delay: Duration
    /// Whether it fails instead.
    public var fails: Bool

    /// A call that the model wants made.
    public struct Call: Equatable, Sendable {
        /// The tool's name.
        public var name: String
        /// A JSON object, as text.
        public var arguments: String

        /// A call that the model wants made.
        public init(name: String, arguments: String) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// What a language model says or wants done when it is asked.
    public init(
        _ text: String, calls: [Call] = [], when: TextPattern? = nil, agent: String? = nil,
        delay: Duration = .milliseconds(200), fails: Bool = false
    ) {
        self.text = text
        self.calls = calls
        self.when = when
        self.agent = agent
        self.delay = delay
        self.fails = fails
    }
}
