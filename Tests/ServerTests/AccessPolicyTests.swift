import Foundation
import FoundationNetworking
import Network
import Testing

@testable import Server

/// Whose pages may use the server, and by which names it is known.
struct AccessPolicyTests {
    /// `Host`, `Origin`, what comes of them.
    typealias Row = (host: String?, origin: String?, refusal: AccessPolicy.Refusal?)

    private static func check(_ policy: AccessPolicy, _ rows: [Row]) {
        for row in rows {
            #expect(
                policy.refusal(host: row.host, origin: row.origin) == row.refusal,
                "Host \(row.host ?? "–"), Origin \(row.origin ?? "–")")
        }
    }

    @Test func aServerOnLoopback() {
        Self.check(
            AccessPolicy(listeningOn: "127.0.0.1"),
            [
                // Programs.
                (nil, nil, nil), ("127.0.0.1:8000", nil, nil), ("localhost:8000", nil, nil), ("[::1]:8000", nil, nil),
                ("LOCALHOST", nil, nil), ("localhost.", nil, nil), ("app.localhost:1", nil, nil),
                ("10.0.0.7", nil, nil),
                // Its own page, and others on this machine.
                ("127.0.0.1:8000", "http://127.0.0.1:8000", nil), ("localhost:8000", "http://localhost:8000", nil),
                ("localhost:8000", "http://localhost:3000", nil), ("127.0.0.1:8000", "https://localhost", nil),
                ("[::1]:8000", "http://[::1]:8000", nil), ("127.0.0.1:8000", "http://127.9.9.9:1", nil),
                // Somebody else's page.
                ("127.0.0.1:8000", "https://evil.example", .origin), ("127.0.0.1:8000", "null", .origin),
                ("127.0.0.1:8000", "", .origin), ("127.0.0.1:8000", "file://", .origin),
                ("127.0.0.1:8000", "http://127.0.0.1.evil.example", .origin),
                ("127.0.0.1:8000", "http://localhost.evil.example:8000", .origin),
                ("127.0.0.1:8000", "http://evil.example/localhost", .origin),
                ("127.0.0.1:8000", "http://user@localhost", .origin),
                ("127.0.0.1:8000", "chrome-extension://abcdef", .origin),
                ("127.0.0.1:8000", "http://localhost https://evil.example", .origin),
                ("127.0.0.1:8000", "http://10.0.0.7:8000", .origin), (nil, "https://evil.example", .origin),
                // A name that somebody pointed at this address.
                ("evil.example:8000", nil, .host), ("evil.example:8000", "http://evil.example:8000", .host),
                ("127.0.0.1.evil.example", nil, .host), ("localhost.evil.example", nil, .host),
                ("127.0.0.1 evil.example", nil, .host), ("", nil, .host), (":8000", nil, .host), ("[::1", nil, .host),
                ("localhost:0", nil, .host), ("localhost:99999", nil, .host), ("localhost:x", nil, .host),
                ("0x7f.1", nil, .host), ("user@localhost", nil, .host), ("localhost/", nil, .host),
            ])
    }

    @Test func aServerOnEveryAddress() {
        Self.check(
            AccessPolicy(listeningOn: "0.0.0.0"),
            [
                ("192.168.1.5:8000", nil, nil), ("192.168.1.5:8000", "http://192.168.1.5:8000", nil),
                ("[fe80::1]:8000", "http://[FE80::1]:8000", nil), ("localhost:8000", "http://localhost:8000", nil),
                // The default port may stand or not.
                ("192.168.1.5", "http://192.168.1.5", nil), ("192.168.1.5:443", "https://192.168.1.5", nil),
                ("192.168.1.5", "https://192.168.1.5:443", nil), ("192.168.1.5", "http://192.168.1.5:443", .origin),
                ("192.168.1.5:8000", "http://192.168.1.5:8001", .origin),
                ("192.168.1.5:8000", "http://192.168.1.5", .origin),
                // The machine of the browser is not the machine of the server.
                ("192.168.1.5:8000", "http://localhost:3000", .origin), ("192.168.1.5:8000", "null", .origin),
                ("voice.example", nil, .host), ("voice.example", "https://voice.example", .host),
            ])
    }

    @Test func namesAndPagesThatAreAllowed() throws {
        let origins = try ["https://app.example", "http://Other.example:8080/"].map { try #require(WebOrigin($0)) }
        Self.check(
            AccessPolicy(listeningOn: "0.0.0.0", hosts: ["Voice.example"], origins: origins),
            [
                ("voice.example", nil, nil), ("VOICE.EXAMPLE:8000", nil, nil), ("voice.example.", nil, nil),
                ("voice.example", "https://voice.example", nil), ("voice.example", "https://app.example", nil),
                ("voice.example", "https://app.example:443", nil), ("10.0.0.7:8000", "http://other.example:8080", nil),
                // Another scheme or port is another page.
                ("voice.example", "http://app.example", .origin),
                ("voice.example", "https://app.example:8443", .origin),
                ("voice.example", "https://sub.app.example", .origin), ("voice.example", "null", .origin),
                ("sub.voice.example", nil, .host), ("app.example", "https://app.example", .host),
            ])
    }

    /// A server that listens on a name is reached by it.
    @Test func theNameThatIsListenedOn() {
        Self.check(
            AccessPolicy(listeningOn: "voice.lan"),
            [("voice.lan:8000", "http://voice.lan:8000", nil), ("other.lan:8000", nil, .host)])
    }

    @Test(arguments: [
        "null", "*", "app.example", "ws://app.example", "https://", "https://a b", "https://a/b", "https://a:x",
    ])
    func whatIsNoOrigin(text: String) { #expect(WebOrigin(text) == nil) }
}

/// The policy on real sockets.
@Suite(.timeLimit(.minutes(1)))
struct AccessTests {
    @Test func pagesOfOthersGetNothing() async throws {
        try await withServer { test in
            for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example"] {
                for path in ["/", "/bridge/talker", "/elsewhere"] {
                    let refusal = try await test.refusal(path, headers: [(name: "Origin", value: origin)])
                    #expect(refusal.status == 403)
                    #expect(refusal.code == "bad_origin")
                }
                for path in ["/", "/api/projects", "/api/projects/talker/graph", "/metrics", "/healthz"] {
                    let (response, body) = try await test.fetch(path, headers: ["Origin": origin])
                    #expect(response.statusCode == 403)
                    #expect(body.contains("--allow-origin") && !body.contains("talker"))
                }
            }
            #expect(test.metric(#"parley_requests_refused_total{reason="bad_origin"}"#) == 24)
            #expect(test.metric("parley_conversations_total") == 0)
        }
    }

    @Test func anUnknownNameGetsNothing() async throws {
        try await withServer { test in
            let answer = try DeafClient(port: test.server.port, path: "/", host: "evil.example:8000").answer
            #expect(answer.hasPrefix("HTTP/1.1 403"))
            let (response, body) = try await test.fetch("/api/projects", headers: ["Host": "evil.example"])
            #expect(response.statusCode == 403)
            #expect(body.contains("bad_host") && body.contains("--allow-host"))
            #expect(test.metric(#"parley_requests_refused_total{reason="bad_host"}"#) == 2)
        }
    }

    @Test func whatIsAllowedComesIn() async throws {
        let page = try #require(WebOrigin("https://app.example"))
        try await withServer(
            ["talker": ProjectText.single()],
            {
                $0.allowedHosts = ["voice.example"]
                $0.allowedOrigins = [page]
            }
        ) { test in
            let own = "http://127.0.0.1:\(test.server.port)"
            for origin in [own, "http://localhost:3000", "https://app.example"] {
                let socket = try await test.client.connect(
                    url: "ws://127.0.0.1:\(test.server.port)/", headers: [(name: "Origin", value: origin)])
                #expect(try await Caller(socket).next()["type"] as? String == "session.created")
                #expect(try await test.fetch("/api/projects", headers: ["Origin": origin]).response.statusCode == 200)
            }
            let answer = try DeafClient(port: test.server.port, path: "/", host: "voice.example").answer
            #expect(answer.hasPrefix("HTTP/1.1 101"))
        }
    }
}
