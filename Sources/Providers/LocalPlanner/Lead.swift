import ProviderKit

/// Leads a team: one agent after the other.
enum Lead {
    /// The name of the agent that works next; `none` when all are through.
    ///
    /// The requirements and the steps go in their order, by the agents that they name. Without them, or where they name nobody,
    /// the agents go in their order. Whoever closes comes last.
    static func next(_ agenda: Brief.Agenda) -> String {
        let team = agenda.candidates.filter { $0.agent != agenda.exit }
        var order = (agenda.requirements + agenda.steps).flatMap { Division.named(in: $0, agenda.candidates) }
        let isNamed = !order.isEmpty
        order.removeAll { $0 == agenda.exit }
        if !isNamed { order = team.map(\.agent) }
        if order.indices.contains(agenda.number - 1) { return order[agenda.number - 1] }
        return agenda.exit ?? AnswerForm.nobody
    }
}
