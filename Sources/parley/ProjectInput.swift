import Foundation
import Projects
import Vendors

/// Project files as they are named on the command line: files, folders, and `-` for standard input.
enum ProjectInput {
    /// What messages call standard input.
    static let standardInput = "-"

    /// The project files behind one argument. A folder stands for the files that the server would read in it.
    /// - Throws: `CommandFailure` when a folder cannot be read or holds no project file.
    static func files(behind argument: String) throws(CommandFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard argument != standardInput,
            FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue
        else { return [argument] }
        guard let files = ProjectLoader.files(inFolder: argument) else {
            throw CommandFailure(description: "\(argument): the folder cannot be read")
        }
        if files.isEmpty { throw CommandFailure(description: "\(argument): the folder has no .yaml or .yml file") }
        return files.map { URL(filePath: argument).appending(path: $0).relativePath }
    }

    /// Reads one file.
    static func read(_ file: String) -> LoadResult {
        ProjectLoader.load(
            file: file, vendors: Vendor.all.map(\.profile), environment: ProcessInfo.processInfo.environment)
    }

    /// Reads one file with defaults.
    static func loadDefaults(_ file: String) -> DefaultsResult {
        ProjectLoader.loadDefaults(file: file, vendors: Vendor.all.map(\.profile))
    }

    /// Reads one file, or standard input.
    static func load(_ file: String) -> LoadResult {
        guard file == standardInput else { return read(file) }
        // One byte more than a file may have: the loader says that it is too large.
        let limit = ProjectLoader.maximumBytes + 1
        let bytes = (try? FileHandle.standardInput.read(upToCount: limit)).flatMap { $0.map { [UInt8]($0) } } ?? []
        return ProjectLoader.load(
            bytes: bytes, name: "stdin", file: standardInput, vendors: Vendor.all.map(\.profile))
    }
}
