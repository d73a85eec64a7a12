import ProviderKit

/// What is wanted of whoever leads a team or judges an answer; nil when that is not wanted.
func readTeam(_ system: String, words: String, parents: [Brief.Answer]) -> Brief? {
    let lines = system.split(separator: "\n").map(String.init)
    if let metric = rest(of: lines.first ?? "", behind: "Judge how good an answer is by one metric: ") {
        let criterion = readCriterion(lines, metric: String(metric.dropLast()))
        return Brief(task: .score(criterion), agentName: "", callerWords: words, parents: parents)
    }
    if let order = rest(of: lines.first ?? "", behind: "Invent ") {
        let count = order.prefix { $0.isNumber }
        let name = order.firstRange(of: "can be tried: ").map { order[$0.upperBound...].dropLast() } ?? ""
        let text = lines.lazy.compactMap { rest(of: $0, behind: "What the agent is for: ") }.first ?? ""
        let goal = lines.lazy.compactMap { rest(of: $0, behind: "Why it is tried: ") }.first
        return Brief(
            task: .invent(.init(agent: String(name), text: text), count: Int(count) ?? 1), agentName: "", goal: goal,
            callerWords: words)
    }
    guard system.hasPrefix("You lead a team of agents") else { return nil }
    let goal = lines.lazy.compactMap { rest(of: $0, behind: "The goal of the team: ") }.first
    return Brief(task: .next(readAgenda(lines)), agentName: "", goal: goal, callerWords: words, parents: parents)
}

private func readAgenda(_ lines: [String]) -> Brief.Agenda {
    var agenda = Brief.Agenda(candidates: [])
    // Lines of other lists begin alike.
    if let start = lines.firstIndex(where: { $0.hasPrefix("This has to be done before") }) {
        agenda.requirements = lines[(start + 1)...].prefix { $0.hasPrefix("* ") }.map { String($0.dropFirst(2)) }
    }
    for line in lines {
        if let step = rest(of: line, behind: "\(agenda.steps.count + 1). ") {
            agenda.steps.append(step)
        } else if let candidate = rest(of: line, behind: "- "), let colon = candidate.firstRange(of: ": ") {
            agenda.candidates.append(
                .init(
                    agent: String(candidate[..<colon.lowerBound]), text: String(candidate[colon.upperBound...])))
        } else if let choice = rest(of: line, behind: "This is choice ") {
            let numbers = choice.split(separator: " ").compactMap { Int($0) }
            if numbers.count == 2 { (agenda.number, agenda.most) = (numbers[0], numbers[1]) }
        } else if let exit = rest(of: line, behind: "When "), let end = exit.firstRange(of: " has worked, it is over.")
        {
            agenda.exit = String(exit[..<end.lowerBound])
        }
    }
    return agenda
}

private func readCriterion(_ lines: [String], metric: String) -> Brief.Criterion {
    var criterion = Brief.Criterion(metric: metric)
    criterion.rubric = lines.lazy.compactMap { rest(of: $0, behind: "The rubric: ") }.first ?? ""
    criterion.truth = lines.lazy.compactMap { rest(of: $0, behind: "A right answer holds: ") }.first
    if let form = lines.last(where: { $0.hasPrefix("Reply with JSON") }) {
        let numbers = form.split { !$0.isNumber }.compactMap { Int($0) }
        if numbers.count == 2 { (criterion.lowest, criterion.highest) = (numbers[0], numbers[1]) }
    }
    return criterion
}

private func rest(of line: String, behind start: String) -> String? {
    line.hasPrefix(start) ? String(line.dropFirst(start.count)) : nil
}
