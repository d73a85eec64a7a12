import Network
import ProjectModel
import ProviderKit
import Testing

@testable import Tools

/// Retrievers find passages, wherever they look.
@Suite("Retrievers")
struct RetrieverTests {
    private struct Shelf: PassageIndex {
        func passages(for query: String, in folder: String, atMost most: Int) async throws -> [Passage] {
            if folder == "/gone" { throw ProviderError(.unavailable, provider: "folder", message: "gone") }
            return (0..<most).compactMap { Passage("\(query) \($0)", source: folder) }
        }
    }

    private func box(_ place: Retriever.Place, most: Int = 2, means: LookupMeans = LookupMeans()) throws -> ToolBox {
        let tool = Tool(
            name: "search", description: "Searches.", parameters: Retriever.parameters,
            source: .retriever(Retriever(place, most: most)))
        return try ToolBox.of([tool], lookups: means)
    }

    private func http(_ url: String, allowsPrivate: Bool = true) -> Retriever.Place {
        .http(HTTPTool(method: "GET", url: url, allowsPrivate: allowsPrivate))
    }

    private static let query = #"{"query":"a&b/c"}"#

    @Test func anAddressIsAsked() async throws {
        let answer = #"{"results":[{"text":"A","url":"u"},{"text":"B"},{"text":"C"}]}"#
        try await withToolServer(answer: { _ in .text(answer) }) { base, server in
            let outcome = try await box(http(base + "/find?q={query}")).call("search", Self.query)
            #expect(outcome == .result(#"[{"result":"A","source":"u"},{"result":"B"}]"#))
            #expect(server.requests.first?.query == ["q": "a&b/c"])
        }
    }

    @Test(arguments: ["nothing here", "{\"a\":1}", "[[[[", "<html>"]) func whatIsNoListIsAFailure(_ answer: String)
        async throws
    {
        try await withToolServer(answer: { _ in .text(answer) }) { base, _ in
            let outcome = try await box(http(base + "/?q={query}")).call("search", Self.query)
            #expect(outcome == .failed(.unavailable, "it answered with no list of results in JSON"))
        }
    }

    /// Longer than what tools may answer, but a list; and one beyond the bound.
    @Test func longAnswersAreReadWhole() async throws {
        func answer(_ count: Int) -> String {
            "["
                + (0..<count).map { "{\"text\":\"\($0) \(String(repeating: "x", count: 900))\"}" }.joined(
                    separator: ",") + "]"
        }
        for (count, isRead) in [(500, true), (2000, false)] {
            let text = answer(count)
            try await withToolServer(answer: { _ in .text(text) }) { base, _ in
                let outcome = try await box(http(base + "/?q={query}")).call("search", Self.query)
                guard case .result(let result) = outcome else {
                    #expect(!isRead, "\(outcome)")
                    return
                }
                #expect(isRead && result.count < ToolOutcome.longestResult)
                #expect(PassageList.passages(of: result, from: "").count == 2)
            }
        }
    }

    @Test func privateAddressesAreRefused() async throws {
        try await withToolServer { base, server in
            let outcome = try await box(http(base + "/?q={query}", allowsPrivate: false)).call("search", Self.query)
            guard case .failed(.forbidden, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aFolderIsLookedIn() async throws {
        let means = LookupMeans(folders: Shelf())
        let outcome = try await box(.folder("/srv"), means: means).call("search", #"{"query":"tide"}"#)
        #expect(outcome == .result(#"[{"result":"tide 0","source":"/srv"},{"result":"tide 1","source":"/srv"}]"#))
        let gone = try await box(.folder("/gone"), means: means).call("search", Self.query)
        #expect(gone == .failed(.unavailable, "the folder cannot be read"))
        let none = try await box(.folder("/srv")).call("search", Self.query)
        #expect(none == .failed(.unavailable, "nothing can be looked up here"))
        let empty = try await box(.folder("/srv"), means: means).call("search", #"{"query":""}"#)
        guard case .failed(.invalidArguments, _) = empty else {
            Issue.record("\(empty)")
            return
        }
    }

    @Test func aServersToolIsCalled() async throws {
        let means = LookupMeans { server, tool, arguments, key in
            server == "books" ? .result("\(tool) \(arguments) \(key)") : .failed(.unknownTool, "There is no such tool.")
        }
        let outcome = try await box(.mcp(server: "books", tool: "find", argument: "q"), means: means)
            .call("search", #"{"query":"tide"}"#, key: "c1:2")
        #expect(outcome == .result(#"[{"result":"find {\"q\":\"tide\"} c1:2","source":"search"}]"#))
        let missing = try await box(.mcp(server: "x", tool: "find", argument: "q"), means: means)
            .call("search", Self.query)
        #expect(missing == .failed(.unknownTool, "There is no such tool."))
    }
}
