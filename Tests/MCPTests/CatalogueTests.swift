import ProviderKit
import ProviderTransport
import TestSupport
import Testing

@testable import MCP

@Suite("Lists of tools")
struct CatalogueTests {
    private func tool(_ name: String) -> RemoteTool { RemoteTool(name: name, description: "", parameters: "{}") }

    @Test("are read page by page")
    func pages() throws {
        var pages = ToolPages()
        let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "string"]]]
        let first: JSONValue = [
            "tools": [["name": "a", "description": "A.", "inputSchema": schema], ["name": "b", "title": "B"]],
            "nextCursor": "2",
        ]
        #expect(try pages.add(first) == "2")
        #expect(try pages.add(["tools": [["name": "c"]], "nextCursor": ""]) == nil)
        #expect(pages.tools.map(\.name) == ["a", "b", "c"])
        #expect(pages.tools.map(\.description) == ["A.", "B", ""])
        #expect(pages.tools[0].parameters == schema.text)
        #expect(pages.tools[1].parameters == #"{"properties":{},"type":"object"}"#)
        #expect(pages.leftOut == 0)
    }

    @Test("leave out what has no name, no schema, or comes twice")
    func leftOut() throws {
        var pages = ToolPages()
        let entries: JSONValue = [
            ["name": "a"], ["name": "a"], ["name": ""], [:], 17, ["name": "b", "inputSchema": "text"],
            ["name": .string(String(repeating: "n", count: 257))],
        ]
        #expect(try pages.add(["tools": entries]) == nil)
        #expect(pages.tools.map(\.name) == ["a"])
        #expect(pages.leftOut == 6)
        #expect(throws: MCPFailure.self) { _ = try pages.add(["tools": "none"]) }
    }

    @Test("end at 128 tools and at 64 pages")
    func bounds() throws {
        var pages = ToolPages()
        let many = (0..<129).map { JSONValue.object(["name": .string("t\($0)")]) }
        #expect(try pages.add(["tools": .array(many), "nextCursor": "more"]) == nil)
        #expect(pages.tools.count == 128)
        #expect(pages.leftOut == 1)

        var empty = ToolPages()
        for _ in 1..<ToolPages.mostPages { #expect(try empty.add(["tools": [], "nextCursor": "more"]) == "more") }
        #expect(try empty.add(["tools": [], "nextCursor": "more"]) == nil)
    }

    @Test("hold schemas of at most 64 KiB")
    func schemas() throws {
        func entry(_ name: String, _ length: Int) -> JSONValue {
            let frame = #"{"title":""}"#.utf8.count
            let title = String(repeating: "x", count: length - frame)
            return ["name": .string(name), "inputSchema": ["title": .string(title)]]
        }
        var pages = ToolPages()
        _ = try pages.add(["tools": [entry("fits", 64 << 10), entry("not", (64 << 10) + 1)]])
        #expect(pages.tools.map(\.name) == ["fits"])
        #expect(pages.leftOut == 1)
    }

    @Test(
        "give names that models take",
        arguments: [
            ("get_weather-2", "get_weather-2"), ("a.b/c d", "a_b_c_d"), ("größe", "gr__e"), ("", "_"), ("📅", "_"),
            (String(repeating: "n", count: 65), String(repeating: "n", count: 64)),
        ])
    func legal(_ name: String, _ legal: String) { #expect(Catalogue.legal(name) == legal) }

    @Test("of two servers are told apart where they share a name, and only there")
    func shared() {
        let catalogue = Catalogue([
            (name: "crm", tools: [tool("search"), tool("add")]), (name: "wiki", tools: [tool("search")]),
        ])
        #expect(catalogue.definitions.map(\.name) == ["crm_search", "add", "wiki_search"])
        #expect(catalogue.places["wiki_search"] == Catalogue.Place(server: "wiki", tool: "search"))
        #expect(catalogue.places["add"] == Catalogue.Place(server: "crm", tool: "add"))
    }

    @Test("give each tool a legal name of its own", arguments: 0..<100)
    func unique(_ seed: Int) {
        var random = Seeded(seed)
        let letters = ["a", "b", ".", "_", "ä", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
        func name() -> String {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
                .joined()
        }
        let servers = (0..<3).map { index in
            var names: Set<String> = []
            for _ in 0..<12 { names.insert(name()) }
            return (name: "s\(index == 2 ? "_" : name())\(index)", tools: names.sorted().map(tool))
        }
        let catalogue = Catalogue(servers)
        let names = catalogue.definitions.map(\.name)
        #expect(names.count == servers.reduce(0) { $0 + $1.tools.count })
        #expect(Set(names).count == names.count)
        #expect(Set(catalogue.places.values).count == names.count)
        #expect(names.allSatisfy { $0 == Catalogue.legal($0) })
    }

    @Test("say which parameters are mirrored into headers")
    func mirrored() {
        let schema: JSONValue = [
            "properties": [
                "city": ["type": "string", "x-mcp-header": "City"],
                "inner": ["type": "object", "properties": ["deep": ["type": "integer", "x-mcp-header": "Deep"]]],
                "open": ["type": "boolean", "x-mcp-header": "Open"],
                "again": ["type": "string", "x-mcp-header": "a b"],
                "rate": ["type": "number", "x-mcp-header": "Rate"],
                "twice": ["type": "string", "x-mcp-header": "CITY"],
                "list": ["type": "array", "items": ["type": "string", "x-mcp-header": "Item"]],
            ]
        ]
        let mirrored = MirroredParameter.all(in: schema)
        #expect(mirrored.map(\.header) == ["City", "Deep", "Open"])
        let arguments: JSONValue = ["city": "Zürich", "inner": ["deep": 3], "open": false, "rate": 1]
        let headers = mirrored.compactMap { $0.header(for: arguments) }
        #expect(headers.map(\.name) == ["Mcp-Param-City", "Mcp-Param-Deep", "Mcp-Param-Open"])
        #expect(headers.map(\.value) == ["=?base64?WsO8cmljaA==?=", "3", "false"])
        #expect(mirrored.compactMap { $0.header(for: ["city": nil]) }.isEmpty)
    }

    @Test(
        "name headers plainly where that is safe",
        arguments: [
            ("two words", "two words"), (" edge", "=?base64?IGVkZ2U=?="), ("a\r\nb", "=?base64?YQ0KYg==?="),
            ("", "=?base64??="), ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
        ])
    func plain(_ text: String, _ header: String) { #expect(MirroredParameter.plain(text) == header) }
}
