import ConsolePage
import Network

/// The page's files, which the binary carries.
enum ConsoleFiles {
    /// The file at `path`, if there is one.
    static func response(for path: String) -> HTTPResponse? {
        guard let file = console_page_find(path) else { return nil }
        let bytes = UnsafeBufferPointer(start: file.pointee.bytes, count: file.pointee.length)
        return HTTPResponse(
            status: 200,
            headers: [
                (name: "Content-Type", value: String(cString: file.pointee.content_type)),
                // A new build brings new files under the same names.
                (name: "Cache-Control", value: "no-cache"),
                (
                    name: "Content-Security-Policy",
                    value:
                        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; worker-src 'self' blob:"
                ),
                (name: "X-Content-Type-Options", value: "nosniff"),
            ], body: Array(bytes))
    }
}
