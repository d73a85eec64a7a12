import Foundation
import ModelFiles

/// A folder for one test, which goes with it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "parley-models-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }
}

/// Entries of a list that tests make.
enum Sample {
    static func file(_ path: String, content: [UInt8], sources: [ModelFile.Source] = []) -> ModelFile {
        let digest = SHA256()
        content.withUnsafeBytes { digest.add($0) }
        return ModelFile(
            path: path, set: "speech", architecture: nil, what: "a sample", licence: "MIT", size: content.count,
            sha256: digest.hexadecimal(), sources: sources)
    }
}

/// The system's own gzip.
enum Gzip {
    static func compressed(_ content: [UInt8]) throws -> [UInt8] {
        let scratch = try Scratch()
        try scratch.write("x", content)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-9", "\(scratch.path)/x"]
        try process.run()
        process.waitUntilExit()
        return Array(try Data(contentsOf: URL(filePath: "\(scratch.path)/x.gz")))
    }
}
