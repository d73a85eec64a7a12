import CCrypto
import Foundation

/// The SHA-256 of bytes that come in pieces.
public struct SHA256: ~Copyable {
    private let context = EVP_MD_CTX_new()

    /// Of nothing yet.
    public init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func add(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// The digest of all bytes, in small hexadecimal digits.
    public consuming func hexadecimal() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The digest of a file, which is read in pieces of 1 MiB.
    /// - Throws: `.missing` or `.inaccessible`.
    public static func ofFile(at path: String) throws(ModelFileError) -> String {
        let digest = SHA256()
        let file = try InputFile(path)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return digest.hexadecimal() }
            buffer.withUnsafeBytes { digest.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
