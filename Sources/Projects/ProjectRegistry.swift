import Persistence
import ProjectModel
import Synchronization

/// The projects of one folder, by the names of their files, each with its last good version; and those of a store, which
/// somebody sent. Where both have a project of one name, the file is in service: it is the operator's.
///
/// `rescan` takes up what changed; `watch` does so once a second. A conversation keeps the `Project` value that it began
/// with, so nothing here ever reaches a running one.
public final class ProjectRegistry: Sendable {
    /// The result of a scan.
    public enum Change: Equatable, Sendable {
        /// A good file: new, changed in more than comments, or good again. `diagnostics` holds its warnings and notes.
        case loaded(name: String, version: Int, diagnostics: [Diagnostic])
        /// A file with errors. `keeping` is the version that stays in service, or nil when there has been none.
        case broken(name: String, keeping: Int?, diagnostics: [Diagnostic])
        /// The file is gone; new conversations no longer find it.
        case removed(name: String)
        /// The file with the defaults is new or changed; with errors, the last good defaults stay in use.
        case defaults(path: String, diagnostics: [Diagnostic])
        /// A file has the name of a project that somebody sent: that is not found while the file is in service.
        case hidden(name: String)
        /// The folder or a file's name is unusable.
        case unusable(path: String, reason: String)
    }

    /// Earlier versions that can still be asked for, by name and version.
    public static let keptVersions = 16
    /// Files in one folder.
    public static let maximumFiles = 1000

    private struct Entry {
        /// The file's state when it was last read, valid or not; nil if the file is gone.
        var fingerprint: ProjectFolder.Fingerprint?
        /// Whether the version that was read last is in service.
        var isGood = false
        /// What is wrong with the file, while it has errors.
        var diagnostics: [Diagnostic] = []
        /// The good versions, oldest first. They outlive the file, so that its versions go on counting.
        var versions: [Project] = []
        /// What stood in the file of each of them, without what may be a key.
        var texts: [Int: String] = [:]
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var complaints: Set<ProjectFolder.Complaint> = []
        var defaults = ProjectDefaults()
        /// The state of the file with the defaults when it was last read; nil if there is none.
        var defaultsFile: ProjectFolder.File?
    }

    /// The projects that were sent; nil when none can be.
    public let stored: StoredProjects?
    private let folder: any ProjectSource
    private let state = Mutex(State())
    private let scanning = Mutex(())
    private let report: @Sendable (Change) -> Void

    /// A registry that is empty until the first `rescan`.
    ///
    /// - Parameters:
    ///   - folder: holds `NAME.yaml`, `NAME.yml` and `NAME/config.yaml`; other files are left alone.
    ///   - vendors: whose models the files can name.
    ///   - defaults: the file with the defaults; nil is `defaults.yaml` of the folder, if there is one.
    ///   - environment: where addresses of databases are looked up.
    ///   - stored: the projects that were sent, which get the same defaults.
    ///   - report: called for every change, on the thread of the scan, while lookups go on; it must not call `rescan`.
    public convenience init(
        folder: String, vendors: [VendorProfile], defaults: String? = nil, environment: [String: String] = [:],
        stored: StoredProjects? = nil, report: @escaping @Sendable (Change) -> Void = { _ in }
    ) {
        self.init(
            source: ProjectFolder(path: folder, vendors: vendors, defaults: defaults, environment: environment),
            stored: stored, report: report)
    }

    init(source: any ProjectSource, stored: StoredProjects? = nil, report: @escaping @Sendable (Change) -> Void) {
        (folder, self.stored) = (source, stored)
        self.report = report
    }

    /// The names of all files in service, sorted.
    var fileNames: [String] {
        state.withLock { state in
            state.entries.filter { $0.value.fingerprint != nil && !$0.value.versions.isEmpty }.keys.sorted()
        }
    }

    /// The names of all files that have errors now, sorted. An earlier version may be in service.
    var brokenFileNames: [String] {
        state.withLock { state in
            state.entries.filter { $0.value.fingerprint != nil && !$0.value.isGood }.keys.sorted()
        }
    }

    /// Whether there is a file of that name, with or without errors.
    func hasFile(_ name: String) -> Bool { state.withLock { $0.entries[name]?.fingerprint != nil } }

    /// What is wrong with the file of that project now; empty when it can be used.
    func fileErrors(of name: String) -> [Diagnostic] {
        state.withLock { state in
            guard let entry = state.entries[name], entry.fingerprint != nil, !entry.isGood else { return [] }
            return entry.diagnostics.filter { $0.severity == .error }
        }
    }

    /// The versions of a file that are kept, the oldest first.
    public func fileVersions(of name: String) -> [Int] {
        state.withLock { $0.entries[name]?.versions.map(\.version) ?? [] }
    }

