import Foundation

/// What of `Package.swift` the layers are about.
struct Manifest: Decodable {
    /// One target.
    struct Target: Decodable {
        enum Kind: String, Decodable {
            case regular
            case executable
            case test
            case system
        }

        var name: String
        var kind: Kind
        var path: String?
        var dependencies: [String]

        private enum CodingKeys: String, CodingKey {
            case name
            case kind = "type"
            case path
            case dependencies
        }

        /// `{"byName": ["AudioCore", null]}`
        private struct Dependency: Decodable {
            var byName: [String?]
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            kind = try container.decode(Kind.self, forKey: .kind)
            path = try container.decodeIfPresent(String.self, forKey: .path)
            dependencies = try container.decode([Dependency].self, forKey: .dependencies).compactMap { $0.byName[0] }
        }
    }

    var targets: [Target]

    /// Asks the package manager. A scratch folder of its own, because the running test holds the other one.
    static func load(root: URL) throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "parley-layers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Manifest.self, from: json)
    }
}
