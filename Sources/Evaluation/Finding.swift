import Projects

/// Something that was not as expected.
public struct Finding: Equatable, Sendable {
    /// The expectation's place in the file of the scenario.
    public var place: Scenario.Place
    /// What was expected and what was found, in one sentence without a full stop.
    public var message: String
}

/// What running one scenario came to.
public struct ScenarioResult: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its file.
    public var file: String
    /// What was not as expected; empty when all was.
    public var findings: [Finding]
    /// How long the conversation was.
    public var length: Duration
    /// How many expectations were judged.
    public var expectations: Int

    /// Whether all was as expected.
    public var passes: Bool { findings.isEmpty }
}
