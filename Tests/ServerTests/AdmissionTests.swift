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
                let refusal = try await test.refusal(path)
                #expect(refusal.status == 404)
                #expect(refusal.code == "unknown_project")
            }
            for path in ["/elsewhere", "/bridge", "/bridge/alpha/more"] {
                let refusal = try await test.refusal(path)
                #expect(refusal.status == 404)
                #expect(refusal.code == "unknown_path")
            }
            #expect(test.metric(#"parley_conversations_refused_total{reason="unknown_project"}"#) == 4)
        }
    }

    @Test func aUserHasOneConversation() async throws {
        try await withServer { test in
            let caller = try await test.call("/bridge/talker?uuid=ada")
            let refusal = try await test.refusal("/bridge/talker?uuid=ada")
            #expect(refusal.status == 409)
            #expect(refusal.code == "already_connected")
            let other = try await test.call("/bridge/talker?uuid=bob")
            let nobody = try await test.call("/bridge/talker")
            #expect(test.metric("parley_conversations_open") == 3)
            caller.socket.close()
            _ = try await test.logged("conversation ends")
            let again = try await test.call("/bridge/talker?uuid=ada")
            #expect([other, nobody, again].allSatisfy { $0.socket.isOpen })
            #expect(test.metric(#"parley_conversations_refused_total{reason="already_connected"}"#) == 1)
            #expect(test.metric(#"parley_conversations_ended_total{by="client"}"#) == 1)
            #expect(test.metric("parley_conversations_total") == 4)
        }
    }

    @Test func aFullServerSaysSo() async throws {
        try await withServer(["talker": ProjectText.single()], { $0.maximumConversations = 2 }) { test in
            let callers = [try await test.call(), try await test.call()]
            let refusal = try await test.refusal("/")
            #expect(refusal.status == 503)
            #expect(refusal.code == "full")
            callers[0].socket.close()
            _ = try await test.logged("conversation ends")
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
            let refusal = try await test.refusal("/")
            #expect(refusal.status == 503)
            #expect(refusal.code == "draining")
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
            let ending = await caller.ending()
            #expect(ending.code == 1001)
            await drained
        }
    }
}
