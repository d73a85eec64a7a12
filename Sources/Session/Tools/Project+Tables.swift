import Agents
import ProjectModel

extension Project {
    /// What a model is told of the tables that it may query.
    func tableNotes(_ use: ToolUse) -> [String] {
        tableTools(of: use).flatMap { TablesPrompt.lines($0.set, by: $0.tool) }
    }

    /// What an agent with tables cannot do if its model calls nothing; nil without tables.
    func tableLack(of name: String) -> String? {
        let sets = agent(named: name).map { tableTools(of: $0.tools).map(\.set) } ?? []
        return sets.isEmpty ? nil : TablesPrompt.lack(sets)
    }

    private func tableTools(of use: ToolUse) -> [(tool: String, set: TableSet)] {
        tools.compactMap { tool in
            guard use.tools.contains(tool.name), case .tables(let set) = tool.source else { return nil }
            return (tool.name, set)
        }
    }
}
