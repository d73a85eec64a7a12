import FlowGraph

/// Whether the caller hears a member of a super agent, as far as `speak` decides it.
public enum Audibility: Equatable, Sendable {
    /// Its words are spoken.
    case always
    /// Its words are spoken if no other member runs after it, which its conditions decide.
    case ifLast
    /// Its words are shown only.
    case never
}

extension Project {
    /// Whether the caller hears the agent of that name when `superAgents` (innermost first) run it.
    /// A question to the caller is always heard, and so is what leads to it.
    public func audibility(of agent: String, within superAgents: [String]) -> Audibility {
        if asks(agent) { return .always }
        var (member, audibility) = (agent, Audibility.always)
        for name in superAgents {
            guard let superAgent = superAgent(named: name) else { continue }
            if case .trials = superAgent.graph.course { return .never }
            switch superAgent.speak {
            case .all: break
            case .summary: return .never
            case .last:
                switch superAgent.graph.place(of: member, passingOver: asks) {
                case .last: break
                // What a nested super agent hands on is known only after its members have spoken.
                case .perhapsLast: if member == agent { audibility = .ifLast }
                case .followed: return .never
                }
            }
            member = name
        }
        return audibility
    }

    private func asks(_ name: String) -> Bool {
        if case .human = self.agent(named: name)?.program { true } else { false }
    }
}

extension FlowGraph {
    fileprivate enum Place { case last, perhapsLast, followed }

    /// Whether another member always, perhaps or never follows that one; those that are passed over do not count.
    fileprivate func place(of name: String, passingOver isNobody: (String) -> Bool) -> Place {
        if case .steps(let most, let exit) = course {
            if let exit { return name == exit ? .last : .followed }
            return most == 1 ? .last : .perhapsLast
        }
        let edges = (nodes.first { $0.name == name }?.edges ?? []).filter { !isNobody($0.target) }
        let isSure = edges.contains { edge in
            switch edge.guard {
            case .always, .otherwise: true
            case .condition: false
            }
        }
        if isSure { return .followed }
        return edges.isEmpty && loop?.tail != name ? .last : .perhapsLast
    }
}
