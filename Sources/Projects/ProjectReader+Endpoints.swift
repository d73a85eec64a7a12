import FlowGraph
import ProjectModel

extension ProjectReader {
    /// The `providers` block: servers that models of the project can name. From here on `context.directory` knows them.
    /// - Returns: their names with their places.
    func endpoints(_ root: inout NodeReader) -> [Located<String>] {
        var names: [Located<String>] = []
        context.brokenEndpoints.formUnion(root.concealTexts(under: "providers"))
        root.namedBlocks("providers") { name, block in
            let endpoint = self.endpoint(named: name, &block)
            guard self.isUsable(name) else { return }
            names.append(name)
            if let endpoint {
                self.context.directory.endpoints.append(endpoint)
            } else {
                self.context.brokenEndpoints.insert(name.value)
            }
        }
        return names
    }

    /// Warns of endpoints that no model of the project names.
    func checkEndpoints(_ names: [Located<String>], of project: Project) {
        if context.hasErrors { return }
        let used = Set(project.models.map(\.provider))
        for name in names where !used.contains(name.value) {
            context.report(
                .warning, at: name.mark, path: name.path, "no model of the project names '\(name.value)'",
                hint: "write it before the slash of a model: \(name.value)/MODEL")
        }
    }

    private func isUsable(_ name: Located<String>) -> Bool {
        func refuse(_ message: String, hint: String) -> Bool {
            context.report(.error, at: name.mark, path: name.path, message, hint: hint)
            return false
        }
        let text = name.value
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
        }
        guard isPlain, (1...64).contains(text.utf8.count) else {
            return refuse(
                "the name of a provider has 1…64 letters, digits, '-', '_' and '.'", hint: "such as house-vllm")
        }
        let taken = [ModelProvider.local] + context.directory.vendors.map(\.name)
        if let other = taken.first(where: { $0.lowercased() == text.lowercased() }) {
            return refuse("'\(text)' is the name of the provider \(other)", hint: "such as house-\(text.lowercased())")
        }
        return true
    }

    private func endpoint(named name: Located<String>, _ block: inout NodeReader) -> NamedEndpoint? {
        let vendors = context.directory.vendors
        let options = vendors.optionKeys
        block.concealValues(except: ["kind"] + options)
        let errors = context.errorCount
        let kind = block.word("kind", of: vendors.map(\.kind), required: true)
        let vendor = vendors.first { $0.kind == kind?.value }
        let (address, key) = (block.text("base_url"), block.text("api_key"))
        var endpoint = NamedEndpoint(name: name.value, vendor: vendor?.name ?? "")
        // A provider's key goes to that provider whoever sent the project, but to no other server.
        let own = address == nil ? vendor?.key?.variable : nil
        endpoint.keyVariable = key.flatMap { variable($0, own: own) }
        for option in options {
            guard let text = block.scalar(option), let vendor else { continue }
            endpoint.options[option] = value(of: text, option, at: vendor)
        }
        guard let vendor else { return nil }
        endpoint.baseURL = address.flatMap { self.address($0, at: vendor) }
        if errors == context.errorCount { checkCompleteness(of: endpoint, vendor, at: name) }
        return errors == context.errorCount ? endpoint : nil
    }

    /// The variable that `ENV:NAME` names. A key itself is refused, and not repeated.
    /// - Parameter own: a variable that the project may read whatever it may else.
    func variable(_ text: Located<String>, own: String? = nil) -> String? {
        let name = text.value.hasPrefix("ENV:") ? text.value.dropFirst("ENV:".count) : ""
        let isName =
            name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            } && (1...100).contains(name.utf8.count) && !(name.first?.isNumber ?? true)
        if isName { return name == own ?? "" || mayRead(String(name), at: text) ? String(name) : nil }
        context.report(
            .error, at: text.mark, path: text.path, "a key belongs in the environment of the server, not in the file",
            hint: "write ENV:NAME, with the name of the variable that holds the key")
        return nil
    }

    private func value(of text: Located<String>, _ key: String, at vendor: VendorProfile) -> String? {
        guard let option = vendor.options.first(where: { $0.key == key }) else {
            context.report(
                .warning, at: text.mark, path: text.path,
                "has no effect: a provider of kind \(vendor.kind) has no \(key)")
            return nil
        }
        if option.allows(text.value) { return text.value }
        context.report(
            .error, at: text.mark, path: text.path, "must be \(option.meaning)", hint: "such as \(option.example)")
        return nil
    }

    private func address(_ text: Located<String>, at vendor: VendorProfile) -> String? {
        if let address = vendor.address.reading(text.value) { return address }
        context.report(
            .error, at: text.mark, path: text.path, "must be \(vendor.address.expectation)",
            hint: "such as \(vendor.address.example), without a password or a query")
        return nil
    }

    private func checkCompleteness(of endpoint: NamedEndpoint, _ vendor: VendorProfile, at name: Located<String>) {
        let alternative = vendor.address.alternative
        let isSomewhere =
            endpoint.baseURL != nil || vendor.address.standard != nil
            || alternative.flatMap { endpoint.options[$0] } != nil
        if !isSomewhere {
            context.report(
                .error, at: name.mark, path: name.path, "'base_url' is missing",
                hint: "a provider of kind \(vendor.kind) needs it\(alternative.map { ", or \($0)" } ?? "")")
        }
        guard let key = vendor.key, endpoint.keyVariable == nil else { return }
        let isNeeded = key.need == .always || (key.need == .atStandardAddress && endpoint.baseURL == nil)
        if isNeeded {
            context.report(
                .error, at: name.mark, path: name.path, "'api_key' is missing",
                hint: "write api_key: ENV:NAME, with the name of the variable that holds the key")
        }
    }
}

extension [VendorProfile] {
    /// The keys of all options, each once, in order.
    var optionKeys: [String] { Set(flatMap(\.options).map(\.key)).sorted() }
}
