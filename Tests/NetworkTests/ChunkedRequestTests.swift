import Foundation
import Network
import TestSupport
import Testing

/// Request bodies that come in chunks.
@Suite struct ChunkedRequestTests {
    private static let head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(arguments: [
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("0\r\n\r\n", ""),
        ("3;name=value\r\nhel\r\n002 \r\nlo\r\n000\r\nTrailer: x\r\nOther: y\r\n\r\n", "hello"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
    ])
    func whole(body: String, meaning: String) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let bytes = Array((Self.head + body).utf8)
                var random = Seeded(7)
                for round in 0..<20 {
                    let client = try RawClient(port: port)
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        let count = round == 0 ? rest.count : Int.random(in: 1...rest.count, using: &random)
                        client.send(Array(rest.prefix(count)))
                        rest = rest.dropFirst(count)
                    }
                    let answer = try #require(try client.answer())
                    #expect(answer.status == 200)
                    #expect(answer.text == meaning)
                    #expect(try client.answer() == nil)
                }
            }
        }
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "5\r\nhelloX", "5\r\nhello\r\r", "-1\r\n", "5\nhello", "fffffffff\r\n", "5\r\nhello\r\n\r\n",
        "0\r\nA: b\n\r\n", "0\r\n\r\nmore", "5 \n",
    ])
    func broken(body: String) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send(Self.head + body)
                #expect(try client.answer()?.status == 400)
                #expect(try client.answer() == nil)
            }
        }
    }

    @Test(arguments: ["GET", "DELETE"])
    func refused(method: String) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send("\(method) /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                #expect(try client.answer()?.status == 411)
                let both = try RawClient(port: port)
                both.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n")
                #expect(try both.answer()?.status == 400)
            }
        }
    }

    @Test func curlUploadsInChunks() async throws {
        var limits = NetworkLimits()
        limits.maxBodyBytes = 8 << 20
        try await withServer(limits: limits) { server, _ in
            let address = "http://127.0.0.1:\(server.port)/echo"
            let file = FileManager.default.temporaryDirectory.appending(path: "parley-chunks-\(server.port)")
            for (size, status) in [(5 << 20, "200"), (9 << 20, "413")] {
                try Data(repeating: 97, count: size).write(to: file)
                defer { try? FileManager.default.removeItem(at: file) }
                let output = try await run(
                    "/usr/bin/curl",
                    [
                        "-sS", "-H", "Transfer-Encoding: chunked", "--data-binary", "@\(file.path)", "-o", "/dev/null",
                        "-w", "%{http_code} %{size_download}", address,
                    ])
                #expect(output.hasPrefix(status))
                if status == "200" { #expect(output == "200 \(size)") }
            }
        }
    }
}
