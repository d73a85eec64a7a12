import JSONText
import Network
import Persistence
import ProjectModel
import Projects
import Telemetry

/// Does what the table of routes promises.
struct ProjectsAPI: Sendable {
    let registry: ProjectRegistry
    let conversations: Conversations
    /// The project of clients that name none.
    let preferred: String?
    /// Whether only programs of this machine ask.
    let isLocal: Bool

    // MARK: - Reading

    func list(_ call: APICall) -> HTTPResponse {
        .of(
            ProjectDescriptions.list(
                registry, preferred: preferred, of: call.caller.tenant, only: call.caller.only))
    }

    func describe(_ call: APICall) async -> HTTPResponse {
        await withProject(call) { project in
            let isFile = registry.isFile(project.name, of: call.caller.tenant)
            let serving = isFile ? nil : registry.stored?.serving(key(call))
            let tag = serving?.number == project.version ? serving?.tag : nil
            return .of(ProjectDescriptions.summary(of: project, isFile: isFile), tag: tag)
        }
    }

    func graph(_ call: APICall) async -> HTTPResponse {
        await withProject(call) { .of(ProjectDescriptions.graph(of: $0)) }
    }

    private func withProject(_ call: APICall, _ answer: (Project) -> HTTPResponse) async
        -> HTTPResponse
    {
        do throws(StoreError) {
            guard let place = ProjectAddress(call["name"]),
                let project = try await registry.find(
                    place.name, version: place.version, of: call.caller.tenant)
            else { return unknown(call) }
            return answer(project)
        } catch {
            return .problem(of: error)
        }
    }

    func history(_ call: APICall) async -> HTTPResponse {
        await asking(call) { stored in
            if registry.isFile(call["name"], of: call.caller.tenant) {
                return .of(ProjectDescriptions.history(ofFile: call["name"], in: registry))
            }
            guard let history = try await stored.history(of: key(call)) else { return unknown(call) }
            return .of(ProjectDescriptions.history(history, of: call["name"]))
        }
    }

    func text(_ call: APICall) async -> HTTPResponse {
        await asking(call) { stored in
            guard !registry.isFile(call["name"], of: call.caller.tenant) else {
                return .problem(
                    404, code: "file_project", message: "the text of a file is not handed out: read the file")
            }
            guard let number = Int(call["version"]), number >= 0,
                let (version, text) = try await stored.text(of: key(call), version: number)
            else { return .problem(404, code: "unknown_version", message: "no such version is kept") }
            return HTTPResponse(
                status: 200,
                headers: [
                    (name: "Content-Type", value: text.format.contentType),
                    (name: "ETag", value: "\"\(version.tag)\""),
                ], body: Array(text.text.utf8))
        }
    }

    /// The newest 100 conversations, or as many as `limit` says, of all projects or one.
    func conversationList(_ call: APICall) async -> HTTPResponse {
        let query = call.request.query
        let most = query["limit"].map { Int($0) } ?? 100
        guard let most, (1...1000).contains(most) else {
            return .problem(400, code: "bad_query", message: "limit is a whole number from 1 to 1000")
        }
        do throws(StoreError) {
            let all = try await conversations.list(
                of: call.caller.tenant, project: call.caller.only ?? query["project"], most: most)
            return .of(.object([("conversations", .array(all.map(ProjectDescriptions.conversation)))]))
        } catch {
            return .problem(of: error)
        }
    }

    // MARK: - Changing

    func put(_ call: APICall) async -> HTTPResponse {
        await put(call, { try ProjectBody.text(of: call.request) }) { receipt, warnings in
            .of(
                ProjectDescriptions.receipt(receipt.version, of: call["name"], diagnostics: warnings),
                status: receipt.isNew ? 201 : 200, tag: receipt.version.tag)
        }
    }

    /// Puts a text in service that may have come in another protocol, which has its own words for what was done.
    func put(
        _ call: APICall, _ text: () throws -> ProjectText, answer: (ProjectReceipt, [Diagnostic]) -> HTTPResponse
    ) async -> HTTPResponse {
        await changing(call) { stored in
            let (receipt, warnings) = try await stored.put(
                try text(), as: key(call), by: call.caller.author, if: ProjectBody.condition(of: call.request),
                at: WallTime.now().millisecondsSince1970)
            return answer(receipt, warnings)
        }
    }

