import Glibc

/// Which requests a browser may be behind.
///
/// A web page of somebody else can send requests to this server through the browser of whoever looks at it. The browser
/// names the page in `Origin`, and the server that it believes to talk to in `Host`. Programs send no `Origin`.
public struct AccessPolicy: Sendable, Equatable {
    /// Why a request is refused.
    public enum Refusal: String, Sendable, CaseIterable {
        /// The page is none of this server's.
        case origin = "bad_origin"
        /// The name is none of this server's: a page may have pointed a name of its own at this address.
        case host = "bad_host"
    }

    private let isLoopback: Bool
    private let hosts: Set<String>
    private let origins: Set<WebOrigin>

    /// - Parameters:
    ///   - address: what the server listens on, an address or a name.
    ///   - hosts: names that this server is reached by, besides `localhost` and IP addresses; without ports.
    ///   - origins: pages of other servers that may use this one.
    public init(listeningOn address: String, hosts: [String] = [], origins: [WebOrigin] = []) {
        isLoopback = HostName(address).isLoopback
        self.hosts = Set((hosts + [address]).map { HostName($0).text })
        self.origins = Set(origins)
    }

    /// Whether only programs of this machine reach the server.
    var listensOnLoopback: Bool { isLoopback }

    /// Why a request with these headers is refused; nil when it is not.
    public func refusal(host: String?, origin: String?) -> Refusal? {
        // No browser leaves the name out.
        let authority = host.map(Authority.init)
        if let authority, !isOurs(authority) { return .host }
        guard let origin else { return nil }
        guard let page = WebOrigin(origin) else { return .origin }
        if origins.contains(page) || (isLoopback && page.host.isLoopback) { return nil }
        guard let authority = authority?.wellFormed else { return .origin }
        let isSame = page.host == authority.host && page.port == authority.port ?? page.defaultPort
        return isSame ? nil : .origin
    }

    private func isOurs(_ authority: Authority) -> Bool {
        guard let (host, _) = authority.wellFormed else { return false }
        return host.isAddress || host.isLoopback || hosts.contains(host.text)
    }
}

/// A page's origin, such as `https://voice.example:8443`: scheme, host and port.
public struct WebOrigin: Sendable, Hashable {
    let scheme: String
    let host: HostName
    let port: Int

    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`, with or without a slash at the end; nil for anything else,
    /// `null` included.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else { return nil }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        guard let (host, port) = Authority(String(rest)).wellFormed else { return nil }
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    var defaultPort: Int { scheme == "https" ? 443 : 80 }
}

/// `HOST` or `HOST:PORT`, as in the `Host` header.
private struct Authority {
    /// Nil when it is neither.
    let wellFormed: (host: HostName, port: Int?)?

    init(_ text: String) {
        var (name, port) = (text[...], Substring?.none)
        // The colons of an IPv6 address stand in brackets.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            (name, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        let host = HostName(String(name))
        let number = port.flatMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
        let isPortFine = port == nil || number.map { (1...65535).contains($0) } == true
        wellFormed = host.isWellFormed && isPortFine ? (host, number) : nil
    }
}

/// A name or an address, with or without an IPv6 address's brackets.
struct HostName: Sendable, Hashable {
    /// In lower case, without brackets and without a dot at the end.
    let text: String

    init(_ name: String) {
        var text = name.lowercased()
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if text.hasSuffix(".") { text.removeLast() }
        self.text = text
    }

    var isWellFormed: Bool {
        let allowed: (Unicode.Scalar) -> Bool = {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || "-._".unicodeScalars.contains($0)
        }
        return !text.isEmpty && (isAddress || text.unicodeScalars.allSatisfy(allowed))
    }

    /// Whether it is an IPv4 or IPv6 address.
    var isAddress: Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }

    /// Whether it is a name or an address of the own machine, and of nothing else.
    var isLoopback: Bool {
        if text == "localhost" || text.hasSuffix(".localhost") { return true }
        return isAddress && (text.hasPrefix("127.") || text == "::1")
    }
}
