import Foundation
import Network

/// A project's page of a package index, as PEP 503 describes it: HTML with one link a file.
struct IndexPage {
    /// Where the page was found, after redirects.
    let address: String
    /// The page's HTML.
    let html: String

    /// The page of `project` on the index at `base`.
    /// - Throws: `.notThere` when the index does not have the project; what a request throws.
    static func get(of project: String, from base: String, by client: WebClient) async throws(FetchError) -> IndexPage {
        let accept = "application/vnd.pypi.simple.v1+html, text/html;q=0.9, */*;q=0.1"
        let reply = try await client.get("\(base)/\(project)/", headers: [(name: "Accept", value: accept)])
        guard reply.answer.status == 200 else {
            throw FetchError(
                .notThere, "the index \(host(of: base)) answered with status \(reply.answer.status) for \(project)")
        }
        do {
            let html = try await reply.answer.bytes(limit: 32 << 20)
            return IndexPage(address: reply.address, html: String(decoding: html, as: UTF8.self))
        } catch {
            throw FetchError(network: error)
        }
    }

    /// The address of a file, by its name; nil when the page has no such link.
    func address(of file: String) -> String? {
        for match in html.matches(of: #/href\s*=\s*(?:"([^"]*)"|'([^']*)')/#.ignoresCase()) {
            let link = String(match.1 ?? match.2 ?? "").replacingOccurrences(of: "&amp;", with: "&")
            let target = link.prefix { $0 != "#" && $0 != "?" }
            let name = target.split(separator: "/").last.map(String.init) ?? ""
            guard (name.removingPercentEncoding ?? name) == file else { continue }
            // What follows # is the hash; the list has its own.
            return resolved(String(link.prefix { $0 != "#" }))
        }
        return nil
    }

    /// The absolute address, with the page's user and password when it is on the page's server.
    private func resolved(_ link: String) -> String? {
        guard let page = URL(string: address), let url = URL(string: link, relativeTo: page)?.absoluteURL,
            var parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
            let from = URLComponents(string: address)
        else { return nil }
        if parts.user == nil, parts.host == from.host, parts.port == from.port, parts.scheme == from.scheme {
            parts.percentEncodedUser = from.percentEncodedUser
            parts.percentEncodedPassword = from.percentEncodedPassword
        }
        return parts.string
    }
}
