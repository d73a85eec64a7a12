import Foundation

/// Makes the zip archives of the tests: every other member is compressed, by the system's gzip.
enum ZipWriter {
    static func archive(_ members: [(name: String, content: [UInt8])], comment: String = "") throws -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (number, member) in members.enumerated() {
            let isDeflated = number % 2 == 1
            let data = isDeflated ? try deflated(member.content) : member.content
            let name = Array(member.name.utf8)
            let sizes = little(0, 4) + little(data.count, 4) + little(member.content.count, 4)
            let common = little(20, 2) + little(0, 2) + little(isDeflated ? 8 : 0, 2) + little(0, 4) + sizes
            let extra: [UInt8] = [0xFE, 0xCA, 2, 0, 1, 2]
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(name.count, 2) + little(0, 2) + little(0, 2)
                + little(0, 2) + little(0, 2) + little(0, 4) + little(file.count, 4) + name
            file += little(0x0403_4B50, 4) + common + little(name.count, 2) + little(extra.count, 2) + name + extra
            file += data
        }
        let start = file.count
        file += directory
        file += little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
        return file + little(directory.count, 4) + little(start, 4) + little(comment.utf8.count, 2)
            + Array(comment.utf8)
    }

    private static func little(_ number: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// gzip's file without its head of 10 bytes and its tail of 8.
    private static func deflated(_ content: [UInt8]) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: "parley-zip-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path + ".gz") }
        try Data(content).write(to: URL(filePath: path))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-n", path]
        try process.run()
        process.waitUntilExit()
        return try Data(contentsOf: URL(filePath: path + ".gz")).dropFirst(10).dropLast(8).map { $0 }
    }
}
