/// A kind of private detail that is looked for, named as Presidio names it.
public enum PIIEntity: String, Codable, Hashable, CaseIterable, Sendable {
    case person = "PERSON"
    case phoneNumber = "PHONE_NUMBER"
    case emailAddress = "EMAIL_ADDRESS"
    case creditCard = "CREDIT_CARD"
    case socialSecurity = "US_SSN"
    case bankNumber = "US_BANK_NUMBER"
    case passport = "US_PASSPORT"
    case location = "LOCATION"
    case date = "DATE_TIME"
    case ipAddress = "IP_ADDRESS"
    case iban = "IBAN_CODE"
    case url = "URL"

    /// What is looked for where a project does not say.
    public static let common: [PIIEntity] = [
        .person, .phoneNumber, .emailAddress, .creditCard, .socialSecurity, .bankNumber, .passport, .location, .date,
        .ipAddress,
    ]
}

/// Which private details are kept from language models, and how.
public struct PIIMasking: Codable, Hashable, Sendable {
    /// What stands in the place of a detail.
    public enum Operator: Codable, Hashable, Sendable {
        /// A token with that name, such as `[EMAIL_ADDRESS_1]`, which is undone in answers.
        case replace(name: String)
        /// Nothing. It is never undone.
        case redact
        /// A keyed hash, the same for the same detail of a conversation. It is never undone.
        case hash
    }

    /// What is done with one kind.
    public struct Rule: Codable, Hashable, Sendable {
        /// What is looked for.
        public var entity: PIIEntity
        /// What stands in its place.
        public var treatment: Operator

        /// What is done with one kind.
        /// - Parameter treatment: nil is a token with the name of the kind.
        public init(_ entity: PIIEntity, _ treatment: Operator? = nil) {
            self.entity = entity
            self.treatment = treatment ?? .replace(name: entity.rawValue)
        }
    }

    /// The longest name of a token, in characters.
    public static let longestName = 32

    /// One for each kind that is looked for.
    public var rules: [Rule]

    /// Looks for these kinds.
    public init(rules: [Rule] = PIIEntity.common.map { Rule($0) }) { self.rules = rules }

    /// Whether tokens may have that name: letters of ASCII in groups with `_` between, `longestName` at most.
    public static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        return name.unicodeScalars.count <= longestName
            && parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { (0x41...0x5A).contains($0 & ~0x20) } }
    }
}
