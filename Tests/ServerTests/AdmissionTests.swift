import Foundation
import FoundationNetworking
import Network
import Projects
import Server
import Testing

/// Who gets a conversation, and of which project.
@Suite(.timeLimit(.minutes(1)))
struct AdmissionTests {
    @Test func projectsAreFoundByPath() async throws {
        let projects = ["alpha": ProjectText.single(), "beta": ProjectText.single()]
        try await withServer(projects, { $0.defaultProject = "beta" }) { test in
            for (path, name) in [("/", "beta"), ("/bridge/alpha", "alpha"), ("/bridge/alpha:0", "alpha")] {
                let greeting = try await test.connect(path).next()
                #expect((greeting["session"] as? [String: Any])?["project"] as? String == name)
            }
            for path in ["/bridge/gamma", "/bridge/alpha:1", "/bridge/alpha:x", "/bridge/alpha:"] {
                let farewell = try await test.farewell(path)
                #expect(farewell.code == "unknown_project")
                #expect(farewell.message?.contains("alpha, beta") == true)
                #expect(farewell.ending == .peer(code: 4404, reason: "unknown_project"))
            }
            for path in ["/elsewhere", "/bridge", "/bridge/alpha/more"] {
                let refusal = try await test.refusal(path)
                #expect(refusal.status == 404)
                #expect(refusal.code == "unknown_path")
            }
            #expect(test.metric(#"parley_conversations_refused_total{reason="unknown_project"}"#) == 4)
        }
    }

    /// Those who may come from elsewhere need not know what else is here.
    @Test func projectsAreNamedToTheOwnMachineOnly() async throws {
        try await withServer(["secret": ProjectText.single()], { $0.host = "0.0.0.0" }) { test in
            #expect(try await test.farewell("/bridge/other").message == "there is no such project")
            let (response, body) = try await test.fetch("/api/projects/other")
            #expect(response.statusCode == 404)
            #expect(!body.contains("secret"))
        }
    }

    @Test func theNewestConnectionOfAUserTakesOver() async throws {
        try await withServer { test in
            let first = try await test.call("/bridge/talker?uuid=ada")
            let (bob, nobody) = (try await test.call("/bridge/talker?uuid=bob"), try await test.call("/bridge/talker"))
            let second = try await test.call("/bridge/talker?uuid=ada")
            let told = try await first.next()
            #expect(told["type"] as? String == "error")
            #expect(told["code"] as? String == "replaced")
            #expect(await first.ending() == .peer(code: 4409, reason: "replaced"))
            #expect(try await test.logged("conversation ends").contains("\"close_code\":4409"))
            try second.say(["type": "input_text", "text": "x"])
            #expect(try await second.until("response.done").last?["status"] as? String == "completed")
            let third = try await test.call("/bridge/talker?uuid=ada")
            #expect(await second.ending().code == 4409)
            _ = try await test.logged("conversation ends")
            #expect([bob, nobody, third].allSatisfy { $0.socket.isOpen })
            #expect(test.metric("parley_conversations_open") == 3)
            #expect(test.metric("parley_conversations_replaced_total") == 2)
            #expect(test.metric(#"parley_conversations_ended_total{by="server"}"#) == 2)
            #expect(test.metric("parley_conversations_total") == 5)
        }
    }

    /// A phone that changed its network leaves a connection that nobody reads: it must not keep its owner out.
    @Test func aDeadConnectionIsTakenOverAtOnce() async throws {
        try await withServer { test in
            let dead = try DeafClient(port: test.server.port, path: "/bridge/talker?uuid=ada")
            _ = try await test.logged("conversation begins")
            let caller = try await test.call("/bridge/talker?uuid=ada")
            try caller.say(["type": "input_text", "text": "x"])
            #expect(try await caller.until("response.done").last?["status"] as? String == "completed")
            #expect(test.metric("parley_conversations_replaced_total") == 1)
            withExtendedLifetime(dead) {}
        }
    }

    /// Who takes over needs no second place.
    @Test func aFullServerSaysSo() async throws {
        try await withServer(["talker": ProjectText.single()], { $0.maximumConversations = 2 }) { test in
            let callers = [try await test.call("/?uuid=ada"), try await test.call()]
            let farewell = try await test.farewell("/")
            #expect(farewell.code == "full")
            #expect(farewell.ending == .peer(code: 4503, reason: "full"))
            #expect(test.metric(#"parley_conversations_refused_total{reason="full"}"#) == 1)
            let (response, body) = try await test.fetch("/readyz")
            #expect(response.statusCode == 503)
            #expect(body == "full\n")
            let again = try await test.call("/?uuid=ada")
            #expect(await callers[0].ending().code == 4409)
            _ = try await test.logged("conversation ends")
            again.socket.close()
            _ = try await test.logged("conversation ends")
            #expect(try await test.fetch("/readyz").response.statusCode == 200)
            _ = try await test.call()
            #expect(callers[1].socket.isOpen)
        }
    }

    @Test func aChangedFileIsForNewConversations() async throws {
        try await withServer(["talker": ProjectText.single(name: "Ada")]) { test in
            let first = try await test.call()
            try test.write(ProjectText.single(name: "Barbara"), to: "talker")
            test.registry.rescan()
            let second = try await test.connect()
            let greeting = try await second.next()
            #expect((greeting["session"] as? [String: Any])?["version"] as? Int == 1)
            try test.write("orchestrator: 7\n", to: "talker")
            test.registry.rescan()
            let third = try await test.call()
            let old = try await test.call("/bridge/talker:0")
            for (caller, agent) in [(first, "Ada"), (second, "Barbara"), (third, "Barbara"), (old, "Ada")] {
                try caller.say(["type": "input_text", "text": "x"])
                let answer = try await caller.until("response.text.delta")
                #expect(answer.last?["role"] as? String == agent)
            }
        }
    }

    // MARK: - Going down

    @Test func anIdleServerStopsAtOnce() async throws {
        try await withServer(["talker": ProjectText.single()], { $0.drain = .seconds(3600) }) { test in
            await test.server.drain()
            await #expect(throws: NetworkError.self) { _ = try await test.connect() }
        }
    }

    @Test func nobodyComesInWhileItDrains() async throws {
        try await withServer(["talker": ProjectText.single()], { $0.drain = .seconds(3600) }) { test in
            let caller = try await test.call()
            let server = test.server
            async let drained: Void = server.drain()
            _ = try await test.logged("draining")
            let notice = try await caller.next()
            #expect(notice["type"] as? String == "server.draining")
            #expect(notice["closes_in_ms"] as? Int == 3_600_000)
            let farewell = try await test.farewell("/")
            #expect(farewell.code == "draining")
            #expect(farewell.ending == .peer(code: 4503, reason: "draining"))
            #expect(try await test.fetch("/readyz").response.statusCode == 503)
            // The one that runs goes on, and the last to leave ends the wait.
            try caller.say(["type": "input_text", "text": "x"])
            #expect(try await caller.until("response.done").last?["status"] as? String == "completed")
            caller.socket.close()
            await drained
        }
    }

    @Test func conversationsEndWhenTheTimeIsOver() async throws {
        try await withServer(["talker": ProjectText.single()], { $0.drain = .milliseconds(200) }) { test in
            let caller = try await test.call()
            let server = test.server
            async let drained: Void = server.drain()
            #expect(try await caller.next()["closes_in_ms"] as? Int == 200)
            let ending = await caller.ending()
            #expect(ending.code == 1001)
            await drained
        }
    }
}
