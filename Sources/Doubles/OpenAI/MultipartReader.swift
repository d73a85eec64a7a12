import Foundation
import Network

/// Reads forms with files, as `multipart/form-data` writes them.
enum MultipartReader {
    struct Part: Equatable {
        var name: String
        /// Nil for a plain field.
        var fileName: String?
        var content: [UInt8]
    }

    /// The parts of the request's body; nil when it is not such a form.
    static func parts(of request: HTTPRequest) -> [Part]? {
        guard let type = request.headers["content-type"], type.lowercased().hasPrefix("multipart/form-data"),
            let boundary = parameter("boundary", of: type), (1...200).contains(boundary.utf8.count)
        else { return nil }
        let body = Data(request.body)
        let mark = Data("--\(boundary)".utf8)
        guard var border = body.range(of: mark) else { return nil }
        var parts: [Part] = []
        while true {
            let rest = body[border.upperBound...]
            if rest.starts(with: Data("--".utf8)) { return parts }
            guard rest.starts(with: Data("\r\n".utf8)),
                let next = body.range(of: Data("\r\n".utf8) + mark, in: border.upperBound..<body.endIndex),
                let head = body.range(of: Data("\r\n\r\n".utf8), in: border.upperBound..<next.upperBound),
                head.upperBound <= next.lowerBound
            else { return nil }
            let text = String(decoding: body[border.upperBound..<head.lowerBound], as: UTF8.self)
            let lines = text.components(separatedBy: "\r\n")
            guard let disposition = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
                let name = parameter("name", of: disposition)
            else { return nil }
            parts.append(
                Part(
                    name: name, fileName: parameter("filename", of: disposition),
                    content: Array(body[head.upperBound..<next.lowerBound])))
            border = next
        }
    }

    /// The value of a header's parameter, with or without quotes.
    private static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, pair[0].lowercased() == name else { continue }
            let isQuoted = pair[1].hasPrefix("\"") && pair[1].hasSuffix("\"") && pair[1].count > 1
            return isQuoted ? String(pair[1].dropFirst().dropLast()) : pair[1]
        }
        return nil
    }
}
