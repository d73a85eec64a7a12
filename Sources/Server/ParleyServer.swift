import Network
import ProjectModel
import Projects
import Session
import Telemetry

/// The server: one port with the page, the bridge and what operators look at.
public final class ParleyServer: Sendable {
    private let settings: ServerSettings
    private let admission: Admission
    private let network: NetworkServer
    private let log: Log

    /// Makes the local engines ready and opens the port.
    /// - Throws: `NetworkError` when the port cannot be opened, `SileroError` when the network's weights are unusable,
    ///   `ProviderError` when the local engines are not installed.
    public convenience init(
        settings: ServerSettings, registry: ProjectRegistry, metrics: Metrics, log: Log
    ) async throws {
        let catalog = try ProviderCatalog(recognizers: settings.recognizers)
        try await catalog.prepare()
        for project in registry.names.compactMap({ registry.project(named: $0) }) {
            for fallback in catalog.fallbacks(for: project) {
                log.warning(
                    "a local engine stands in",
                    [
                        "project": .name(project.name), "wanted": .name(fallback.wanted), "used": .name(fallback.used),
                        "reason": .name(fallback.reason),
                    ])
            }
        }
        try self.init(settings: settings, registry: registry, catalog: catalog, metrics: metrics, log: log)
    }

    /// Opens the port; conversations get the engines that `catalog` chooses.
    /// - Throws: `NetworkError` when the port cannot be opened.
    public init(
        settings: ServerSettings, registry: ProjectRegistry, catalog: any EngineCatalog, metrics: Metrics, log: Log
    ) throws {
        self.settings = settings
        self.log = log
        admission = Admission(maximum: settings.maximumConversations)
        let handler = Routes(
            settings: settings, registry: registry, catalog: catalog, admission: admission, metrics: metrics,
            measures: ConversationMetrics(metrics), log: log)
        network = try NetworkServer(host: settings.host, port: settings.port, limits: NetworkLimits(), handler: handler)
    }

    /// The port that is listened on.
    public var port: Int { network.port }

    /// Serves until `drain` is done.
    public func run() async { await network.run() }

    /// Goes down: lets nobody in, gives running conversations the drain time, then closes them with 1001.
    ///
    /// Until then the port stays open: newcomers are told why with 503, and operators can watch it happen.
    public func drain() async {
        admission.close()
        log.info("draining", ["conversations": .int(admission.count)])
        let deadline = ContinuousClock.now.advanced(by: settings.drain)
        while admission.count > 0 && ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(50))
        }
        await network.stop()
    }
}
