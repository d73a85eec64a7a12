import ProviderKit

/// The tools of several servers under names that models take and that are each given once.
struct Catalogue: Equatable {
    /// Whom a name stands for.
    struct Place: Hashable {
        var server: String
        var tool: String
    }

    /// The longest name that models take, in characters.
    static let longestName = 64

    /// In the order of the servers and their lists.
    private(set) var definitions: [ToolDefinition] = []
    private(set) var places: [String: Place] = [:]

    /// Names that several servers use get the server's name before them, in each of these servers.
    init(_ servers: [(name: String, tools: [RemoteTool])]) {
        var users: [String: Set<String>] = [:]
        for server in servers {
            for tool in server.tools { users[Self.legal(tool.name), default: []].insert(server.name) }
        }
        for server in servers {
            for tool in server.tools {
                let plain = Self.legal(tool.name)
                let isShared = (users[plain]?.count ?? 0) > 1
                let name = free(isShared ? Self.legal("\(server.name)_\(tool.name)") : plain)
                places[name] = Place(server: server.name, tool: tool.name)
                definitions.append(
                    ToolDefinition(name: name, description: tool.description, parameters: tool.parameters))
            }
        }
    }

    /// `name` with `_` in the place of each character that models do not take, at most 64 long.
    static func legal(_ name: String) -> String {
        let characters = name.unicodeScalars.prefix(longestName).map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
            default: "_"
            }
        }
        return characters.isEmpty ? "_" : String(characters)
    }

    /// `name`, or the first of `name_2`, `name_3`, … that is not given yet.
    private func free(_ name: String) -> String {
        var candidate = name
        var number = 1
        while places[candidate] != nil {
            number += 1
            let suffix = "_\(number)"
            candidate = name.prefix(Self.longestName - suffix.count) + suffix
        }
        return candidate
    }
}
