/// The members of one super agent and the edges between them. A value; `FlowMachine` runs it.
public struct FlowGraph: Codable, Equatable, Sendable {
    /// One way on from a member.
    public struct Edge: Codable, Hashable, Sendable {
        /// When the edge is taken.
        public enum Guard: Codable, Hashable, Sendable {
            /// Always.
            case always
            /// When the condition holds for the finished member's answer.
            case condition(String)
            /// When no condition of the same member held.
            case otherwise
        }

        /// The member it leads to.
        public var target: String
        /// When it is taken.
        public var `guard`: Guard

        /// An edge to `target`.
        public init(to target: String, when guard: Guard = .always) {
            self.target = target
            self.guard = `guard`
        }
    }

    /// How many of a member's true conditions are followed.
    public enum TriageMode: String, Codable, Equatable, Sendable, CaseIterable {
        /// Only the first true one.
        case firstMatch = "first-match"
        /// Every true one.
        case allMatch = "all-match"
    }

    /// One member.
    public struct Node: Codable, Equatable, Sendable {
        /// The name of an agent or of another super agent.
        public var name: String
        /// Its ways on, in the order of the file.
        public var edges: [Edge]
        /// How its conditions are read.
        public var mode: TriageMode

        /// One member.
        public init(name: String, edges: [Edge] = [], mode: TriageMode = .allMatch) {
            self.name = name
            self.edges = edges
            self.mode = mode
        }
    }

    /// A way back: when `condition` holds for the answer of `tail`, everything from `head` to `tail` runs again.
    public struct Loop: Codable, Equatable, Sendable {
        /// The member after which the condition is judged.
        public var tail: String
        /// The member to which the flow returns; an ancestor of `tail`, or `tail` itself.
        public var head: String
        /// The condition for another round.
        public var condition: String
        /// How often at most: 1…100.
        public var maxIterations: Int

        /// A way back.
        public init(tail: String, head: String, condition: String, maxIterations: Int) {
            self.tail = tail
            self.head = head
            self.condition = condition
            self.maxIterations = maxIterations
        }
    }

    /// How the members are run.
    public enum Course: Codable, Equatable, Sendable {
        /// Along the edges.
        case edges
        /// One at a time, as it is chosen after each: at most so many of them, 1…`mostSteps`. `exit` runs once and last.
        case steps(most: Int, exit: String?)
        /// Each so often as the list says, by its place in `nodes`; the runs know nothing of each other.
        case trials([Int])
    }

    /// The most steps of one super agent.
    public static let mostSteps = 20

    /// The members in the order of the file.
    public var nodes: [Node]
    /// The way back, if the graph has one.
    public var loop: Loop?
    /// How the members are run.
    public var course: Course

    /// A graph of `nodes`.
    public init(nodes: [Node], loop: Loop? = nil, course: Course = .edges) {
        self.nodes = nodes
        self.loop = loop
        self.course = course
    }
}
