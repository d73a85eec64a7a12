import Projects

/// Plays a scenario in a conversation, and judges what comes of it.
public struct ScenarioRun<Call: ScenarioCall> {
    /// An answer may take so long.
    private let patience: Duration = .seconds(120)

    /// The conversation.
    public private(set) var call: Call
    private let scenario: Scenario
    private let data: (any DataSource)?
    private var findings: [Finding] = []
    private var expectations = 0
    /// Where the part of the conversation begins that the next expectation is about.
    private var spanStart = 0
    /// Where the last line of the caller stands.
    private var lastLine = 0

    /// A scenario that has not begun yet.
    public init(_ scenario: Scenario, in call: Call, data: (any DataSource)? = nil) {
        self.scenario = scenario
        self.call = call
        self.data = data
    }

    /// Plays it to its end.
    /// - Parameter file: what the result calls the scenario's file.
    /// - Throws: what the conversation throws.
    public mutating func run(file: String) async throws -> ScenarioResult {
        for step in scenario.steps {
            if call.trace.hasEnded, step.needsCaller {
                complain("the conversation was over before this line", at: step.place)
                break
            }
            try await perform(step)
        }
        try await settle(at: scenario.steps.last?.place ?? Scenario.Place())
        if let finally = scenario.finally {
            await judge(finally, 0..<call.trace.entries.count, at: scenario.steps.last?.place ?? Scenario.Place())
        }
        for problem in call.problems { complain(problem, at: Scenario.Place()) }
        return ScenarioResult(
            name: scenario.name, file: file, findings: findings, length: call.now, expectations: expectations)
    }

    private mutating func perform(_ step: Scenario.Step) async throws {
        switch step.action {
        case .type(let words):
            try await settle(at: step.place)
            lastLine = call.trace.entries.count
            try await call.type(words)
        case .speak(let words):
            try await settle(at: step.place)
            lastLine = call.trace.entries.count
            try await call.speak(words)
        case .interrupt(let words, let moment):
            guard try await reaches(moment) else {
                let what =
                    switch moment {
                    case .played: "no answer was played so long"
                    case .toolCalled(let name): "\(name) was not called"
                    }
                return complain("nothing to interrupt: \(what)", at: step.place)
            }
            lastLine = call.trace.entries.count
            try await call.speak(words)
        case .wait(let length): _ = try await call.proceed(within: length) { _, _ in false }
        case .expect(let expectation):
            try await settle(at: step.place)
            let end = call.trace.entries.count
            await judge(expectation, spanStart..<end, at: step.place)
            spanStart = end
        }
    }

    /// Waits until nothing more comes of what was said.
    private mutating func settle(at place: Scenario.Place) async throws {
        let rest = call.rest
        let isOver = try await call.proceed(within: patience) { trace, now in
            trace.hasEnded || trace.isQuiet(at: now, for: rest)
        }
        if !isOver { complain("the answer was not over after \(patience.wholeMilliseconds / 1000) s", at: place) }
    }

    /// Waits for the moment at which the caller interrupts; false when the answer is over before.
    private mutating func reaches(_ moment: Scenario.Moment) async throws -> Bool {
        let (start, rest) = (lastLine, call.rest)
        var isReached = false
        _ = try await call.proceed(within: patience) { trace, now in
            switch moment {
            case .played(let length): isReached = trace.played(since: start, at: now).map { $0 >= length } ?? false
            case .toolCalled(let name):
                isReached = trace.calls(in: start..<trace.entries.count).contains { $0.tool == name }
            }
            return isReached || trace.hasEnded || trace.isQuiet(at: now, for: rest)
        }
        return isReached
    }

    private mutating func judge(_ expectation: Expectation, _ span: Range<Int>, at place: Scenario.Place) async {
        expectations += 1
        let judge = Judge(trace: call.trace, span: span, data: data)
        for complaint in await judge.complaints(expectation) { complain(complaint, at: place) }
    }

    private mutating func complain(_ message: String, at place: Scenario.Place) {
        findings.append(Finding(place: place, message: message))
    }
}

extension Scenario.Step {
    /// Whether the caller says something.
    fileprivate var needsCaller: Bool {
        switch action {
        case .type, .speak, .interrupt: true
        case .wait, .expect: false
        }
    }
}
