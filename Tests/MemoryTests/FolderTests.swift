import Foundation
import ProviderKit
import Testing

@testable import Store

/// The full-text index over the texts of a folder.
@Suite struct FolderTests {
    /// A folder that is gone when the test is over.
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appending(path: "parley-texts-\(UUID().uuidString)").path()
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

        func write(_ bytes: [UInt8], to name: String) throws {
            let url = URL(filePath: path).appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }

    private func find(_ query: String, in folder: Folder, limits: FolderFiles.Limits = .init()) async throws
        -> [Passage]
    {
        try await FolderShelf(limits: limits, patience: .zero).passages(for: query, in: folder.path, atMost: 5)
    }

    @Test func aPassageIsFoundWithItsSource() async throws {
        let folder = try Folder()
        try folder.write(
            "# Opening hours\n\nThe museum opens at ten.\n\n# Tickets\n\nA ticket costs nine euros.",
            to: "visit/plan.md")
        try folder.write("The boat leaves at noon.", to: "boat.txt")
        try folder.write("secret", to: "notes.pdf")
        let found = try await find("When does the museum open?", in: folder)
        #expect(found.first?.source == "visit/plan.md" && found.first?.title == "Opening hours")
        #expect(found.first?.text == "# Opening hours\nThe museum opens at ten.")
        #expect(try await find("What are tickets?", in: folder).first?.text.contains("nine euros") == true)
        #expect(try await find("secret", in: folder).isEmpty, "no text")
        #expect(try await find("\" OR pieces MATCH \"", in: folder).isEmpty)
        #expect(try await find("", in: folder).isEmpty)
    }

    @Test func pagesAreReadAsPeopleReadThem() async throws {
        let folder = try Folder()
        try folder.write(
            """
            <!DOCTYPE html><html><head><title>The
            Harbour</title><style>p { color: tide }</style></head><body><!-- tide -->
            <h1>Tides</h1><p>High tide is at <b>six</b> &amp; low tide at noon&#46;</p>
            <script>let tide = "<p>never</p>"</script><p>5 < 6 and &unknown; <i</body>
            """, to: "tides.html")
        let found = try await find("tide", in: folder)
        #expect(found.map(\.title) == ["The Harbour"])
        #expect(found.first?.text.contains("High tide is at six & low tide at noon.") == true)
        #expect(found.first?.text.contains("never") == false && found.first?.text.contains("color") == false)
    }

    @Test func linksThatLeadOutAreRefused() async throws {
        let (folder, other) = (try Folder(), try Folder())
        try other.write("The treasure lies in the cellar.", to: "secret.md")
        try folder.write("Nothing here.", to: "own.md")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path + "/link.md", withDestinationPath: other.path + "/secret.md")
        try manager.createSymbolicLink(atPath: folder.path + "/other", withDestinationPath: other.path)
        try manager.createSymbolicLink(atPath: folder.path + "/round", withDestinationPath: folder.path)
        try manager.createSymbolicLink(atPath: folder.path + "/again.md", withDestinationPath: folder.path + "/own.md")
        #expect(mkfifo(folder.path + "/pipe.md", 0o600) == 0)
        #expect(try await find("treasure", in: folder).isEmpty)
        #expect(Set(try await find("nothing here", in: folder).map(\.source)) == ["own.md", "again.md"])
    }

    @Test func brokenTextIsReadAsFarAsItIsText() async throws {
        let folder = try Folder()
        try folder.write(
            Array("Caf\u{E9} ".utf8) + [0xC3, 0x28, 0xFF, 0xFE] + Array(" the anchor holds".utf8), to: "a.txt")
        try folder.write([0x61, 0, 0x62] + Array("anchor".utf8), to: "b.txt")
        try folder.write([], to: "c.txt")
        try folder.write(Array(repeating: 0x61, count: 300_000), to: "d.txt")
        let found = try await find("anchor", in: folder)
        #expect(found.map(\.source) == ["a.txt"] && found[0].text.contains("\u{FFFD}"))
    }

    @Test func boundsHold() async throws {
        let folder = try Folder()
        for number in 0..<12 { try folder.write("herring \(number)", to: "f\(100 + number).txt") }
        try folder.write(String(repeating: "whale ", count: 1000) + "dolphin", to: "long.txt")
        var limits = FolderFiles.Limits()
        limits.files = 10
        #expect(FolderFiles(folder.path, limits: limits)?.list().count == 10)
        limits = FolderFiles.Limits()
        limits.bytesOfFile = 6000
        #expect(try await find("dolphin", in: folder, limits: limits).isEmpty)
        #expect(try await find("whale", in: folder, limits: limits).count == 5)
        limits.bytes = 20
        #expect(try await find("whale", in: folder, limits: limits).isEmpty)
        limits = FolderFiles.Limits()
        limits.entries = 3
        #expect(FolderFiles(folder.path, limits: limits)?.list().count == 3)
        try folder.write("deep", to: (0..<20).map { "d\($0)" }.joined(separator: "/") + "/deep.txt")
        #expect(try await find("deep", in: folder).isEmpty)
    }

    /// A folder of 10,000 files is indexed up to the bound, and answers.
    @Test func tenThousandFiles() async throws {
        let folder = try Folder()
        for number in 0..<10_000 {
            let name = String(repeating: "0", count: 5 - String(number).count) + String(number)
            _ = FileManager.default.createFile(
                atPath: "\(folder.path)/\(name).md", contents: Data("Ship number\(number) carries coal.".utf8))
        }
        #expect(try await find("number4999", in: folder).map(\.source) == ["04999.md"])
        #expect(try await find("number5000", in: folder).isEmpty, "beyond the bound")
    }

    @Test func whatChangesIsReadAnew() async throws {
        let folder = try Folder()
        let shelf = FolderShelf(limits: .init(), patience: .zero)
        try folder.write("The mast is red.", to: "mast.md")
        #expect(try await shelf.passages(for: "mast", in: folder.path, atMost: 5).first?.text == "The mast is red.")
        try folder.write("The mast is green now.", to: "mast.md")
        #expect(
            try await shelf.passages(for: "mast", in: folder.path, atMost: 5).first?.text == "The mast is green now.")
        try FileManager.default.removeItem(atPath: folder.path)
        await #expect(throws: ProviderError.self) { try await shelf.passages(for: "mast", in: folder.path, atMost: 5) }
        #expect(shelf.count == 0)
    }

    @Test func fewFoldersAreKept() async throws {
        let shelf = FolderShelf(limits: .init(), patience: .seconds(60))
        let folders = try (0..<(FolderShelf.capacity + 3)).map { _ in try Folder() }
        for folder in folders { _ = try await shelf.passages(for: "x", in: folder.path, atMost: 1) }
        #expect(shelf.count == FolderShelf.capacity)
    }

    @Test func piecesAreShort() {
        let text = FolderText(Array(String(repeating: "word ", count: 5000).utf8), isHTML: false)
        #expect(text.pieces.count > 25)
        #expect(text.pieces.allSatisfy { $0.unicodeScalars.count <= FolderText.pieceLength + 1 })
        let many = FolderText(Array(String(repeating: "# h\n", count: 5000).utf8), isHTML: false)
        #expect(many.pieces.count == FolderText.mostPieces)
    }
}
