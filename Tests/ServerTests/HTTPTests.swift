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
            #expect(try await object(test, "/api/projects/talker")["vad_enabled"] as? Bool == false)
            let graph = try await object(test, "/api/projects/flow/graph")
            let nodes = try #require(graph["nodes"] as? [[String: Any]])
            let speaking = nodes.filter { $0["speaks"] as? Bool == true }.compactMap { $0["name"] as? String }
            #expect(speaking == ["Ada", "Bob"])
            let ids = Set(nodes.compactMap { $0["id"] as? String })
            let edges = try #require(graph["edges"] as? [[String: Any]])
            #expect(edges.count >= 2)
            #expect(
                edges.allSatisfy {
                    ids.contains($0["from"] as? String ?? "") && ids.contains($0["to"] as? String ?? "")
                })
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