    /// The text of a version of a file or of what was sent, of the one in service without a number; nil when it is not kept.
    func text(of name: String, version: Int?, for caller: APICaller) async -> String? {
        if registry.isFile(name, of: caller.tenant) { return registry.text(of: name, version: version) }
        let key = ProjectKey(name, of: caller.tenant)
        guard let stored = registry.stored, let number = version ?? stored.serving(key)?.number else { return nil }
        return try? await stored.text(of: key, version: number)?.text.text
    }

    func delete(_ call: APICall) async -> HTTPResponse {
        await changing(call) { stored in
            let existed = try await stored.delete(key(call), if: ProjectBody.condition(of: call.request))
            return existed ? HTTPResponse(status: 204) : unknown(call)
        }
    }

    func serve(_ call: APICall) async -> HTTPResponse {
        await changing(call) { stored in
            let number = try ProjectBody.version(of: call.request)
            let version = try await stored.serve(
                key(call), version: number, if: ProjectBody.condition(of: call.request))
            return .of(
                ProjectDescriptions.receipt(version, of: call["name"], diagnostics: []), tag: version.tag)
        }
    }

    func validate(_ call: APICall) -> HTTPResponse {
        guard let stored = registry.stored else { return .noStore }
        guard ProjectName.isUsable(call["name"]) else { return .badName }
        do throws(ProjectBody.Trouble) {
            let result = stored.check(try ProjectBody.text(of: call.request), name: call["name"])
            guard result.project != nil else { return .invalid(result) }
            return .of(ProjectDescriptions.findings(result.diagnostics))
        } catch {
            return error.response
        }
    }

    // MARK: - What can go wrong

    private func key(_ call: APICall) -> ProjectKey {
        ProjectKey(ProjectAddress.name(of: call["name"]), of: call.caller.tenant)
    }

    /// Changes nothing that a file holds.
    private func changing(
        _ call: APICall, _ work: (StoredProjects) async throws -> HTTPResponse
    ) async -> HTTPResponse {
        guard ProjectName.isUsable(call["name"]) else {
            return call.request.method == "DELETE" ? unknown(call) : .badName
        }
        if registry.isFile(call["name"], of: call.caller.tenant) {
            return .problem(
                409, code: "file_project",
                message:
                    "'\(call["name"])' comes from a file of the server: change the file, or choose another name"
            )
        }
        return await asking(call, work)
    }

    private func asking(
        _ call: APICall, _ work: (StoredProjects) async throws -> HTTPResponse
    ) async -> HTTPResponse {
        guard let stored = registry.stored else { return .noStore }
        do {
            return try await work(stored)
        } catch let trouble as ProjectBody.Trouble {
            return trouble.response
        } catch StoredProjects.Refusal.invalid(let result) {
            return .invalid(result)
        } catch StoredProjects.Refusal.store(let error) {
            return error.code == .missing ? unknown(call) : .problem(of: error)
        } catch {
            return .problem(500, code: "internal", message: "the request could not be answered")
        }
    }

    private func unknown(_ call: APICall) -> HTTPResponse {
        let explanation = UnknownProject(
            registry: registry, tenant: call.caller.tenant, isTold: isLocal)
        return .problem(404, code: "unknown_project", message: explanation.message(for: call["name"]))
    }
}

/// `NAME` or `NAME:VERSION`, as addresses name a project.
struct ProjectAddress: Equatable {
    /// The name without its version; empty for the default project.
    var name: String
    /// The version; nil for the one in service.
    var version: Int?

    /// Reads an address; nil when its version is no number.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        name = parts.first ?? ""
        guard parts.count == 2 else { return }
        guard let number = Int(parts[1]), number >= 0 else { return nil }
        version = number
    }

    /// The name without its version, whatever that is.
    static func name(of text: String) -> String {
        text.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
    }
}
