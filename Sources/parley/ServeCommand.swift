import Foundation
import Persistence
import Projects
import Server
import Synchronization
import Telemetry
import Vendors

/// `parley serve`
enum ServeCommand: Command {
    static let name = "serve"
    static let summary = "serve the projects of a folder"
    static let help = """
        serve [--host ADDRESS] [--port NUMBER] [--projects DIR] [--defaults FILE] [--default-project NAME]
              [--store FILE] [--recordings DIR] [--memory DIR] [--doubles]

          --host ADDRESS          the address to listen on (127.0.0.1)
          --port NUMBER           the port; 0 takes any free one (8000)
          --projects DIR          the folder with the project files (projects)
          --defaults FILE         models, voice and vad for projects that name none (defaults.yaml in DIR, if there)
          --default-project NAME  the project of clients that name none (the first by name)
          --allow-origin ORIGIN   a web page that may use the server, such as https://app.example; may be repeated
          --allow-host NAME       a name that the server is reached by, such as voice.example; may be repeated
          --max-conversations NUMBER  conversations at once (1000)
          --store FILE            where projects are kept that were sent over HTTP (parley.sqlite)
          --allow-env PATTERN     variables that such projects may name, such as TOOL_*; may be repeated (none)
          --recordings DIR        the folder for recordings of conversations, where projects want them (recordings)
          --memory DIR            the folder for what is remembered of callers; without it that ends with the server
          --drain-seconds NUMBER  how long conversations may go on after SIGTERM (10)
          --lead-ms NUMBER        how far ahead of playout audio is sent (400)
          --recognizers NUMBER    utterances transcribed at once, each some 90 MB; more wait (8)
          --strict-providers      refuse to start when a project names a provider without credentials
          --strict-agents         refuse to start when an agent's class cannot run here and would be stood in for
          --doubles               use stand-ins for all hosted providers; needs no key and reaches no network
          --log-level LEVEL       debug, info, warning or error (info)
          --log-format FORMAT     text or json ($LOG_FORMAT, else text on a terminal and json elsewhere)

        Pages of the server itself may use it; so may all pages of this machine when the server listens on a
        loopback address. Browsers reach it by IP addresses, localhost, --host and each --allow-host.
        Keys of hosted providers come from the environment (docs/providers.md).
        Prints 'ready http://ADDRESS:PORT' when it accepts connections. SIGTERM and SIGINT let running
        conversations end; a second one ends them at once. SIGHUP reads the folder with the projects again.
        """
    static let syntax = ArgumentSyntax(
        options: [
            "--host", "--port", "--projects", "--defaults", "--default-project", "--drain-seconds", "--lead-ms",
            "--recognizers", "--log-level", "--log-format", "--allow-origin", "--allow-host", "--max-conversations",
            "--recordings", "--memory", "--store", "--allow-env",
        ], flags: ["--strict-providers", "--strict-agents", "--doubles"])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let metrics = Metrics()
        let format = try arguments.choice("--log-format", of: ["text", "json"])
        let writer = LogWriter.standardError(
            format: Log.Format(name: format ?? ProcessInfo.processInfo.environment["LOG_FORMAT"] ?? ""),
            metrics: metrics)
        // A reader that stalls must not hold up the end.
        let flush: @Sendable () -> Void = { writer.flush(within: .milliseconds(500)) }
        defer { flush() }
        let run = Run(arguments: arguments, metrics: metrics, writer: writer, signals: ServerSignals(farewell: flush))
        guard arguments.has("--doubles") else { return try await serve(run, doubles: nil) }
        let doubles = try await StandInProviders(port: 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await doubles.run() }
            defer { group.cancelAll() }
            return try await serve(run, doubles: doubles)
        }
    }

    /// What one run of the command has from its beginning.
    private struct Run {
        let arguments: Arguments
        let metrics: Metrics
        let writer: LogWriter
        let signals: ServerSignals
    }

    private static func serve(_ run: Run, doubles: StandInProviders?) async throws -> Int32 {
        let settings = try settings(run.arguments, doubles)
        let level = try run.arguments.choice("--log-level", of: Log.Level.allCases.map(\.name))
        let log = run.writer.log(level: level.flatMap(Log.Level.init(name:)) ?? .info)
        if let doubles { log.info("stand-ins play the hosted providers", ["at": .name(doubles.url)]) }
        let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let projects = try await projects(settings, isStoreWanted: run.arguments["--store"] != nil, log: log) {
            changes.continuation.yield()
        }
        return try await serve(projects, settings, run, changes: changes.stream, log: log)
    }

    /// Opens the port; serves, and follows changes and signals, until the server is down.
    private static func serve(
        _ projects: ProjectSources, _ settings: ServerSettings, _ run: Run, changes: AsyncStream<Void>, log: Log
    ) async throws -> Int32 {
        let server = try await ParleyServer(
            settings: settings, registry: projects.registry, conversations: projects.conversations,
            metrics: run.metrics,
            log: log)
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        run.signals.serve()
        await withDiscardingTaskGroup { group in
            group.addTask { await projects.registry.watch() }
            group.addTask { await projects.stored.watch() }
            group.addTask { for await _ in changes { server.followProjects() } }
            group.addTask { await follow(run.signals, server: server, registry: projects.registry, log: log) }
            Output.line("ready http://\(host):\(server.port)")
            await server.run()
            group.cancelAll()
        }
        return ExitCode.success
    }

    /// Where projects come from: files, and what was sent.
    private struct ProjectSources {
        let registry: ProjectRegistry
        let stored: StoredProjects
        let conversations: any ConversationStore
    }

    /// Never inlined: the optimiser of Swift 6.3.1 crashes over this function in another one.
    @inline(never) private static func projects(
        _ settings: ServerSettings, isStoreWanted: Bool, log: Log, changed: @escaping @Sendable () -> Void
    ) async throws -> ProjectSources {
        // Of projects that are in service at the start, the server says more: one line each.
        let isStarting = Flag()
        defer { isStarting.clear() }
        let report: @Sendable (ProjectRegistry.Change) -> Void = {
            $0.report(to: log, asLoaded: isStarting.isSet ? .debug : .info)
            changed()
        }
        let store = try ProjectStoreFile.open(settings.store, isWanted: isStoreWanted, log: log)
        let stored = StoredProjects(
            store: store, vendors: Vendor.all.map(\.profile), variables: settings.sentVariables, report: report)
        let registry = try await registry(settings, stored: stored, log: log, report: report)
        return ProjectSources(registry: registry, stored: stored, conversations: store)
    }

    /// Does what signals ask for, until the server is down.
    private static func follow(
        _ signals: ServerSignals, server: ParleyServer, registry: ProjectRegistry, log: Log
    ) async {
        await withDiscardingTaskGroup { group in
            for await action in signals.actions {
                switch action {
                case .drain: group.addTask { await server.drain() }
                case .rescan:
                    log.info("reading the projects again")
                    registry.rescan()
                case .nothing, .leave, .die: break
                }
            }
        }
    }

    private static func registry(
        _ settings: ServerSettings, stored: StoredProjects, log: Log,
        report: @escaping @Sendable (ProjectRegistry.Change) -> Void
    ) async throws -> ProjectRegistry {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: settings.projects, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CommandFailure(
                description: "there is no folder '\(settings.projects)' with projects; --projects DIR names one")
        }
        let vendors = Vendor.all.map(\.profile)
        if let defaults = settings.defaults {
            let result = ProjectLoader.loadDefaults(file: defaults, vendors: vendors)
            if result.defaults == nil { throw CommandFailure(description: "--defaults has errors\n" + result.rendered) }
        }
        let registry = ProjectRegistry(
            folder: settings.projects, vendors: vendors, defaults: settings.defaults,
            environment: ProcessInfo.processInfo.environment, stored: stored, report: report)
        registry.rescan()
        await stored.refresh()
        if registry.names.isEmpty { log.warning("no project can be used", ["folder": .name(settings.projects)]) }
        if let wanted = settings.defaultProject, !registry.mayHave(wanted, version: nil) {
            throw CommandFailure(
                description: "there is no project '\(wanted)' in \(settings.projects); there are: "
                    + registry.names.joined(separator: ", "))
        }
        return registry
    }

    /// What the arguments and the environment say; with stand-ins, theirs are the providers.
    private static func settings(_ arguments: Arguments, _ doubles: StandInProviders?) throws -> ServerSettings {
        var settings = try settings(arguments)
        let environment = ProcessInfo.processInfo.environment
        settings.access = try ProviderAccess(
            environment: doubles?.environment ?? environment, areStandIns: doubles != nil)
        settings.toolEnvironment = environment
        settings.providersAreStandIns = doubles != nil
        return settings
    }

    private static func settings(_ arguments: Arguments) throws(UsageError) -> ServerSettings {
        var settings = ServerSettings()
        settings.host = arguments["--host"] ?? settings.host
        settings.port = try arguments.int("--port", in: 0...65535) ?? settings.port
        settings.projects = arguments["--projects"] ?? settings.projects
        settings.recordings = arguments["--recordings"] ?? settings.recordings
        settings.memory = arguments["--memory"]
        settings.store = arguments["--store"] ?? settings.store
        for text in arguments.all("--allow-env") {
            guard let pattern = VariablePattern(text) else {
                throw UsageError(message: "--allow-env must be the name of a variable, with * for any characters")
            }
            settings.sentVariables.append(pattern)
        }
        settings.version = CommandLineTool.version
        settings.defaults = arguments["--defaults"]
        settings.defaultProject = arguments["--default-project"]
        if let seconds = try arguments.int("--drain-seconds", in: 0...86400) { settings.drain = .seconds(seconds) }
        if let lead = try arguments.int("--lead-ms", in: 0...10000) { settings.lead = .milliseconds(lead) }
        settings.isStrict = arguments.has("--strict-providers")
        settings.refusesStandInAgents = arguments.has("--strict-agents")
        settings.maximumConversations =
            try arguments.int("--max-conversations", in: 1...16000) ?? settings.maximumConversations
        settings.allowedHosts = arguments.all("--allow-host")
        for name in settings.allowedHosts where name.contains(where: { ":/*".contains($0) }) || name.isEmpty {
            throw UsageError(message: "--allow-host must be a name without scheme and port, such as voice.example")
        }
        for text in arguments.all("--allow-origin") {
            guard let origin = WebOrigin(text) else {
                throw UsageError(message: "--allow-origin must be http(s)://HOST[:PORT], such as https://app.example")
            }
            settings.allowedOrigins.append(origin)
        }
        settings.recognizers = try arguments.int("--recognizers", in: 1...256) ?? settings.recognizers
        return settings
    }
}

