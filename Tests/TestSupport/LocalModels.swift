import Foundation

/// The files of the local models, which `./dev test` fetches.
public enum LocalModels {
    /// The folder that the server would use.
    public static var folder: String {
        let variables = ProcessInfo.processInfo.environment
        if let folder = variables["PARLEY_MODELS"], !folder.isEmpty { return folder }
        let data = variables["XDG_DATA_HOME"] ?? NSHomeDirectory() + "/.local/share"
        return data + "/parley/models"
    }

    /// ONNX Runtime.
    public static var library: String { folder + "/onnxruntime/libonnxruntime.so" }
}

/// A folder for one test, which goes with this value.
public final class ScratchFolder: Sendable {
    /// Where it is.
    public let path: String

    /// An empty folder.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Takes a file out of it.
    public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    /// Writes a file into it, and returns the file's path.
    public func write(_ bytes: Data, to name: String) throws -> String {
        let file = path + "/" + name
        try bytes.write(to: URL(filePath: file))
        return file
    }

    /// A copy of the first `count` bytes of `file`, or of all of them.
    public func copy(_ file: String, first count: Int? = nil) throws -> String {
        let bytes = try Data(contentsOf: URL(filePath: file))
        return try write(bytes.prefix(count ?? bytes.count), to: URL(filePath: file).lastPathComponent)
    }
}
