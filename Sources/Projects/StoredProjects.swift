import Persistence
import ProjectModel
import Synchronization

/// The projects of a store: those that somebody sent to the server. Each version is compiled once, while it is kept.
public final class StoredProjects: Sendable {
    /// Why a project was not taken.
    public enum Refusal: Error {
        /// It has errors.
        case invalid(LoadResult)
        /// The store did not take it.
        case store(StoreError)
    }

    /// What is known of a project, whatever is in service.
    private struct Entry {
        var change: ProjectChanges.Change
        /// Why the version in service cannot be used: another program has taken it, or the defaults have changed.
        var errors: [Diagnostic] = []
    }

    private struct State {
        var entries: [ProjectKey: Entry] = [:]
        /// Up to here all changes are known.
        var moment = 0
        /// Counts the defaults that there were.
        var generation = 0
        var cache: VersionCache
        var defaults = ProjectDefaults()
        /// Why the store could not be asked the last time.
        var trouble: StoreError?
    }

    /// Compiled versions that are kept, of all projects together.
    public static let keptVersions = 512

    private let store: any ProjectStore
    private let vendors: [VendorProfile]
    private let variables: [VariablePattern]
    private let report: @Sendable (ProjectRegistry.Change) -> Void
    private let state: Mutex<State>

    /// Knows no project until the first `refresh`.
    /// - Parameters:
    ///   - variables: what projects may read of the environment, besides keys that go to their own providers.
    ///   - kept: compiled versions that are kept.
    ///   - report: called for every change.
    public init(
        store: any ProjectStore, vendors: [VendorProfile], variables: [VariablePattern] = [],
        kept: Int = StoredProjects.keptVersions, report: @escaping @Sendable (ProjectRegistry.Change) -> Void = { _ in }
    ) {
        (self.store, self.vendors, self.variables, self.report) = (store, vendors, variables, report)
        state = Mutex(State(cache: VersionCache(capacity: kept)))
    }

    // MARK: - Looking

    /// The projects of `tenant` that can be used, by name, with their versions.
    public func usable(of tenant: String) -> [(name: String, version: Int)] {
        state.withLock { state in
            state.entries.values.filter { $0.change.key.tenant == tenant && $0.errors.isEmpty }
                .compactMap { entry in entry.change.serving.map { (entry.change.key.name, $0.number) } }
        }.sorted { $0.0 < $1.0 }
    }

    /// What is wrong with the version in service; empty when it can be used, or there is none.
    public func errors(of key: ProjectKey) -> [Diagnostic] { state.withLock { $0.entries[key]?.errors ?? [] } }

    /// The projects of `tenant` whose version in service cannot be used, sorted.
    public func brokenNames(of tenant: String) -> [String] {
        state.withLock { state in
            state.entries.values.filter { $0.change.key.tenant == tenant && !$0.errors.isEmpty }.map(\.change.key.name)
        }.sorted()
    }

    /// The version in service; nil when there is none.
    public func serving(_ key: ProjectKey) -> ProjectVersion? { state.withLock { $0.entries[key]?.change.serving } }

    /// The versions in service that are compiled, of all tenants.
    public var projects: [Project] {
        state.withLock { state in
            state.entries.values.compactMap { entry in
                entry.change.serving.flatMap { state.cache.peek(.init(project: entry.change.key, number: $0.number)) }
            }
        }
    }

    /// Compiled versions that are kept now.
    public var compiledCount: Int { state.withLock { $0.cache.count } }

    /// A version that is compiled; nil when it is not, or the project is not in service.
    /// - Parameter version: nil is the one in service.
    public func compiled(_ key: ProjectKey, version: Int? = nil) -> Project? {
        state.withLock { state in
            guard let serving = state.entries[key]?.change.serving else { return nil }
            return state.cache.take(.init(project: key, number: version ?? serving.number))
        }
    }

    /// A version, which is read from the store and compiled if need be; nil when it cannot be used, or the project is not
    /// in service.
    /// - Parameter version: nil is the one in service.
    /// - Throws: `StoreError` when the store cannot be asked.
    public func find(_ key: ProjectKey, version: Int? = nil) async throws(StoreError) -> Project? {
        if let known = compiled(key, version: version) { return known }
        guard let serving = serving(key) else { return nil }
        return try await compile(key, version ?? serving.number)?.project
    }

    private func compile(_ key: ProjectKey, _ number: Int) async throws(StoreError) -> LoadResult? {
        guard let text = try await store.text(of: key, version: number)?.text else { return nil }
        let result = load(text, name: key.name)
        keep(result, key, number)
        return result
    }

    private func keep(_ result: LoadResult, _ key: ProjectKey, _ number: Int) {
        guard var project = result.project else { return }
        project.version = number
        state.withLock { $0.cache.put(project, at: .init(project: key, number: number)) }
    }

    private func load(_ text: ProjectText, name: String) -> LoadResult {
        let defaults = state.withLock { $0.defaults }
        return SentText.load(text, name: name, vendors: vendors, defaults: defaults, variables: variables)
    }

    // MARK: - Changing

    /// What a text would be as the project `name`. Nothing is kept.
    public func check(_ text: ProjectText, name: String) -> LoadResult { load(text, name: name) }

