import Foundation
import ModelFiles
import Testing

@Suite struct ModelFolderTests {
    @Test func theFolderIsNamedByTheEnvironment() {
        let home = ["HOME": "/home/ada"]
        #expect(ModelFolder.standard(environment: home).path == "/home/ada/.local/share/parley/models")
        let data = ["HOME": "/home/ada", "XDG_DATA_HOME": "/data"]
        #expect(ModelFolder.standard(environment: data).path == "/data/parley/models")
        #expect(
            ModelFolder.standard(environment: data.merging(["PARLEY_MODELS": "/m"]) { $1 }).path == "/m")
        // Empty counts as absent, and a relative XDG folder as none, as its specification says.
        #expect(
            ModelFolder.standard(environment: ["HOME": "/h", "PARLEY_MODELS": "", "XDG_DATA_HOME": "x"]).path
                == "/h/.local/share/parley/models")
    }

    @Test func aFileIsWholeMissingOrDamaged() throws {
        let scratch = try Scratch()
        let folder = ModelFolder(scratch.path)
        let file = Sample.file("a/model", content: Array("abc".utf8))
        #expect(throws: ModelFileError.self) { try folder.verify(file) }
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == .missing)

        try scratch.write("a/model", Array("abc".utf8))
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == nil)
        #expect(folder.seemsWhole(file))

        try scratch.write("a/model", Array("abd".utf8))
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == .damaged)
        #expect(folder.seemsWhole(file))

        try scratch.write("a/model", Array("ab".utf8))
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == .damaged)
        #expect(!folder.seemsWhole(file))

        // Something of the name that is no file, and a file where a folder should be.
        try FileManager.default.removeItem(atPath: folder.path(of: "a/model"))
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "a/model"), withIntermediateDirectories: true)
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == .inaccessible)
        try FileManager.default.removeItem(atPath: folder.path(of: "a"))
        try scratch.write("a", [])
        #expect(code { () throws(ModelFileError) in try folder.verify(file) } == .missing)
    }

    @Test func whatIsNotListedIsRefused() {
        #expect(code { () throws(ModelFileError) in _ = try ModelFolder("/").checked("etc/passwd") } == .unlisted)
    }

    private func code(_ body: () throws(ModelFileError) -> Void) -> ModelFileError.Code? {
        do {
            try body()
            return nil
        } catch {
            return error.code
        }
    }
}
