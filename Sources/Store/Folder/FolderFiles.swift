import Foundation

/// The texts of a folder, within bounds: what is too much, too deep, hidden or outside is left out.
struct FolderFiles {
    /// Bounds of one folder.
    struct Limits: Sendable {
        /// Files that are read.
        var files = 5000
        /// Entries that are looked at, whatever they are.
        var entries = 50_000
        /// Bytes that are read of one file; the rest of a longer one is left out.
        var bytesOfFile = 1 << 20
        /// Bytes that are read of all files.
        var bytes = 16 << 20
        /// Folders within folders.
        var depth = 16
    }

    /// One file, as it was found.
    struct File: Hashable, Comparable, Sendable {
        /// From the folder on.
        var path: String
        var size: Int64
        /// When it was changed last, in nanoseconds.
        var changed: Int64

        static func < (a: File, b: File) -> Bool { a.path < b.path }
    }

    private static let endings: Set = ["txt", "text", "md", "markdown", "html", "htm"]

    let root: String
    let limits: Limits

    /// nil when there is no such folder.
    init?(_ folder: String, limits: Limits = Limits()) {
        guard let root = Self.real(folder) else { return nil }
        var status = stat()
        guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        (self.root, self.limits) = (root == "/" ? "" : root, limits)
    }

    /// The files with texts, by their paths.
    func list() -> [File] {
        var found: [File] = []
        var looked = 0
        var open = [(path: "", depth: 0)]
        while let folder = open.popLast(), looked < limits.entries {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder.path)")) ?? [])
                .sorted()
            for name in names where !name.hasPrefix(".") && looked < limits.entries {
                looked += 1
                let path = folder.path.isEmpty ? name : "\(folder.path)/\(name)"
                var status = stat()
                guard lstat("\(root)/\(path)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: if folder.depth < limits.depth { open.append((path, folder.depth + 1)) }
                case S_IFREG: add(path, status, to: &found)
                case S_IFLNK:
                    // A link to a folder is not followed: it may lead round in a circle.
                    guard let target = target(of: path), stat(target, &status) == 0,
                        status.st_mode & S_IFMT == S_IFREG
                    else { continue }
                    add(path, status, to: &found)
                default: continue
                }
            }
        }
        return Array(found.sorted().prefix(limits.files))
    }

    private func add(_ path: String, _ status: stat, to found: inout [File]) {
        let ending = path.split(separator: ".").last?.lowercased() ?? ""
        guard path.contains("."), Self.endings.contains(ending) else { return }
        let changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        found.append(File(path: path, size: Int64(status.st_size), changed: changed))
    }

    /// The beginning of a file; nil for one that is no text any more, or leads out of the folder.
    func read(_ file: File, atMost most: Int) -> [UInt8]? {
        guard let path = target(of: file.path) else { return nil }
        // It may have become something else in the meantime: a pipe would be waited for, a link be followed.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: max(0, min(most, limits.bytesOfFile, Int(status.st_size))))
        var count = 0
        while count < bytes.count {
            let start = count
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start, off_t(start))
            }
            if read <= 0 { break }
            count += read
        }
        return Array(bytes.prefix(count))
    }

    /// Where a file really is; nil outside the folder.
    private func target(of path: String) -> String? {
        guard let target = Self.real("\(root)/\(path)"), target.hasPrefix(root + "/") else { return nil }
        return target
    }

    /// `path` without links; nil when there is nothing.
    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