    /// Puts a text in service.
    public func put(
        _ text: ProjectText, as key: ProjectKey, by author: String, if condition: ProjectCondition, at now: Int
    ) async throws(Refusal) -> (receipt: ProjectReceipt, warnings: [Diagnostic]) {
        let result = load(text, name: key.name)
        guard result.project != nil else { throw .invalid(result) }
        do throws(StoreError) {
            let receipt = try await store.put(text, as: key, by: author, if: condition, at: now)
            keep(result, key, receipt.version.number)
            await refresh()
            return (receipt, result.diagnostics)
        } catch {
            throw .store(error)
        }
    }

    /// Puts a version in service, also of a deleted project.
    public func serve(
        _ key: ProjectKey, version: Int, if condition: ProjectCondition
    ) async throws(Refusal) -> ProjectVersion {
        let result = try await asking { () throws(StoreError) in try await compile(key, version) }
        guard let result else { throw .store(StoreError(.missing, "there is no such version")) }
        guard result.project != nil else { throw .invalid(result) }
        let version = try await asking { () throws(StoreError) in
            try await store.serve(key, version: version, if: condition)
        }
        await refresh()
        return version
    }

    /// Takes a project out of service. Its versions stay readable.
    /// - Returns: whether it was in service.
    public func delete(_ key: ProjectKey, if condition: ProjectCondition) async throws(Refusal) -> Bool {
        let existed = try await asking { () throws(StoreError) in try await store.delete(key, if: condition) }
        await refresh()
        return existed
    }

    /// The versions that are kept, also of a deleted project; nil when there never was one.
    public func history(of key: ProjectKey) async throws(Refusal) -> ProjectHistory? {
        try await asking { () throws(StoreError) in try await store.history(of: key) }
    }

    /// The text of a version, also of a deleted project; nil when it is not kept.
    public func text(
        of key: ProjectKey, version: Int
    ) async throws(Refusal) -> (version: ProjectVersion, text: ProjectText)? {
        try await asking { () throws(StoreError) in try await store.text(of: key, version: version) }
    }

    private func asking<Value>(_ work: () async throws(StoreError) -> Value) async throws(Refusal) -> Value {
        do throws(StoreError) { return try await work() } catch { throw .store(error) }
    }

    // MARK: - Following

    /// From now on `defaults` hold for what projects do not name. The next `refresh` compiles them anew.
    func use(_ defaults: ProjectDefaults) {
        state.withLock { state in
            state.defaults = defaults
            (state.generation, state.moment) = (state.generation + 1, 0)
            state.cache.clear()
        }
    }

    /// Takes up what changed in the store, whoever changed it. What is acknowledged before it begins is there when it returns,
    /// unless the store cannot be asked; that is reported.
    public func refresh() async {
        let (moment, generation) = state.withLock { ($0.moment, $0.generation) }
        do throws(StoreError) {
            let changes = try await store.changes(since: moment)
            for change in changes.changes { try await take(change) }
            state.withLock { state in
                if state.generation == generation { state.moment = max(state.moment, changes.moment) }
            }
            state.withLock { $0.trouble = nil }
        } catch {
            let isNews = state.withLock { state in
                defer { state.trouble = error }
                return state.trouble != error
            }
            if isNews { report(.unusable(path: "the store", reason: error.message)) }
        }
    }

    /// Takes up changes of other servers until the task is cancelled.
    @concurrent
    public func watch(every interval: Duration = .milliseconds(500)) async {
        while !Task.isCancelled {
            await refresh()
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func take(_ change: ProjectChanges.Change) async throws(StoreError) {
        let (known, isCompiled, hasRoom) = state.withLock { state in
            let place = change.serving.map { VersionCache.Key(project: change.key, number: $0.number) }
            let isCompiled = place.map { state.cache.peek($0) != nil } ?? false
            return (state.entries[change.key], isCompiled, state.cache.hasRoom)
        }
        if let known, known.change.moment > change.moment { return }
        let name = Self.name(of: change.key)
        guard let serving = change.serving else {
            if set(Entry(change: change)), known?.change.serving != nil { report(.removed(name: name)) }
            return
        }
        // What nobody has asked for yet is compiled while there is room; the others when they are asked for.
        let result = isCompiled || (known == nil && !hasRoom) ? nil : try await compile(change.key, serving.number)
        let errors = result?.diagnostics.filter { $0.severity == .error } ?? []
        guard set(Entry(change: change, errors: errors)) else { return }
        if !errors.isEmpty {
            if known?.errors != errors {
                report(.broken(name: name, keeping: nil, diagnostics: result?.diagnostics ?? []))
            }
        } else if known?.change.serving != serving || known?.errors.isEmpty == false {
            report(.loaded(name: name, version: serving.number, diagnostics: result?.diagnostics ?? []))
        }
    }

    /// - Returns: whether nobody was quicker with a later change.
    private func set(_ entry: Entry) -> Bool {
        state.withLock { state in
            if let known = state.entries[entry.change.key], known.change.moment > entry.change.moment { return false }
            state.entries[entry.change.key] = entry
            return true
        }
    }

    /// As an operator reads it.
    private static func name(of key: ProjectKey) -> String {
        key.tenant == Tenant.standard ? key.name : "\(key.tenant)/\(key.name)"
    }
}
