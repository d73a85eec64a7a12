import ProviderKit

/// Understands a chat as a language model would: what is wanted, of whom, and about what. It knows the way in which Parley
/// asks for judgements, choices, summaries and plans; any other chat is a plan.
func readBrief(_ messages: [ChatMessage]) -> Brief {
    let system = messages.last { $0.role == .system }?.content ?? ""
    let (parents, rest) = readAnswers(withoutConversation(messages.last { $0.role == .user }?.content ?? ""))
    let words = rest.replacing("The caller had asked: ", with: "")
    if let task = readReflection(messages) { return Brief(task: task, agentName: "", callerWords: "") }
    if system.contains("exactly one word: yes or no") {
        let parts = words.split(separator: "\n\n", maxSplits: 1).map(String.init)
        let condition = (parts.first ?? "").replacing("Condition: ", with: "")
        return Brief(
            task: .judge(condition: condition), agentName: "", callerWords: parts.count > 1 ? parts[1] : "",
            parents: parents)
    }
    if system.contains("Check what the caller says now against the rules") {
        return Brief(task: .screen(rules: readRules(system)), agentName: "", callerWords: words)
    }
    if system.contains("Read in what the caller has said") {
        return Brief(
            task: .fill(readQuestions(system)), agentName: "",
            callerWords: words.replacing("The caller has said: ", with: ""),
            parents: parents)
    }
    if let team = readTeam(system, words: words, parents: parents) { return team }
    let isAssignment = system.contains("Decide which agents answer")
    if isAssignment || system.contains("Reply with its name only") {
        let candidates = system.split(separator: "\n").compactMap { line -> Brief.Answer? in
            guard line.hasPrefix("- "), let colon = line.firstRange(of: ": ") else { return nil }
            return Brief.Answer(
                agent: String(line[..<colon.lowerBound].dropFirst(2)), text: String(line[colon.upperBound...]))
        }
        let task: Brief.Task =
            isAssignment
            ? .assign(candidates: candidates, order: readOrder(system)) : .route(candidates: candidates)
        return Brief(task: task, agentName: "", callerWords: words)
    }
    var lines = system.split(separator: "\n").map(String.init)
    let goal = lines.firstIndex { $0.hasPrefix("You work with other agents towards this goal: ") }.map {
        String(lines.remove(at: $0).drop { $0 != ":" }.dropFirst(2))
    }
    var conditions: [String] = []
    if let start = lines.firstIndex(where: { $0.contains("which of these holds") }) {
        let listed = lines[(start + 1)...].prefix { $0.hasPrefix("* ") }
        conditions = listed.map { String($0.dropFirst(2)) }
        lines.removeSubrange(start...start + listed.count)
    }
    var name = "the stand-in"
    if let first = lines.first, first.hasPrefix("You are "), first.hasSuffix(".") {
        name = String(first.dropFirst("You are ".count).dropLast())
        lines.removeFirst()
    }
    let task: Brief.Task =
        if let asking = lines.firstIndex(where: { $0.hasPrefix("Ask the caller now") }) {
            .ask(
                lines[asking...].dropFirst(2).prefix { $0.hasPrefix("* ") }
                    .map { Question(name: "", text: String($0.dropFirst(2))) })
        } else {
            system.contains("Summarize the answers below") ? .summarize : .plan
        }
    return Brief(
        task: task, agentName: name,
        agentDescription: lines.first ?? "", goal: goal, callerWords: words, parents: parents, conditions: conditions)
}

/// The questions of which the answers are to be read, a line each: `- NAME (KIND): TEXT`.
private func readQuestions(_ system: String) -> [Question] {
    let kinds: [String: Question.Kind] = [
        "true or false": .truth, "a whole number": .integer, "a number": .number, "text": .text,
    ]
    return system.split(separator: "\n").compactMap { line in
        guard line.hasPrefix("- "), let open = line.firstRange(of: " ("), let close = line.firstRange(of: "): ") else {
            return nil
        }
        return Question(
            name: String(line[..<open.lowerBound].dropFirst(2)),
            kind: kinds[String(line[open.upperBound..<close.lowerBound])] ?? .text,
            text: String(line[close.upperBound...]))
    }
}

/// What the last message asks about drafts of the agent's own answer, or about its research, if it does.
private func readReflection(_ messages: [ChatMessage]) -> Brief.Task? {
    guard let last = messages.last, last.role == .user else { return nil }
    if last.content.contains("Check your draft strictly") {
        return .critique(draft: messages.last { $0.role == .assistant }?.content ?? "")
    }
    if last.content.contains("plan a research") { return .study(Brief.Study(most: 1)) }
    if last.content.contains("check a research") { return .study(Brief.Study(asked: [""], most: 1)) }
    let isChoice = last.content.contains("Choose the best draft")
    guard isChoice || last.content.contains("joins the best of all drafts") else { return nil }
    let drafts = last.content.matches(of: /<draft number="\d+">(.*?)<\/draft>/.dotMatchesNewlines()).map {
        String($0.output.1)
    }
    return isChoice ? .choose(drafts: drafts) : .merge(drafts: drafts)
}

/// The rules of a check, each with its examples in the lines below it.
private func readRules(_ system: String) -> [Brief.Rule] {
    system.split(separator: "\n").reduce(into: []) { rules, line in
        guard let colon = line.firstRange(of: ": ") else { return }
        let text = String(line[colon.upperBound...])
        if line.hasPrefix("- ") {
            rules.append(Brief.Rule(name: String(line[..<colon.lowerBound].dropFirst(2)), text: text))
        } else if line.hasPrefix("  passes: "), !rules.isEmpty {
            rules[rules.count - 1].passing.append(text)
        } else if line.hasPrefix("  violates: "), !rules.isEmpty {
            rules[rules.count - 1].failing.append(text)
        }
    }
}

/// What a project adds to the orders of whoever assigns: what stands before the form of the answer.
private func readOrder(_ system: String) -> String? {
    let lines = system.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("Decide which agents answer") }),
        let end = lines[start...].firstIndex(where: { $0.hasPrefix("Reply with the agent's name only") }),
        end > start + 1
    else { return nil }
    return lines[(start + 1)..<end].joined(separator: "\n")
}

/// `text` without what was said before, between `<conversation>` and `</conversation>`.
private func withoutConversation(_ text: String) -> String {
    guard let start = text.firstRange(of: "<conversation>"),
        let end = text[start.upperBound...].firstRange(of: "</conversation>")
    else { return text }
    return String(text[..<start.lowerBound] + text[end.upperBound...].drop(while: \.isWhitespace))
}

/// The answers between `<answer from="NAME">` and `</answer>`, and what is left of the text without them.
private func readAnswers(_ text: String) -> (answers: [Brief.Answer], rest: String) {
    let (open, cut) = ("<answer from=\"", " [CUT]")
    var answers: [Brief.Answer] = []
    var rest = ""
    var left = text[...]
    while let start = left.firstRange(of: open), let nameEnd = left[start.upperBound...].firstRange(of: "\">"),
        let end = left[nameEnd.upperBound...].firstRange(of: "</answer>")
    {
        rest += left[..<start.lowerBound]
        let content = left[nameEnd.upperBound..<end.lowerBound]
        let isCut = content.hasSuffix(cut)
        answers.append(
            Brief.Answer(
                agent: String(left[start.upperBound..<nameEnd.lowerBound]),
                text: String(isCut ? content.dropLast(cut.count) : content), isCut: isCut))
        left = left[end.upperBound...].drop(while: \.isWhitespace)
    }
    return (answers, rest + left)
}
