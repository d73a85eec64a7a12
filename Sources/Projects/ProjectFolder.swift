import Foundation
import ProjectModel

/// Where a registry gets its files from.
protocol ProjectSource: Sendable {
    /// The project files there are now, at most `limit`; nil when the folder cannot be read.
    func listing(limit: Int) -> ProjectFolder.Listing
    /// Reads one of them.
    func load(_ file: ProjectFolder.File, defaults: ProjectDefaults) -> LoadResult
    /// Reads the file with the defaults.
    func loadDefaults(_ file: ProjectFolder.File) -> DefaultsResult
}

/// The project files of one folder of the file system: `NAME.yaml`, `NAME.yml`, and `NAME/config.yaml`.
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
        /// The file with the defaults, if there is one.
        var defaults: File?
        var complaints: [Complaint] = []
    }

    let path: String
    let vendors: [VendorProfile]
    /// The file with the defaults; nil is that of the folder, if it has one.
    var defaults: String?
    /// Where addresses of databases are looked up.
    var environment: [String: String] = [:]

    func load(_ file: File, defaults: ProjectDefaults) -> LoadResult {
        ProjectLoader.load(
            file: file.path, name: file.name, vendors: vendors, defaults: defaults, environment: environment)
    }

    func loadDefaults(_ file: File) -> DefaultsResult { ProjectLoader.loadDefaults(file: file.path, vendors: vendors) }

    func listing(limit: Int) -> Listing {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            // Projects stay in service: the folder may be missing only for a moment.
            return Listing(files: nil, complaints: [.init(path: path, reason: "the folder cannot be read")])
        }
        var listing = Listing(files: [])
        listing.defaults = defaultsFile(among: entries)
        var taken: [String: String] = [:]
        // NAME.yaml before NAME.yml before NAME/config.yaml: it is always the same that counts.
        let candidates = Self.candidates(in: path, entries)
        for (name, file) in candidates.prefix(limit) {
            let place = path + "/" + file
            if !ProjectName.isUsable(name) {
                let reason = "\(ProjectName.rule); rename the file"
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

    /// The project files of a folder, with the names of the projects.
    /// - Parameter entries: what the folder holds, sorted.
    static func candidates(in path: String, _ entries: [String]) -> [(name: String, file: String)] {
        let visible = entries.filter { !$0.hasPrefix(".") }
        let files = visible.filter { ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) && !isDefaults($0) }
        let folders = visible.filter { !files.contains($0) && !isDefaults($0) }.compactMap { folder in
            configurations.map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
                .map { (name: folder, file: $0) }
        }
        return files.map { (name: ProjectLoader.projectName(ofFile: $0), file: $0) } + folders
    }

    /// What the file of a project is called that has a folder of its own.
    static let configurations = ["config.yaml", "config.yml"]

    /// Whether a file holds the defaults of the other files in its folder.
    static func isDefaults(_ file: String) -> Bool { ["defaults.yaml", "defaults.yml"].contains(file) }

    /// A file that is missing is complained of when it is read.
    private func defaultsFile(among entries: [String]) -> File? {
        guard let place = defaults ?? entries.first(where: Self.isDefaults).map({ path + "/" + $0 }) else { return nil }
        let missing = Fingerprint(inode: 0, size: 0, modified: .distantPast)
        return File(name: "defaults", path: place, fingerprint: Self.fingerprint(of: place) ?? missing)
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
