import Foundation
import ProjectModel
import Telemetry
import Vendors

/// Which providers this server may use. Keys come from the environment only, never from a project.
public struct ProviderAccess: Sendable, Equatable {
    /// What is wrong with a variable. Says nothing of its value, which may be a key in the wrong place.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        /// The variable's name.
        public var variable: String
        /// What it should hold.
        public var expected: String

        /// One line for an operator.
        public var description: String { "the environment variable \(variable) should hold \(expected)" }
    }

    /// What there is for a model's provider.
    enum Answer: Equatable {
        /// An engine of this machine.
        case local
        /// A server that speaks the protocol of the vendor of that name.
        case hosted(vendor: String, Vendor.Access)
        /// Nothing, and what an operator does about it.
        case missing(String)
    }

    /// Local engines that cannot be had on this machine, each with what to do about it.
    public var absentEngines: [ModelReference: String] = SmallModel(environment: [:]).absent
    private let vendors: [VendorProfile]
    private let areStandIns: Bool
    private let variables: Variables
    private var known: [String: Vendor.Access] = [:]

    /// No provider but the local ones.
    public init() { (vendors, areStandIns, variables) = ([], false, Variables([:])) }

    /// Reads the environment; an empty variable counts as one that is not set.
    /// - Parameter areStandIns: whether the environment leads to stand-ins. They then play the endpoints of projects, too.
    public init(
        environment: [String: String], vendors: [VendorProfile] = Vendor.all.map(\.profile), areStandIns: Bool = false
    ) throws(Problem) {
        (self.vendors, self.areStandIns, variables) = (vendors, areStandIns, Variables(environment))
        for vendor in vendors { known[vendor.name] = try variables.access(to: vendor) }
    }

    /// The access to the vendor of that name; nil without credentials for it.
    func access(to vendor: String) -> Vendor.Access? { known[vendor] }

    /// What there is for `provider`, as a project with these endpoints names it.
    func answer(for provider: String, among endpoints: [NamedEndpoint]) -> Answer {
        if provider == ModelProvider.local { return .local }
        if let endpoint = endpoints.first(where: { $0.name == provider }) { return answer(for: endpoint) }
        guard let vendor = vendors.first(where: { $0.name == provider }) else {
            return .missing("there is no such provider")
        }
        return known[provider].map { .hosted(vendor: provider, $0) }
            ?? .missing("this server has no credentials: \(vendor.remedy)")
    }

    /// What an operator does to get `model`, as a project with these endpoints names it; nil when nothing is missing.
    func missing(for model: ModelReference, among endpoints: [NamedEndpoint] = []) -> String? {
        switch answer(for: model.provider, among: endpoints) {
        case .local: absentEngines[model]
        case .hosted: nil
        case .missing(let remedy): remedy
        }
    }

    private func answer(for endpoint: NamedEndpoint) -> Answer {
        guard let vendor = vendors.first(where: { $0.name == endpoint.vendor }) else {
            return .missing("there is no provider of its kind")
        }
        if areStandIns, let access = known[vendor.name] { return .hosted(vendor: vendor.name, access) }
        var key: Secret?
        if let name = endpoint.keyVariable {
            do throws(Problem) {
                key = try variables.key(name)
            } catch {
                return .missing(error.description)
            }
            if key == nil { return .missing("this server has no credentials: set \(name)") }
        }
        return .hosted(
            vendor: vendor.name,
            Vendor.Access(
                baseURL: endpoint.baseURL ?? vendor.address.standard, key: key,
                options: vendor.options(endpoint.options)))
    }
}

/// The environment, whose values may all be keys.
private struct Variables: Sendable, Equatable {
    private let values: [String: Secret]

    init(_ environment: [String: String]) {
        values = environment.mapValues { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.value.isEmpty }
            .mapValues { Secret($0) }
    }

    private subscript(name: String) -> String? { values[name].map { $0.withValue { $0 } } }

    func key(_ name: String) throws(ProviderAccess.Problem) -> Secret? {
        // A line break in a key would end the header that it is sent in.
        guard let value = values[name] else { return nil }
        guard value.withValue({ $0.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) } }) else {
            throw ProviderAccess.Problem(
                variable: name, expected: "a key of printable characters without spaces")
        }
        return value
    }

    /// The access that is enough for `vendor`, or nil. What is wrong is told also where it would not be enough.
    func access(to vendor: VendorProfile) throws(ProviderAccess.Problem) -> Vendor.Access? {
        let url = try url(vendor.address)
        let key = try vendor.key.map { key throws(ProviderAccess.Problem) in try self.key(key.variable) } ?? nil
        var given: [String: String] = [:]
        for option in vendor.options {
            guard let value = option.variables.lazy.compactMap({ self[$0] }).first else { continue }
            guard option.allows(value) else {
                throw ProviderAccess.Problem(
                    variable: option.variables[0], expected: "\(option.meaning), such as \(option.example)")
            }
            given[option.key] = value
        }
        let isSomewhere =
            vendor.address.standard != nil || url != nil || vendor.address.alternative.flatMap { given[$0] } != nil
        let isOpen =
            switch vendor.key?.need {
            case .always: key != nil
            case .atStandardAddress: key != nil || url != nil
            case .never, nil: true
            }
        guard isSomewhere, isOpen else { return nil }
        return Vendor.Access(baseURL: url ?? vendor.address.standard, key: key, options: vendor.options(given))
    }

    private func url(_ address: VendorProfile.Address) throws(ProviderAccess.Problem) -> String? {
        guard let value = self[address.variable] else { return nil }
        if let url = address.reading(value) { return url }
        throw ProviderAccess.Problem(variable: address.variable, expected: address.expectation)
    }
}

extension VendorProfile {
    /// What an operator sets to get it.
    var remedy: String {
        let place = address.alternative.flatMap { key in options.first { $0.key == key }?.variables.first }
        let location = place ?? address.variable
        switch key?.need {
        case .always? where address.standard != nil: return "set \(key?.variable ?? "")"
        case .always?: return "set \(location) and \(key?.variable ?? "")"
        case .atStandardAddress?: return "set \(key?.variable ?? ""), or \(address.variable) for a server of your own"
        case .never?, nil: return "set \(location), such as \(address.example)"
        }
    }

    /// `given` and, of the others, what holds where nothing is said.
    fileprivate func options(_ given: [String: String]) -> [String: String] {
        let standards = options.compactMap { option in option.standard.map { (option.key, $0) } }
        return Dictionary(standards, uniquingKeysWith: { first, _ in first }).merging(given) { _, own in own }
    }

    /// The variables that lead to stand-ins at `url`, such as `http://127.0.0.1:8100`.
    public func environment(ofStandInsAt url: String) -> [String: String] {
        var variables = [address.variable: address.moved(to: url)]
        if let key, key.need != .never { variables[key.variable] = "doubles" }
        return variables
    }
}