/// True until it is cleared.
private final class Flag: Sendable {
    private let value = Atomic(true)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func clear() { value.store(false, ordering: .relaxed) }
}

extension ProjectRegistry.Change {
    /// What happened to a project, and every diagnostic with its place, as lines of the log.
    fileprivate func report(to log: Log, asLoaded level: Log.Level) {
        switch self {
        case .loaded(let name, let version, let diagnostics):
            log.log(level, "project in service", ["project": .name(name), "version": .int(version)])
            report(diagnostics, to: log)
        case .broken(let name, .some(let keeping), let diagnostics):
            log.error(
                "project has errors; an earlier version stays in service",
                ["project": .name(name), "version": .int(keeping)])
            report(diagnostics, to: log)
        case .broken(let name, nil, let diagnostics):
            log.error("project has errors and is not in service", ["project": .name(name)])
            report(diagnostics, to: log)
        case .removed(let name):
            log.info("project is gone; running conversations keep it", ["project": .name(name)])
        case .defaults(let path, let diagnostics):
            if diagnostics.hasErrors {
                log.error("defaults have errors; the last good ones stay in use", ["path": .name(path)])
            } else {
                log.info("defaults in use", ["path": .name(path)])
            }
            report(diagnostics, to: log)
        case .hidden(let name):
            log.warning(
                "a file has the name of a project that was sent; the file is in service", ["project": .name(name)])
        case .unusable(let path, let reason):
            log.warning("file is left out", ["path": .name(path), "reason": .name(reason)])
        }
    }

    private func report(_ diagnostics: [Diagnostic], to log: Log) {
        for diagnostic in diagnostics {
            log.log(
                diagnostic.severity == .error ? .error : .warning, "in a project file",
                ["problem": .name(diagnostic.summary)])
        }
    }
}
