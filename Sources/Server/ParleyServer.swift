import AudioCore
import JSONText
import Network
import Persistence
import ProjectModel
import Projects
import Session
import Telemetry

/// The server: one port with the page, the bridge and what operators look at.
public final class ParleyServer: Sendable {
    private let settings: ServerSettings
    private let admission: Admission
    private let catalog: any EngineCatalog
    private let registry: ProjectRegistry
    private let network: NetworkServer
    private let recordings: Recordings
    private let log: Log

    /// What a project names and this server has no credentials for, when it is to have all.
    public struct MissingProviders: Error, CustomStringConvertible {
        /// A line for each.
        public let description: String
    }

    /// Classes of agents in projects that cannot run here, when none may stand in for them.
    public struct RefusedStandIns: Error, CustomStringConvertible {
        /// A line for each.
        public let description: String
    }

    /// Makes the local engines ready and opens the port.
    /// - Throws: `NetworkError` when the port cannot be opened, `SileroError` when the network's weights are unusable,
    ///   `ProviderError` when the local engines are not installed, `MissingProviders` or `RefusedStandIns` when the settings are
    ///   strict.
    public convenience init(
        settings: ServerSettings, registry: ProjectRegistry, conversations: (any ConversationStore)? = nil,
        metrics: Metrics, log: Log
    ) async throws {
        let catalog = try ProviderCatalog(
            access: settings.access, recognizers: settings.recognizers,
            areStandIns: settings.providersAreStandIns,
            environment: settings.toolEnvironment, log: log)
        let projects = registry.projects
        let castings = projects.map { ($0.name, catalog.casting(of: $0)) }
        let missing = castings.flatMap { name, casting in Self.refusals(name, casting.fallbacks) }
        if settings.isStrict, !missing.isEmpty {
            throw MissingProviders(description: missing.joined(separator: "\n"))
        }
        let refused = castings.flatMap { name, casting in Self.refusals(name, casting.standInAgents) }
        if settings.refusesStandInAgents, !refused.isEmpty {
            throw RefusedStandIns(description: refused.joined(separator: "\n"))
        }
        for (name, casting) in castings { Self.report(name, casting, to: log) }
        try await catalog.prepare()
        catalog.keep(projects)
        try self.init(
            settings: settings, registry: registry, conversations: conversations, catalog: catalog, metrics: metrics,
            log: log)
    }

    private static func refusals(_ project: String, _ fallbacks: [SessionDescription.Fallback]) -> [String] {
        fallbacks.map { "project '\(project)' names \($0.wanted), but \($0.reason)" }
    }

    /// One line for each project that is in service from the start: what it runs on, and what stands in.
    private static func report(_ project: String, _ casting: Casting, to log: Log) {
        let fallbacks = casting.fallbacks + casting.standInAgents
        guard !fallbacks.isEmpty else {
            return log.info("project in service", ["project": .name(project), "runs_on": .name(casting.runsOn)])
        }
        let standIns = fallbacks.map { "\($0.used) for \($0.wanted)" }.joined(separator: ", ")
        let reasons = fallbacks.map(\.reason).reduce(into: [String]()) { all, reason in
            if !all.contains(reason) { all.append(reason) }
        }
        log.warning(
            "project in service; other engines stand in",
            [
                "project": .name(project), "runs_on": .name(casting.runsOn), "engines": .name(standIns),
                "reason": .name(reasons.joined(separator: "; ")),
            ])
    }

    /// Opens the port; conversations get the engines that `catalog` chooses, and `conversations` notes them.
    /// - Throws: `NetworkError` when the port cannot be opened.
    public init(
        settings: ServerSettings, registry: ProjectRegistry, conversations: (any ConversationStore)? = nil,
        catalog: any EngineCatalog, metrics: Metrics, log: Log
    ) throws {
        self.settings = settings
        self.catalog = catalog
        self.registry = registry
        self.log = log
        admission = Admission(maximum: settings.maximumConversations)
        let access = AccessPolicy(
            listeningOn: settings.host, hosts: settings.allowedHosts, origins: settings.allowedOrigins)
        recordings = Recordings(settings: settings, registry: registry, metrics: metrics, log: log)
        let memories = Memories(settings: settings, metrics: metrics, log: log)
        let handler = Routes(
            settings: settings, access: access, registry: registry, catalog: catalog, admission: admission,
            recordings: recordings, memories: memories,
            conversations: Conversations(store: conversations, metrics: metrics),
            metrics: metrics, measures: ConversationMetrics(metrics), log: log, requests: InferenceMeasures(metrics))
        network = try NetworkServer(host: settings.host, port: settings.port, limits: NetworkLimits(), handler: handler)
    }

    /// The port that is listened on.
    public var port: Int { network.port }

    /// Takes up what changed in the registry. Conversations that run keep what they have.
    public func followProjects() { catalog.keep(registry.projects) }

    /// Serves until `drain` is done.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [catalog] in await catalog.run() }
            group.addTask { [recordings] in await recordings.run() }
            await network.run()
            group.cancelAll()
        }
    }

    /// Goes down: lets nobody in, tells running conversations how long they have, then closes them with 1001.
    ///
    /// Until then the port stays open: newcomers are told why, and operators can watch it happen.
    public func drain() async {
        let notice = JSON.object([
            ("type", .string("server.draining")), ("closes_in_ms", .int(Int(settings.drain.milliseconds))),
        ])
        for socket in admission.close() { socket.send(notice.text) }
        log.info("draining", ["conversations": .int(admission.count)])
        let deadline = ContinuousClock.now.advanced(by: settings.drain)
        while admission.count > 0 && ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(50))
        }
        await network.stop()
    }
}
