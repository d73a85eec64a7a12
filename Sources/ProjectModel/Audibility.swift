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
    public func audibility(of agent: String, within superAgents: [String]) -> Audibility {
        var (member, audibility) = (agent, Audibility.always)
        for name in superAgents {
            guard let superAgent = superAgent(named: name) else { continue }
            if case .trials = superAgent.graph.course { return .never }
            switch superAgent.speak {
            case .all: break
            case .summary: return .never
            case .last:
                switch superAgent.graph.place(of: member) {
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
}

extension FlowGraph {
    fileprivate enum Place { case last, perhapsLast, followed }

    /// Whether another member always, perhaps or never follows that one.
    fileprivate func place(of name: String) -> Place {
        if case .steps(let most, let exit) = course {
            if let exit { return name == exit ? .last : .followed }
            return most == 1 ? .last : .perhapsLast
        }
        let edges = nodes.first { $0.name == name }?.edges ?? []
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
