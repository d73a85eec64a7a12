import Foundation
import ModelFiles
import Network
import TestSupport
import Testing

@testable import ModelFetch

/// What goes wrong on the way leaves nothing half-written.
@Suite(.timeLimit(.minutes(2)))
struct FaultTests {
    private let model = Sample.bytes(400_000, seed: 3)

    private func failure(_ files: [ModelFile], into scratch: Scratch, events: Events = Events()) async -> FetchError? {
        await #expect(throws: FetchError.self) { try await fetch(files, into: scratch, events: events) }
    }

    @Test func aDamagedFileIsFetchedAnewAndItsNeighbourIsNot() async throws {
        let (scratch, server, events) = (try Scratch(), FileServer([:]), Events())
        server.set("/a", .content(model))
        server.set("/b", .content(model))
        try await server.serve { address in
            let files = ["a", "b"].map { Sample.file($0, model, [.url("\(address)/\($0)")]) }
            for damage in [Array(model.dropLast()), model.map { $0 ^ 1 }, []] {
                try scratch.write("a", damage)
                try scratch.write("b", model)
                try await fetch(files, into: scratch, events: events)
                #expect(scratch.content("a") == model && scratch.content("b") == model)
            }
            #expect(server.requests.map(\.path) == ["/a", "/a", "/a"])
            #expect(events.all.filter { $0 == .damaged(files[0]) }.count == 3)
        }
    }

    /// The server's content is wrong: another file, a longer one, a shorter one.
    @Test func whatIsNotTheListsContentIsRefused() async throws {
        var other = model
        other[200_000] ^= 1
        for content in [other, model + [0], Array(model.dropLast()), []] {
            for behaviour in [FileServer.Behaviour.content(content), .whole(content)] {
                let (scratch, server) = (try Scratch(), FileServer(["/a": behaviour]))
                try await server.serve { address in
                    let error = await failure([Sample.file("a", model, [.url(address + "/a")])], into: scratch)
                    #expect(error?.code == .wrongContent)
                    #expect(scratch.names.isEmpty)
                    // Later the server is repaired.
                    server.set("/a", .content(model))
                    try await fetch([Sample.file("a", model, [.url(address + "/a")])], into: scratch)
                    #expect(scratch.names == ["a"] && scratch.content("a") == model)
                }
            }
        }
    }

    /// A wheel whose hash is right and whose member is not.
    @Test func aMemberThatIsNotTheListsIsRefused() async throws {
        let archives = [
            try ZipWriter.archive([("m", model.map { $0 ^ 1 })]), try ZipWriter.archive([("m", model + [0])]),
            try ZipWriter.archive([("m", Array(model.dropLast()))]), try ZipWriter.archive([("n", model)]), model,
        ]
        for archive in archives {
            let (scratch, server) = (try Scratch(), FileServer(["/w.whl": .content(archive)]))
            try await server.serve { address in
                let wheel = Sample.wheel(archive, url: address + "/w.whl")
                let error = await failure([Sample.file("a", model, [Sample.member(wheel, "m")])], into: scratch)
                #expect(error?.code == .wrongContent)
                #expect(scratch.names.allSatisfy { $0 == ".incoming/\(wheel.sha256)" })
            }
        }
    }

    @Test func aCutDownloadGoesOnWhereItWas() async throws {
        let (scratch, server, events) = (try Scratch(), FileServer([:]), Events())
        server.set("/a", .cut(model, after: 150_000))
        try await server.serve { address in
            try await fetch([Sample.file("a", model, [.url(address + "/a")])], into: scratch, events: events)
        }
        #expect(scratch.content("a") == model && events.received == model.count)
        #expect(server.requests.count == 3)
        #expect(server.requests.first?.range == nil)
        #expect(server.requests.dropFirst().allSatisfy { $0.range?.hasPrefix("bytes=") == true })
    }

    /// What a fetch that was ended left behind is used by the next one, from another source, and even if it is damaged.
    @Test func whatAnEarlierFetchLeftIsUsed() async throws {
        for (isDamaged, knowsRanges) in [(false, true), (false, false), (true, true), (true, false)] {
            let (scratch, server) = (try Scratch(), FileServer([:]))
            server.set("/a", knowsRanges ? .content(model) : .whole(model))
            let left = Array(model.prefix(100_000)).map { isDamaged ? $0 ^ 1 : $0 }
            try scratch.write(".incoming/\(Sample.sha256(model))", left)
            try await server.serve { address in
                try await fetch([Sample.file("a", model, [.url(address + "/a")])], into: scratch)
            }
            #expect(server.requests.first == FileServer.Request(path: "/a", range: "bytes=100000-"))
            #expect(server.requests.count == (isDamaged && knowsRanges ? 2 : 1))
            #expect(scratch.names == ["a"] && scratch.content("a") == model)
        }
    }

    @Test func aServerThatIsNotThereIsAskedOnce() async throws {
        let (scratch, events) = (try Scratch(), Events())
        let archive = try ZipWriter.archive([("m", model)])
        let wheel = Sample.wheel(archive, url: "http://127.0.0.1:9/w.whl")
        let files = ["a", "b", "c"].map {
            Sample.file($0, model, [Sample.member(wheel, "m"), .url("http://127.0.0.1:9/\($0)")])
        }
        let error = await failure(files, into: scratch, events: events)
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1:9") == true && error?.message.contains("and 2 more") == true)
        #expect(scratch.names.isEmpty)
    }

    /// One file that cannot be had does not keep the others away.
    @Test func whatCanBeHadIsPlaced() async throws {
        let (scratch, server) = (try Scratch(), FileServer(["/b": .content(model)]))
        try await server.serve { address in
            let files = ["a", "b"].map { Sample.file($0, model, [.url("\(address)/\($0)")]) }
            #expect(await failure(files, into: scratch)?.code == .notThere)
            #expect(scratch.names == ["b"])
        }
    }

    @Test func aFolderThatCannotBeMadeIsAnError() async throws {
        let scratch = try Scratch()
        try scratch.write("file", [1])
        let folder = ModelFolder(scratch.folder.path(of: "file/models"))
        let error = await #expect(throws: FetchError.self) {
            try await ModelFetcher(folder: folder, client: .init(), index: nil, report: { _ in }).fetch([])
        }
        #expect(error?.code == .inaccessible && error?.message.contains(folder.path) == true)
    }

    /// Archives with any byte changed are read or refused; the process goes on.
    @Test func damagedArchivesAreRefused() async throws {
        let content = Sample.bytes(2000, seed: 4)
        let archive = try ZipWriter.archive([("a", content), ("m", content)])
        var random = Seeded(5)
        var refused = 0
        for _ in 0..<400 {
            var damaged = archive
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
            let scratch = try Scratch()
            try scratch.write("w", damaged)
            do throws(FetchError) {
                try ZipArchive(scratch.folder.path(of: "w")).read("m") { _ in }
            } catch {
                refused += 1
                #expect(error.code == .wrongContent)
            }
        }
        #expect(refused > 100)
    }
}
