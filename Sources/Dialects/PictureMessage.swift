import FoundationEssentials
import ProviderKit
import Session

extension Picture {
    /// Reads a data URL: `data:image/png;base64,…`.
    /// - Throws: what is wrong with it; nothing of it is repeated.
    init(dataURL: String) throws(BadInput) {
        let text = dataURL.utf8
        let kinds = Kind.allCases.map { (kind: $0, head: "data:\($0.mediaType);base64,") }
        guard let (kind, head) = kinds.first(where: { text.starts(with: $0.head.utf8) }) else {
            throw BadInput(
                code: "invalid_image",
                message: "'image' is a data URL of PNG, JPEG, WebP or GIF such as data:image/png;base64,…")
        }
        let base64 = text.dropFirst(head.utf8.count)
        guard base64.count <= (Self.largest + 2) / 3 * 4 else { throw Self.tooLarge }
        guard let data = Data(base64Encoded: Data(base64)), !data.isEmpty else {
            throw BadInput(code: "bad_base64", message: "'image' is not base64")
        }
        guard data.count <= Self.largest else { throw Self.tooLarge }
        guard let picture = Picture(kind, Array(data)) else {
            throw BadInput(code: "image_mismatch", message: "what 'image' holds is not of the kind that it names")
        }
        self = picture
    }

    private static var tooLarge: BadInput {
        BadInput(code: "image_too_large", message: "a picture has at most \(largest >> 10) KiB; send a smaller one")
    }
}
