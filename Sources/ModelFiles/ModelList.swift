import JSONText

/// The list of all files of local engines, `engines.lock`: what each must be and where it can be had.
public struct ModelList: Sendable, Equatable {
    /// The files, of every set and architecture.
    public let files: [ModelFile]

    /// The name of the set that hears, speaks and judges turns.
    public static let speech = "speech"

    /// The list that is built into the program.
    public static let standard: ModelList = {
        guard let list = try? ModelList(json: PackageResources.engines_lock) else {
            preconditionFailure("engines.lock cannot be read")
        }
        return list
    }()

    /// The processor that this program was built for.
    public static var architecture: String {
        #if arch(arm64)
            "aarch64"
        #else
            "x86_64"
        #endif
    }

    /// Reads the JSON of `engines.lock`.
    /// - Throws: what JSON's reader throws; `ModelFileError` for a wheel that is not listed or a path that leaves the folder.
    public init(json: [UInt8]) throws {
        let lock = try JSONReader.decode(Lock.self, from: json)
        let wheels = Dictionary(lock.wheels.map { ($0.file, $0.wheel) }, uniquingKeysWith: { first, _ in first })
        files = try lock.files.map { try $0.file(wheels: wheels) }
    }

    /// The names of the sets, in the order of the list.
    public var sets: [String] {
        files.reduce(into: []) { names, file in if !names.contains(file.set) { names.append(file.set) } }
    }

    /// The files of a set, for a processor.
    public func files(of set: String, architecture: String = ModelList.architecture) -> [ModelFile] {
        files.filter { $0.set == set && ($0.architecture ?? architecture) == architecture }
    }

    /// The file that lies at `path` in the folder, for this processor; nil for one that is not listed.
    public subscript(_ path: String) -> ModelFile? {
        files.first { $0.path == path && ($0.architecture ?? Self.architecture) == Self.architecture }
    }
}

/// `engines.lock` as it is written.
private struct Lock: Decodable {
    struct WheelEntry: Decodable {
        var project, file, sha256, url: String
        var size: Int

        var wheel: ModelFile.Wheel {
            ModelFile.Wheel(project: project, file: file, size: size, sha256: sha256, url: url)
        }
    }

    struct Part: Decodable {
        var wheel, member: String
    }

    struct Source: Decodable {
        var parts: [Part]?
        var url: String?
    }

    struct FileEntry: Decodable {
        var path, set, what, licence, sha256: String
        var architecture: String?
        var size: Int
        var sources: [Source]

        func file(wheels: [String: ModelFile.Wheel]) throws(ModelFileError) -> ModelFile {
            guard
                !path.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
                    ["", "..", "."].contains($0)
                })
            else { throw ModelFileError(.unlisted, "the list names a path that leaves the folder: \(path)") }
            var read: [ModelFile.Source] = []
            for source in sources {
                if let url = source.url { read.append(.url(url)) }
                guard let parts = source.parts else { continue }
                var members: [ModelFile.Member] = []
                for part in parts {
                    guard let wheel = wheels[part.wheel] else {
                        throw ModelFileError(.unlisted, "\(path): the list has no wheel \(part.wheel)")
                    }
                    members.append(ModelFile.Member(wheel: wheel, name: part.member))
                }
                read.append(.members(members))
            }
            return ModelFile(
                path: path, set: set, architecture: architecture, what: what, licence: licence, size: size,
                sha256: sha256, sources: read)
        }
    }

    var wheels: [WheelEntry]
    var files: [FileEntry]
}
