import Foundation

/// A file within the folder of a project. Symbolic links may lead to it, but not out of the folder.
struct TableFile {
    /// Without links.
    let path: String
    /// Tells one state of the file from another.
    let state: String
    let size: Int

    /// - Parameter file: relative to `folder`.
    /// - Throws: `.outside`, `.missing`, or `.unreadable` for what is no regular file.
    init(_ file: String, in folder: String) throws(TableError) {
        let root = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        guard !file.isEmpty, !file.hasPrefix("/"), !file.utf8.contains(0), file.utf8.count <= 1000 else {
            throw TableError(.outside, "write the path of a file beside the project file, such as data/sales.csv")
        }
        let named = root.appending(path: file).standardizedFileURL
        guard Self.isWithin(named.path, root.path) else { throw Self.outside }
        guard let real = Self.real(named.path), let realRoot = Self.real(root.path) else {
            throw TableError(.missing, "there is no such file beside the project file")
        }
        guard Self.isWithin(real, realRoot) else { throw Self.outside }
        var status = stat()
        guard stat(real, &status) == 0 else {
            throw TableError(.missing, "there is no such file beside the project file")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw TableError(.unreadable, "it is no regular file") }
        path = real
        size = Int(status.st_size)
        state = "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// All bytes of the file.
    func bytes(atMost most: Int) throws(TableError) -> [UInt8] {
        func tooLarge() -> TableError { TableError(.unreadable, "it has more than \(most >> 20) MiB") }
        if size > most { throw tooLarge() }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw TableError(.unreadable, "it cannot be opened") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: most + 1) else {
            throw TableError(.unreadable, "it cannot be read")
        }
        if data.count > most { throw tooLarge() }
        return [UInt8](data)
    }

    private static let outside = TableError(.outside, "it is outside of the project's folder, and is not read")

    private static func isWithin(_ path: String, _ folder: String) -> Bool {
        path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// The path without links; nil when there is nothing there.
    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
