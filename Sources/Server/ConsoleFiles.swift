import ConsolePage
import Network

/// The page's files, which the binary carries.
enum ConsoleFiles {
    /// The file at `path`, if there is one.
    static func response(for path: String) -> HTTPResponse? {
        nil
    }
}
