/// A form with files, as `multipart/form-data` writes it.
struct MultipartForm {
    private let boundary: String
    private var body: [UInt8] = []

    /// An empty form. The boundary is random, so that no part can hold it.
    init() {
        boundary = "parley-\(UInt64.random(in: 0 ... .max))-\(UInt64.random(in: 0 ... .max))"
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The form with its end.
    var finished: [UInt8] { body + Array("--\(boundary)--\r\n".utf8) }

    /// Adds a field. Names are ours and need no escaping.
    mutating func add(_ name: String, _ value: String) {
        body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }

    /// Adds a file.
    mutating func add(_ name: String, fileName: String, type: String, _ content: [UInt8]) {
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(fileName)\"\r\n"
            + "Content-Type: \(type)\r\n\r\n"
        body += Array(head.utf8) + content + [13, 10]
    }
}
