import Projects

/// Asks other services what they hold.
public protocol DataSource: Sendable {
    /// The answer to GET, in JSON.
    /// - Throws: an error whose description says what went wrong.
    func get(_ url: String) async throws -> [UInt8]
}

/// Holds a part of a conversation against what is expected of it.
struct Judge {
    let trace: CallTrace
    let span: CallTrace.Span
    let data: (any DataSource)?

    /// What is not as expected, each in one sentence.
    func complaints(_ expected: Expectation) async -> [String] {
        var complaints = text(expected.said, "said", trace.said(in: span))
        complaints += text(expected.heard, "heard", trace.heard(in: span))
        complaints += expected.tools.compactMap(tool)
        if let within = expected.within { complaints += [wait(within)].compactMap(\.self) }
        if let interrupted = expected.interrupted, interrupted != trace.isInterrupted(in: span) {
            complaints.append(
                interrupted ? "no answer was interrupted" : "an answer was interrupted, and none was to be")
        }
        if let ended = expected.ended, ended != trace.hasEnded {
            complaints.append(ended ? "the conversation is not over" : "the conversation is over, and was to go on")
        }
        for data in expected.data {
            if let complaint = await complaint(data) { complaints.append(complaint) }
        }
        return complaints
    }

    // MARK: - Words

    private func text(_ expected: TextExpectation, _ verb: String, _ text: String) -> [String] {
        let missing = expected.contains.filter { !$0.isFound(in: text) }
        let present = expected.absent.filter { $0.isFound(in: text) }
        return missing.map { "\($0) was not \(verb); \(verb) was: \(shown(text))" }
            + present.map { "\($0) was \(verb), and was not to be; \(verb) was: \(shown(text))" }
    }

    private func shown(_ text: String) -> String { text.isEmpty ? "nothing" : "\"\(text.prefix(500))\"" }

    private func wait(_ longest: Duration) -> String? {
        guard let wait = trace.wait(in: span) else {
            return "no answer was heard; one was to begin within \(longest.wholeMilliseconds) ms"
        }
        if wait <= longest { return nil }
        return
            "the answer began after \(wait.wholeMilliseconds) ms; it was to begin within \(longest.wholeMilliseconds) ms"
    }

    // MARK: - Tools

    private func tool(_ expected: ToolExpectation) -> String? {
        let calls = trace.calls(in: span)
        let wanted = JSONTree(text: expected.arguments.utf8) ?? .object([:])
        let count = calls.count { call in
            call.tool == expected.name && (JSONTree(text: call.arguments.utf8)?.holds(wanted) ?? false)
        }
        let isMet = expected.count.map { $0 == count } ?? (count > 0)
        if isMet { return nil }
        let arguments = expected.arguments == "{}" ? "" : " with \(expected.arguments)"
        let number = expected.count.map { $0 == 0 ? "was not to be called" : "was to be called \($0) ×" }
        let all = calls.map { "\($0.tool) \($0.arguments)" }.joined(separator: ", ")
        return """
            \(expected.name)\(arguments) \(number ?? "was to be called"), and was called \(count) ×; calls: \
            \(all.isEmpty ? "none" : String(all.prefix(500)))
            """
    }

    // MARK: - Data

    private func complaint(_ expected: DataExpectation) async -> String? {
        guard let data else { return "\(expected.url): no data can be asked for here" }
        let answer: [UInt8]
        do { answer = try await data.get(expected.url) } catch { return "\(expected.url): \(error)" }
        guard let root = JSONTree(text: answer) else { return "\(expected.url): the answer is no JSON" }
        let place = expected.path.isEmpty ? expected.url : "\(expected.url), \(expected.path.joined(separator: "."))"
        guard let value = root[expected.path] else { return "\(place): there is no such value" }
        switch expected.value {
        case .equals(let text):
            return JSONTree(text: text.utf8) == value
                ? nil : "\(place): is not \(text); the answer was \(shown(answer))"
        case .contains(let text):
            let isFound = JSONTree(text: text.utf8).map(value.holds) ?? false
            return isFound ? nil : "\(place): does not hold \(text); the answer was \(shown(answer))"
        case .count(let count):
            if value.count == count { return nil }
            return "\(place): has \(value.count.map(String.init) ?? "no") entries, not \(count)"
        }
    }

    private func shown(_ answer: [UInt8]) -> String { String(String(decoding: answer, as: UTF8.self).prefix(500)) }
}

extension Duration {
    /// In whole milliseconds, rounded down.
    var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