    /// The project of a file, or nil.
    /// - Parameter version: nil is the newest; an earlier one is found while it is kept.
    func fileProject(named name: String, version: Int?) -> Project? {
        state.withLock { state in
            guard let entry = state.entries[name], entry.fingerprint != nil else { return nil }
            guard let version else { return entry.versions.last }
            return entry.versions.last { $0.version == version }
        }
    }

    /// The text of a version of a file that is kept, without what may be a key; nil when there is no such version.
    /// - Parameter version: nil is the newest.
    public func text(of name: String, version: Int? = nil) -> String? {
        guard let project = fileProject(named: name, version: version) else { return nil }
        return state.withLock { $0.entries[name]?.texts[project.version] }
    }

    /// Reads what changed in the folder since the last scan. Scans do not overlap.
    @discardableResult
    public func rescan() -> [Change] {
        scanning.withLock { _ in
            let changes = scan()
            for change in changes { report(change) }
            return changes
        }
    }

    /// Rescans until the task is cancelled.
    @concurrent
    public func watch(every interval: Duration = .seconds(1)) async {
        while !Task.isCancelled {
            rescan()
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func scan() -> [Change] {
        let listing = folder.listing(limit: Self.maximumFiles)
        var changes = newComplaints(listing.complaints)
        guard let files = listing.files else { return changes }
        let (isNew, change) = takeDefaults(listing.defaults)
        if let change { changes.append(change) }
        let (known, defaults) = state.withLock { ($0.entries.compactMapValues(\.fingerprint), $0.defaults) }
        for file in files.sorted(by: { $0.name < $1.name }) where isNew || known[file.name] != file.fingerprint {
            // Reading happens outside the lock: a slow disk must not keep conversations from starting.
            let result = folder.load(file, defaults: defaults)
            let change = state.withLock { Self.take(result, of: file, into: &$0) }
            if let change { changes.append(change) }
            if case .loaded(let name, 0, _) = change, stored?.serving(ProjectKey(name)) != nil {
                changes.append(.hidden(name: name))
            }
        }
        let present = Set(files.map(\.name))
        for name in known.keys.sorted() where !present.contains(name) {
            state.withLock { $0.entries[name]?.fingerprint = nil }
            changes.append(.removed(name: name))
        }
        state.withLock { state in
            if state.entries.count > 2 * Self.maximumFiles {
                state.entries = state.entries.filter { $0.value.fingerprint != nil }
            }
        }
        return changes
    }

    /// Takes up the file with the defaults when it changed; with errors, what was read last stays.
    /// - Returns: whether there are other defaults now, so that all files have to be read again; and what to report.
    private func takeDefaults(_ file: ProjectFolder.File?) -> (isNew: Bool, Change?) {
        let (last, defaults) = state.withLock { ($0.defaultsFile, $0.defaults) }
        guard file != last else { return (false, nil) }
        let result = file.map(folder.loadDefaults)
        let new = result.map { $0.defaults ?? defaults } ?? ProjectDefaults()
        state.withLock { ($0.defaultsFile, $0.defaults) = (file, new) }
        if new != defaults { stored?.use(new) }
        let change = file.map { Change.defaults(path: $0.path, diagnostics: result?.diagnostics ?? []) }
        return (new != defaults, change)
    }

    /// A complaint is made when it arises, not at every scan.
    private func newComplaints(_ complaints: [ProjectFolder.Complaint]) -> [Change] {
        let new = state.withLock { state in
            defer { state.complaints = Set(complaints) }
            return complaints.filter { !state.complaints.contains($0) }
        }
        return new.map { .unusable(path: $0.path, reason: $0.reason) }
    }

    private static func take(_ result: LoadResult, of file: ProjectFolder.File, into state: inout State) -> Change? {
        var entry = state.entries[file.name] ?? Entry()
        let wasGone = entry.fingerprint == nil
        entry.fingerprint = file.fingerprint
        defer { state.entries[file.name] = entry }
        let last = entry.versions.last
        guard var project = result.project else {
            entry.isGood = false
            entry.diagnostics = result.diagnostics
            return .broken(name: file.name, keeping: last?.version, diagnostics: result.diagnostics)
        }
        let isNews = wasGone || !entry.isGood
        entry.isGood = true
        entry.diagnostics = []
        project.version = last?.version ?? 0
        if project == last {
            guard isNews else { return nil }
        } else {
            project.version = last.map { $0.version + 1 } ?? 0
            entry.versions = entry.versions.suffix(keptVersions - 1) + [project]
        }
        let kept = Set(entry.versions.map(\.version))
        entry.texts = entry.texts.filter { kept.contains($0.key) }
        entry.texts[project.version] = result.source
        return .loaded(name: file.name, version: project.version, diagnostics: result.diagnostics)
    }
}
