import JSONText
import ProjectModel

/// What agents may call: the `tools` of a project.
extension ProjectReader {
    /// The agent's own way to end the call; it needs no declaration.
    static let endCall = Tool(
        name: "end_call", description: "Ends the call after what you say now.",
        parameters: noParameters, source: .endCall)
    /// The schema of no arguments.
    static let noParameters = "{\"type\":\"object\",\"properties\":{}}"
    /// The most headers of one address.
    static let mostHeaders = 50

    private enum Method: String, CaseIterable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    /// The `tools` list; of tools with errors, only the names.
    func tools(_ root: inout NodeReader) -> [Located<Tool>] {
        let hint = "write - name: book_slot, with description, parameters and http below it"
        let tools = root.blocks("tools", hint: hint) { self.tool(&$0) } ?? []
        return tools.compactMap(\.self)
    }

    private func tool(_ block: inout NodeReader) -> Located<Tool>? {
        let name = block.text("name", required: true).flatMap(toolName)
        if let name, name.value == Self.endCall.name {
            context.report(
                .error, at: name.mark, path: name.path, "'\(name.value)' is built in and not declared",
                hint: "list it under the tools of an agent")
        }
        let description = block.text("description", required: true)?.value ?? ""
        let parameters = block.wholeBlock("parameters")
        let schema = parameters.flatMap { self.schema($0.value.json, of: $0) }
        let isClient = block.bool("client", default: false)
        let http = block.block("http") { self.httpTool(&$0, schema: schema, hasSchema: parameters != nil) }
        let tables = toolTables(&block)
        let interruption = block.choice("on_interrupt", default: Tool.Interruption.finish)
        let progress = spokenLine("progress", atMost: 200, &block, "a progress line", example: "I am looking it up.")
        let timeout = block.number("timeout_seconds", in: 0.5...600, default: 10)
        let ways = [isClient.value, block.has("http"), Self.hasTables(block)]
        if ways.count(where: \.self) != 1 {
            context.report(
                .error, at: isClient.value ? isClient.mark : block.mark, path: block.path,
                "a tool has either 'http', 'tables' or 'client: true'",
                hint: "http: {method: GET, url: \"https://…\"}, or client: true for what the connected client does")
        }
        guard let name else { return nil }
        let source: Tool.Source = (http ?? nil).map { .http($0) } ?? tables.map { .tables($0) } ?? .client
        let tool = Tool(
            name: name.value, description: description,
            parameters: tables.map { Self.parameters(for: $0) } ?? parameters.map(\.value.json.text)
                ?? Self.noParameters, source: source,
            interruption: interruption, progress: progress?.value, timeout: .seconds(timeout.value))
        return Located(value: tool, mark: name.mark, path: name.path)
    }

    /// A name that models can call; others are reported.
    func toolName(_ name: Located<String>) -> Located<String>? {
        if name.value.isPlainName(with: "-_") { return name }
        context.report(
            .error, at: name.mark, path: name.path, "the name of a tool has 1…64 letters, digits, '_' and '-'",
            hint: "such as book_slot")
        return nil
    }

    // MARK: - Arguments

    /// Reads a schema of arguments, and says what is wrong with it or is not checked.
    /// - Parameter place: where it stands; marks are looked for within.
    func schema(_ json: JSON, of place: Located<YAMLNode>) -> JSONSchema? {
        func report(_ severity: Diagnostic.Severity, _ path: String, _ message: String, hint: String? = nil) {
            let steps = path.split { ".[]".contains($0) }.map(String.init)
            context.report(
                severity, at: place.value.place(of: steps), path: path.isEmpty ? place.path : "\(place.path).\(path)",
                message, hint: hint)
        }
        do {
            let schema = try JSONSchema(json)
            guard schema.isAboutObjects else {
                report(.error, "type", "arguments are an object, so the schema must have type: object")
                return nil
            }
            for path in schema.unreachable {
                report(.error, path, "no value can satisfy this and what stands beside it")
            }
            for path in schema.unchecked {
                report(.warning, path, "is told to the model, but calls are not checked by it")
            }
            for name in schema.requiredNames where !schema.propertyNames.contains(name) {
                report(
                    .warning, "required", "'\(name)' is none of the properties",
                    hint: didYouMean(name, schema.propertyNames))
            }
            return schema
        } catch {
            report(.error, error.path, error.message)
            return nil
        }
    }

    // MARK: - HTTP

