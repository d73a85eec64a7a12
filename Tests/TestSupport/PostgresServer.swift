import Foundation
import Synchronization

/// A PostgreSQL server for tests, as `Tests/postgres-server` starts it: one for all tests of the process.
public final class PostgresServer: Sendable {
    /// nil where it cannot be had. Tests are skipped then.
    public static let shared = PostgresServer()

    private let folder: String
    /// The server lives as long as this is open.
    private let lifeline: Mutex<Pipe>

    private init?() {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "postgres-server")
        let (input, output) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = script
        (process.standardInput, process.standardOutput) = (input, output)
        guard (try? process.run()) != nil else { return nil }
        try? output.fileHandleForWriting.close()
        var line = ""
        while !line.hasSuffix("\n"), let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line += String(decoding: byte, as: UTF8.self)
        }
        guard line.hasPrefix("ready ") else { return nil }
        folder = line.dropFirst("ready ".count).trimmingCharacters(in: .whitespacesAndNewlines)
        lifeline = Mutex(input)
    }

    /// The URL of a database of it.
    /// - Parameter user: with a password behind a colon, or without.
    public func url(user: String = "parley", database: String = "postgres") -> String {
        let place = folder.replacingOccurrences(of: "/", with: "%2F")
        return "postgresql://\(user)@\(place)/\(database)"
    }
}
