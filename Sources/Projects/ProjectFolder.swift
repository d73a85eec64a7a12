import Foundation
import ProjectModel

/// Where a registry gets its files from.
protocol ProjectSource: Sendable {
    /// The project files there are now, at most `limit`; nil when the folder cannot be read.
    func listing(limit: Int) -> ProjectFolder.Listing
    /// Reads one of them.
    func load(_ file: ProjectFolder.File) -> LoadResult
}

/// The project files of one folder of the file system.
struct ProjectFolder: ProjectSource {
    /// Changes whenever the file is written or replaced: editors that write a new file and rename it change the inode.
    struct Fingerprint: Hashable, Sendable {
        var inode: UInt64
        var size: UInt64
        var modified: Date
    }

    struct File: Hashable, Sendable {
        /// The project's name.
        var name: String
        var path: String
        var fingerprint: Fingerprint
    }

    struct Complaint: Hashable, Sendable {
        var path: String
        var reason: String
    }

    struct Listing: Sendable {
        var files: [File]?
        var complaints: [Complaint] = []
    }

    let path: String
    let vendors: [VendorProfile]

    func load(_ file: File) -> LoadResult {
        ProjectLoader.load(file: file.path, name: file.name, vendors: vendors)
    }

    func listing(limit: Int) -> Listing {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            // Projects stay in service: the folder may be missing only for a moment.
            return Listing(files: nil, complaints: [.init(path: path, reason: "the folder cannot be read")])
        }
        var listing = Listing(files: [])
        var taken: [String: String] = [:]
        // Sorted, so that of NAME.yaml and NAME.yml it is always the first that counts.
        let candidates = files.sorted().filter {
            !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
        }
        for file in candidates.prefix(limit) {
            let place = path + "/" + file
            let name = ProjectLoader.projectName(ofFile: file)
            if !Self.isUsable(name) {
                let reason = "a project's name consists of letters, digits, '-', '_' and '.'; rename the file"
                listing.complaints.append(.init(path: place, reason: reason))
            } else if let other = taken[name] {
                listing.complaints.append(.init(path: place, reason: "ignored: '\(other)' is project '\(name)', too"))
            } else if let fingerprint = Self.fingerprint(of: place) {
                taken[name] = file
                listing.files?.append(.init(name: name, path: place, fingerprint: fingerprint))
            }
        }
        if candidates.count > limit {
            listing.complaints.append(.init(path: path, reason: "only the first \(limit) project files are read"))
        }
        return listing
    }

    /// Names stand in addresses, `name:version` among them.
    private static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }

    /// nil when the file is gone meanwhile. Follows symbolic links.
    private static func fingerprint(of path: String) -> Fingerprint? {
        let target = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
        return Fingerprint(
            inode: (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0,
            size: (attributes[.size] as? NSNumber)?.uint64Value ?? 0,
            modified: attributes[.modificationDate] as? Date ?? .distantPast)
    }
}
