import Foundation
import FoundationNetworking
import Network
import Projects
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

    /// A file with errors is listed with them, and who asks for its project is told.
    @Test func aProjectWithErrorsIsListed() async throws {
        let broken =
            "orchestrator: {agent_list: [{agent_name: Ada}]}\nutility_agents:\n  - {agent_class: Plan, agent_name: Ada}\n"
        try await withServer(["talker": ProjectText.single(), "garden": broken]) { test in
            let list = try await object(test, "/api/projects")
            #expect((list["projects"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["talker"])
            let garden = try #require((list["broken"] as? [[String: Any]])?.first)
            #expect(garden["name"] as? String == "garden" && garden["version"] is NSNull)
            let error = try #require((garden["errors"] as? [[String: Any]])?.first)
            #expect(error["line"] as? Int == 3 && (error["message"] as? String)?.contains("'Plan'") == true)
            for path in ["/api/projects/garden", "/api/projects/garden:0", "/api/projects/garden/graph"] {
                let (response, body) = try await test.fetch(path)
                #expect(response.statusCode == 404)
                #expect(body.contains("project 'garden' has errors: line 3: unknown agent_class 'Plan'"), "\(body)")
            }
            let farewell = try await test.farewell("/bridge/garden")
            #expect(farewell.message?.hasPrefix("project 'garden' has errors: line 3") == true)
            #expect(farewell.ending == .peer(code: 4404, reason: "unknown_project"))
            #expect(try await test.farewell("/bridge/nobody").message?.hasSuffix("these have errors: garden") == true)
            // Mended, it is listed as others are.
            try test.write(ProjectText.single(), to: "garden")
            test.registry.rescan()
            #expect(try await test.fetch("/api/projects/garden").response.statusCode == 200)
            #expect((try await object(test, "/api/projects")["broken"] as? [Any])?.isEmpty == true)
        }
    }

    /// A version that is in service is served on, whatever the file says now.
    @Test func anEarlierVersionIsServedOn() async throws {
        try await withServer(["talker": ProjectText.single()]) { test in
            try test.write("orchestrator: 7", to: "talker")
            test.registry.rescan()
            #expect(try await test.fetch("/api/projects/talker").response.statusCode == 200)
            let broken = try #require(try await object(test, "/api/projects")["broken"] as? [[String: Any]])
            #expect(broken.first?["version"] as? Int == 0)
        }
    }

    /// Where others than the own machine can ask, a file's contents are its operator's.
    @Test func strangersAreToldThatThereAreErrorsOnly() async throws {
        try await withServer(["garden": "orchestrator: 7"], { $0.host = "0.0.0.0" }) { test in
            let message = try await test.farewell("/bridge/garden").message
            #expect(message == "project 'garden' has errors; its operator can list them with 'parley validate'")
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
