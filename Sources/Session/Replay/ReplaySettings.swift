import ProjectModel
import TurnTaking

/// Everything of hearing, pacing and turn-taking under which a recorded conversation can be run again.
public struct ReplaySettings: Equatable, Sendable {
    /// The project; replace it to try another one.
    public var project: Project
    /// How far ahead of playout audio is sent.
    public internal(set) var lead: Duration
    /// Whether the client knows that an answer may pause and go on.
    public internal(set) var knowsPauses: Bool
    /// Keys that were set: changes that the recorded client made to them do not count.
    private(set) var pinned: Set<String> = []

    init(project: Project, lead: Duration, knowsPauses: Bool) {
        (self.project, self.lead, self.knowsPauses) = (project, lead, knowsPauses)
    }

    /// A setting that cannot be made; says which key it is about and what may be set.
    public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// For people.
        public let description: String
    }

    /// Sets one key.
    /// - Parameter assignment: `audio_config.vad.threshold=12`; see ``keys``.
    /// - Throws: what is wrong with it. Nothing has changed then.
    public mutating func set(_ assignment: String) throws(Fault) {
        let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw Fault(description: "'\(assignment)' is no KEY=VALUE; \(Self.advice)") }
        var changed = self
        let (key, agent) = try splitAgent(parts[0])
        guard let setting = Setting.all.first(where: { $0.key == key }) else {
            throw Fault(description: "there is no key '\(parts[0])'; \(Self.advice)")
        }
        guard setting.apply(parts[1], agent, &changed) else {
            throw Fault(description: "\(parts[0]) must be \(setting.range), not '\(parts[1])'")
        }
        if let problem = changed.project.audio.vad?.problem {
            throw Fault(description: "\(parts[0])=\(parts[1]): \(problem)")
        }
        changed.pinned.insert(key)
        self = changed
    }

    /// What `set` takes: a key, and what its value may be.
    public static var keys: [(key: String, range: String)] { Setting.all.map { ($0.shownKey, $0.range) } }

    private static var advice: String { "one of: \(keys.map(\.key).joined(separator: ", "))" }

    /// `utility_agents.NAME.min_words` is about one agent, `utility_agents.min_words` about all.
    private func splitAgent(_ path: String) throws(Fault) -> (key: String, agent: String?) {
        let prefix = "utility_agents."
        guard path.hasPrefix(prefix), let dot = path.lastIndex(of: ".") else { return (path, nil) }
        let key = prefix + path[path.index(after: dot)...]
        let start = path.index(path.startIndex, offsetBy: prefix.count)
        guard start < dot else { return (key, nil) }
        let name = String(path[start..<dot])
        guard project.agent(named: name) != nil else {
            let names = project.agents.map(\.name).joined(separator: ", ")
            throw Fault(description: "\(path): there is no agent '\(name)'; the project has: \(names)")
        }
        return (key, name)
    }

    /// What is left of a change that the recorded client made.
    func allowed(of update: SessionUpdate) -> SessionUpdate {
        var update = update
        if project.audio.vad == nil { (update.threshold, update.windowSize, update.lockout) = (nil, nil, nil) }
        if project.audio.vad == nil { (update.gracePeriod, update.speechProbability) = (nil, nil) }
        if pinned.contains(Setting.vad + "threshold") { update.threshold = nil }
        if pinned.contains(Setting.vad + "window_size") { update.windowSize = nil }
        if pinned.contains(Setting.vad + "lockout_seconds") { update.lockout = nil }
        if pinned.contains(Setting.vad + "grace_period_seconds") { update.gracePeriod = nil }
        if pinned.contains(Setting.vad + "speech_probability") { update.speechProbability = nil }
        if pinned.contains("pauses") { update.knowsPauses = nil }
        return update
    }
}
