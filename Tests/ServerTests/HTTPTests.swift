import Foundation
import FoundationNetworking
import Network
import Server
import Testing

/// What is served besides conversations.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTests {
    @Test(arguments: [
        ("/", "text/html", "<!"), ("/index.html", "text/html", "<!"), ("/app.js", "text/javascript", "import"),
        ("/style.css", "text/css", "{"), ("/icon.svg", "image/svg+xml", "<svg"),
        ("/capture-worklet.js", "text/javascript", "registerProcessor"),
    ])
    func thePageIsServed(path: String, type: String, mark: String) async throws {
        try await withServer { test in
            let (response, body) = try await test.fetch(path)
            #expect(response.statusCode == 200)
            #expect(response.value(forHTTPHeaderField: "Content-Type")?.hasPrefix(type) == true)
            #expect(response.value(forHTTPHeaderField: "X-Content-Type-Options") == "nosniff")
            #expect(
                response.value(forHTTPHeaderField: "Content-Security-Policy")?.contains("default-src 'self'") == true)
            #expect(body.contains(mark))
            let (head, nothing) = try await test.fetch(path, method: "HEAD")
            #expect(head.statusCode == 200)
            #expect(head.value(forHTTPHeaderField: "Content-Length") == "\(body.utf8.count)")
            #expect(nothing.isEmpty)
        }
    }

    @Test(arguments: ["/nothing", "/app.js/", "/../Package.swift", "/api/projects/nobody", "/api/projects/talker/more"])
    func whatIsNotThereIsSaid(path: String) async throws {
        try await withServer { test in
            let (response, body) = try await test.fetch(path)
            #expect(response.statusCode == 404)
            #expect(response.value(forHTTPHeaderField: "Content-Type")?.hasPrefix("application/json") == true)
            let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            #expect((object?["error"] as? [String: Any])?["code"] is String)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE"])
    func onlyReadingIsAllowed(method: String) async throws {
        try await withServer { test in
            let (response, _) = try await test.fetch("/", method: method)
            #expect(response.statusCode == 405)
        }
    }

    @Test func theProjectsAreListed() async throws {
        let projects = ["flow": ProjectText.flow, "talker": ProjectText.single()]
        try await withServer(projects, { $0.defaultProject = "talker" }) { test in
            let list = try await object(test, "/api/projects")["projects"] as? [[String: Any]]
            #expect(list?.compactMap { $0["name"] as? String } == ["flow", "talker"])
            #expect(list?.compactMap { $0["default"] as? Bool } == [false, true])
            let flow = try await object(test, "/api/projects/flow")
            #expect(flow["vad_enabled"] as? Bool == true)
            #expect(flow["version"] as? Int == 0)
            #expect(flow["silence_duration_ms"] as? Int == 400)
            #expect(flow["examples"] as? [String] == ["What now?"])
            #expect(try await object(test, "/api/projects/talker")["vad_enabled"] as? Bool == false)
            let graph = try await object(test, "/api/projects/flow/graph")
            let nodes = try #require(graph["nodes"] as? [[String: Any]])
            let speaking = nodes.filter { $0["speaks"] as? Bool == true }.compactMap { $0["name"] as? String }
            #expect(speaking == ["Ada", "Bob"])
            #expect(nodes.compactMap { $0["kind"] as? String } == ["agent", "agent", "agent"], "no summary, no node")
            let ids = Set(nodes.compactMap { $0["id"] as? String })
            let edges = try #require(graph["edges"] as? [[String: Any]])
            #expect(edges.count == 2)
            #expect(
                edges.allSatisfy {
                    ids.contains($0["from"] as? String ?? "") && ids.contains($0["to"] as? String ?? "")
                })
        }
    }

    /// What follows a super agent that closes with no summary follows its members; a summary has a node.
    @Test(arguments: [false, true])
    func theGraphShowsWhatWorks(hasSummary: Bool) async throws {
        let file = ProjectText.nested(hasSummary: hasSummary)
        try await withServer(["nested": file]) { test in
            let graph = try await object(test, "/api/projects/nested/graph")
            let nodes = try #require(graph["nodes"] as? [[String: Any]])
            #expect(nodes.filter { $0["kind"] as? String == "closing" }.count == (hasSummary ? 1 : 0))
            let edges = try #require(graph["edges"] as? [[String: Any]])
            let found = Set(
                edges.map { edge in
                    let text = { (key: String) in edge[key] as? String ?? "" }
                    return "\(text("from")) → \(text("to")): \(text("label"))"
                })
            let after = "Outer/Cleo: it rains"
            let expected: Set<String> =
                hasSummary
                ? ["Outer/Inner/Ada → Outer/Inner: ", "Outer/Inner/Bob → Outer/Inner: ", "Outer/Inner → \(after)"]
                : ["Outer/Inner/Ada → \(after)", "Outer/Inner/Bob → \(after)"]
            #expect(found == expected)
        }
    }

    @Test func operatorsAreToldHowItIs() async throws {
        try await withServer { test in
            #expect(try await test.fetch("/healthz").body == "ok\n")
            #expect(try await test.fetch("/readyz").response.statusCode == 200)
            let (response, body) = try await test.fetch("/metrics")
            #expect(response.statusCode == 200)
            #expect(response.value(forHTTPHeaderField: "Content-Type")?.hasPrefix("text/plain") == true)
            for name in [
                "parley_conversations_open 0", "parley_conversations_total 0", "parley_interruptions_total 0",
                #"parley_responses_total{status="completed"} 0"#, "parley_first_audio_seconds_count 0",
            ] { #expect(body.split(separator: "\n").contains(Substring(name)), "\(name)") }
        }
    }

    @Test func withoutProjectsItIsNotReady() async throws {
        try await withServer([:]) { test in
            #expect(try await test.fetch("/healthz").response.statusCode == 200)
            #expect(try await test.fetch("/readyz").response.statusCode == 503)
            let farewell = try await test.farewell("/")
            #expect(farewell.ending == .peer(code: 4404, reason: "unknown_project"))
            #expect(farewell.message == "no project is registered")
        }
    }

    private func object(_ test: TestServer, _ path: String) async throws -> [String: Any] {
        let (response, body) = try await test.fetch(path)
        #expect(response.statusCode == 200)
        return try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
    }
}
