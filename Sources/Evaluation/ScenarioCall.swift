/// A conversation in which a scenario plays the caller: on virtual time, or with a running server.
public protocol ScenarioCall {
    /// What has happened so far.
    var trace: CallTrace { get }
    /// The time since the conversation began.
    var now: Duration { get }
    /// How long nothing happens when nothing more will come of a line.
    var rest: Duration { get }
    /// What the scenario's script could not give, each in one sentence.
    var problems: [String] { get }

    /// The caller types.
    mutating func type(_ words: String) async throws
    /// The caller begins to speak.
    mutating func speak(_ words: String) async throws
    /// Lets the conversation go on until the condition holds, which is looked at whenever something has happened.
    /// - Returns: false when it did not hold within `patience`.
    mutating func proceed(
        within patience: Duration, until condition: (_ trace: CallTrace, _ now: Duration) -> Bool
    ) async throws -> Bool
}

extension ScenarioCall {
    /// Nothing: there is no script.
    public var problems: [String] { [] }
}
