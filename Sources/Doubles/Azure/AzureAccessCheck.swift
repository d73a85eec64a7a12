import Network
import ProviderTransport

/// What all of Azure's speech services do before they look at a request.
enum AzureAccessCheck {
    /// The refusal of a request that does not show who sends it, with the service's own words.
    static func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let key = request.headers["ocp-apim-subscription-key"] ?? request.query["Ocp-Apim-Subscription-Key"]
        let authorization = request.headers["authorization"] ?? request.query["Authorization"]
        // Browsers cannot set headers on a WebSocket, and a query may leave out the scheme.
        let token = authorization.map { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : $0 }
        if Stage.accepts(key: key ?? token) { return nil }
        return problem(
            401,
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key"
                + " for an active subscription and use a correct regional API endpoint for your resource.")
    }

    /// A refusal that the script wants.
    static func response(_ refusal: Cue.Refusal) -> HTTPResponse {
        var response = problem(refusal.status, reason(refusal.status))
        if let seconds = refusal.retryAfter { response.headers.append((name: "Retry-After", value: "\(seconds)")) }
        return response
    }

    /// An error in the form of the service.
    static func problem(_ status: Int, _ message: String) -> HTTPResponse {
        let error: JSONValue = ["error": ["code": .string("\(status)"), "message": .string(message)]]
        return .json(error.bytes, status: status)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 401: "Access denied due to invalid subscription key or wrong API endpoint."
        case 403: "Out of call volume quota."
        case 429: "Requests have exceeded the rate limit of your current pricing tier."
        default: "The stand-in was told to refuse."
        }
    }
}

/// `POST /sts/v1.0/issueToken`: a token for a key.
public struct AzureTokenStandIn: StandIn {
    /// The stand-in.
    public init() {}

    /// Anything but the one path is none of its own.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? {
        guard request.path.lowercased() == "/sts/v1.0/issuetoken" else { return nil }
        guard request.method == "POST" else { return AzureAccessCheck.problem(405, "Only POST is served here.") }
        stage.journal.note(.azureToken, .request)
        let cue = stage.cue(for: .azureToken)
        let refusal = AzureAccessCheck.refusal(of: request) ?? cue.refusal.map { AzureAccessCheck.response($0) }
        if let refusal {
            stage.journal.note(.azureToken, .refused, "\(refusal.status)")
            return refusal
        }
        // In the form of a JSON Web Token, whose second part nobody but the service reads.
        let token = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.\(USPMessage.newID()).\(USPMessage.newID())"
        return stage.stream(
            .azureToken, cue, headers: [(name: "Content-Type", value: "application/jwt; charset=us-ascii")],
            Stage.Pieces(timed: cue.isSilent ? [] : [Array(token.utf8)], broken: Array("<html>\u{7}".utf8)))
    }
}
