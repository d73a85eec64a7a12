import Projects

/// What an operator sets when the server starts.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes any free one.
    public var port = 8000
    /// The folder whose YAML files are the projects.
    public var projects = "projects"
    /// The file with the defaults of projects; nil is `defaults.yaml` of the folder, if there is one.
    public var defaults: String?
    /// The file with the projects that were sent; it is made when it is not there.
    public var store = "parley.sqlite"
    /// Variables of the environment that projects may name that were sent.
    public var sentVariables: [VariablePattern] = []
    /// The folder for recordings of conversations; it is made when a project wants one.
    public var recordings = "recordings"
    /// The folder for the memory of callers; nil keeps it in the process, where it ends with it.
    public var memory: String?
    /// The version of this program, for journals.
    public var version = ""
    /// The project of clients that name none; else the first by name.
    public var defaultProject: String?
    /// How far ahead of playout audio is sent.
    public var lead: Duration = .milliseconds(400)
    /// How long running conversations may go on after SIGTERM.
    public var drain: Duration = .seconds(10)
    /// Conversations at once; more are told so and closed with 4503.
    public var maximumConversations = 1000
    /// Utterances transcribed at once by the local recogniser; each takes some 90 MB once it was needed. More wait.
    public var recognizers = 8

    /// The providers that may be used, and their keys.
    public var access = ProviderAccess()
    /// The variables that the headers and signatures of tools may name.
    public var toolEnvironment: [String: String] = [:]
    /// Whether stand-ins play the hosted providers: then nothing costs anything.
    public var providersAreStandIns = false
    /// Whether a project that names a provider without credentials ends the start, instead of a local engine standing in.
    public var isStrict = false
    /// Whether a project with an agent of a class that cannot run here ends the start, instead of a language model standing
    /// in.
    public var refusesStandInAgents = false

    /// Names that the server is reached by, besides `localhost`, IP addresses and `host`.
    public var allowedHosts: [String] = []
    /// Pages of other servers that may use this one.
    public var allowedOrigins: [WebOrigin] = []

    /// The defaults.
    public init() {}
}