    private func httpTool(_ block: inout NodeReader, schema: JSONSchema?, hasSchema: Bool) -> HTTPTool? {
        let method = block.choice("method", default: Method.post)
        let url = block.text("url", required: true)
        let headers = headers(&block)
        let allowsPrivate = self.allowsPrivate(&block)
        let key = block.text("sign_with").flatMap { text in
            if !text.value.hasPrefix("ENV:") { self.context.conceal(text) }
            return self.variable(text)
        }
        guard let url, let template = template(url, allowsPrivate: allowsPrivate) else { return nil }
        for name in template.names where schema != nil || !hasSchema {
            check(argument: name, of: template, schema, at: url)
        }
        return HTTPTool(
            method: method.rawValue, url: url.value, headers: headers, allowsPrivate: allowsPrivate, signingKey: key)
    }

    private func check(argument name: String, of template: URLTemplate, _ schema: JSONSchema?, at url: Located<String>)
    {
        let known = schema?.propertyNames ?? []
        guard let schema, known.contains(name) else {
            context.report(
                .error, at: url.mark, path: url.path, "'{\(name)}' is none of the tool's parameters",
                hint: didYouMean(name, known) ?? "declare it under parameters.properties")
            return
        }
        if schema.kinds(of: name).isDisjoint(with: [.string, .number, .integer, .boolean]) {
            context.report(
                .error, at: url.mark, path: url.path, "'{\(name)}' can't stand in an address: it is no single value")
        } else if template.namesInPath.contains(name), !schema.requiredNames.contains(name) {
            context.report(
                .warning, at: url.mark, path: url.path, "'{\(name)}' may be left out, and then the call fails",
                hint: "list it under parameters.required")
        }
    }

    /// Reads an address; one that is none, or won't be asked, is reported.
    func template(_ url: Located<String>, allowsPrivate: Bool) -> URLTemplate? {
        do {
            let template = try URLTemplate(url.value)
            let isHere = template.host.lowercased() == "localhost" || template.host.lowercased().hasSuffix(".localhost")
            if !allowsPrivate, isHere || IPAddress(template.host)?.isPublic == false {
                context.report(
                    .warning, at: url.mark, path: url.path,
                    "'\(template.host)' is no public address, and won't be asked",
                    hint: "add allow_private: true if it is meant")
            }
            return template
        } catch {
            if url.value.contains("@") { context.conceal(url) }
            context.report(
                .error, at: url.mark, path: url.path, "the address \(error.message)",
                hint: "such as https://clinic.example/slots/{day}")
            return nil
        }
    }

    // MARK: - Headers

    /// Headers that the client sets itself.
    private static let ownHeaders: Set = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "idempotency-key", "x-parley-signature",
        "x-parley-timestamp",
    ]
    private static let secretWords = ["auth", "key", "token", "secret", "cookie", "password"]

    /// The `headers` of a tool or a server. None of their values is shown.
    func headers(_ block: inout NodeReader) -> [HTTPTool.Header] {
        var headers: [HTTPTool.Header] = []
        for (name, value) in block.namedTexts("headers", atMost: Self.mostHeaders) {
            if !value.value.hasPrefix("ENV:") { context.conceal(value) }
            func refuse(_ place: Located<String>, _ message: String, hint: String? = nil) {
                context.report(.error, at: place.mark, path: name.path, message, hint: hint)
            }
            let lower = name.value.lowercased()
            if !name.value.isHeaderName {
                refuse(name, "'\(name.value.prefix(40))' can't be the name of a header")
            } else if Self.ownHeaders.contains(lower) {
                refuse(name, "'\(name.value)' is set by the server itself", hint: "remove it")
            } else if headers.contains(where: { $0.name.lowercased() == lower }) {
                refuse(name, "a second header '\(name.value)'")
            } else if value.value.hasPrefix("ENV:") {
                if variable(value) != nil { headers.append(HTTPTool.Header(name: name.value, value: value.value)) }
            } else if value.value.contains("ENV:") {
                refuse(
                    value, "only a whole value can be a variable",
                    hint: "write ENV:NAME, and put the words before it into the variable, too")
            } else if !value.value.isOneLine || value.value.utf8.count > 8192 {
                refuse(value, "a header is one line of at most 8192 bytes")
            } else {
                if Self.secretWords.contains(where: lower.contains) {
                    context.report(
                        .warning, at: value.mark, path: name.path, "a key belongs in the environment of the server",
                        hint: "write ENV:NAME, with the name of the variable that holds it")
                }
                headers.append(HTTPTool.Header(name: name.value, value: value.value))
            }
        }
        return headers
    }
}

extension String {
    /// Whether it is a token, as names of headers are.
    fileprivate var isHeaderName: Bool {
        !isEmpty && utf8.count <= 100
            && utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

extension String {
    /// Whether it has 1…64 bytes, all of them ASCII letters, digits or one of `others`.
    func isPlainName(with others: String) -> Bool {
        (1...64).contains(utf8.count)
            && utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || others.utf8.contains(byte)
            }
    }
}
