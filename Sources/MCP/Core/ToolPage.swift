import ProviderTransport

/// A tool as its server lists it.
struct RemoteTool: Equatable {
    /// The server's name for it.
    var name: String
    var description: String
    /// A JSON Schema object, as JSON text.
    var parameters: String
    var mirrored: [MirroredParameter] = []
}

/// The tools of one server, page by page, within bounds.
struct ToolPages: Equatable {
    /// At most so many tools of a server are known.
    static let mostTools = 128
    /// The longest schema, in bytes. A tool with a longer one is left out: cut, it would be another tool.
    static let longestSchema = 64 << 10
    /// The longest description, in characters; a longer one is cut.
    static let longestDescription = 4_096
    /// A server that gives one page after the other, and no tools, is not asked for ever.
    static let mostPages = 64

    private(set) var tools: [RemoteTool] = []
    private var pages = 0
    private var names: Set<String> = []
    /// How many tools were left out.
    private(set) var leftOut = 0

    /// Takes the result of `tools/list`; returns the cursor of the next page, nil when this was the last that is wanted.
    /// - Throws: `MCPFailure` when the result holds no list.
    mutating func add(_ result: JSONValue) throws(MCPFailure) -> String? {
        guard let listed = result["tools"]?.array else { throw .unreadable("its list of tools is none") }
        pages += 1
        for entry in listed {
            guard tools.count < Self.mostTools, let tool = Self.tool(entry), names.insert(tool.name).inserted else {
                leftOut += 1
                continue
            }
            tools.append(tool)
        }
        guard let cursor = result["nextCursor"]?.string, !cursor.isEmpty, pages < Self.mostPages,
            tools.count < Self.mostTools
        else { return nil }
        return cursor
    }

    /// nil for what has no name, or a schema that no model could be told.
    private static func tool(_ entry: JSONValue) -> RemoteTool? {
        guard let name = entry["name"]?.string, !name.isEmpty, name.utf8.count <= 256 else { return nil }
        let schema = entry["inputSchema"] ?? ["type": "object", "properties": [:]]
        guard schema.object != nil else { return nil }
        let bytes = schema.bytes
        guard bytes.count <= longestSchema else { return nil }
        let description = entry["description"]?.string ?? entry["title"]?.string ?? ""
        return RemoteTool(
            name: name, description: String(description.prefix(longestDescription)),
            parameters: String(decoding: bytes, as: UTF8.self), mirrored: MirroredParameter.all(in: schema))
    }
}
