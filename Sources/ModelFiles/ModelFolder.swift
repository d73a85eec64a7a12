import Foundation

/// The folder in which the files of local engines lie.
///
/// Its layout is that of `ModelList`. Files appear in it whole or not at all.
public struct ModelFolder: Sendable, Equatable {
    /// The folder's path. It need not exist.
    public let path: String

    /// The folder at `path`.
    public init(_ path: String) { self.path = path }

    /// `$PARLEY_MODELS`, else `$XDG_DATA_HOME/parley/models`, else `~/.local/share/parley/models`. An empty variable counts
    /// as none.
    public static func standard(environment: [String: String]) -> ModelFolder {
        if let named = environment["PARLEY_MODELS"], !named.isEmpty { return ModelFolder(named) }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return ModelFolder("\(data)/parley/models") }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return ModelFolder("\(home)/.local/share/parley/models")
    }

    /// Where a file lies or would lie. `name` is its path in the list, such as `hibari/hibari.onnx`.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Whether the file is there with the size of the list. A quick look: content is not read.
    public func seemsWhole(_ file: ModelFile) -> Bool {
        var status = stat()
        return stat(path(of: file.path), &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && Int(status.st_size) == file.size
    }

    /// The path of a file that was read to its end and is what the list says. Takes about a millisecond a megabyte.
    ///
    /// - Throws: `.unlisted`, `.missing`, `.damaged` or `.inaccessible`; the message says what to do.
    public func checked(_ name: String, in list: ModelList = .standard) throws(ModelFileError) -> String {
        guard let file = list[name] else {
            throw ModelFileError(.unlisted, "there is no model file \(name) for this processor")
        }
        try verify(file)
        return path(of: name)
    }

    /// Reads a file and compares size and SHA-256 with the list.
    /// - Throws: `.missing`, `.damaged` or `.inaccessible`; the message says what to do.
    public func verify(_ file: ModelFile) throws(ModelFileError) {
        let place = path(of: file.path)
        var status = stat()
        guard stat(place, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw ModelFileError(.inaccessible, "\(place): \(String(cString: strerror(errno)))")
            }
            throw ModelFileError(.missing, "\(place) is missing; 'parley models fetch' gets it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFileError(.inaccessible, "\(place) is not a file")
        }
        guard Int(status.st_size) == file.size else {
            throw ModelFileError(
                .damaged,
                "\(place) is damaged: it has \(status.st_size) bytes instead of \(file.size); "
                    + "'parley models fetch' gets it anew")
        }
        guard try SHA256.ofFile(at: place) == file.sha256 else {
            throw ModelFileError(
                .damaged, "\(place) is damaged: its SHA-256 is not that of the list; 'parley models fetch' gets it anew"
            )
        }
    }
}
