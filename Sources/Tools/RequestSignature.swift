import CCrypto

/// Shows a tool that a request comes from this server and is fresh.
enum RequestSignature {
    /// The headers of a signed request: the time of signing in seconds since 1970, and `sha256=` with the HMAC-SHA-256 in
    /// small hexadecimal digits over the time, a point and the body.
    static func headers(of body: [UInt8], key: String, at seconds: Int) -> [(name: String, value: String)] {
        let digest = hexadecimal(of: Array("\(seconds).".utf8) + body, key: Array(key.utf8))
        return [
            (name: "X-Parley-Timestamp", value: String(seconds)),
            (name: "X-Parley-Signature", value: "sha256=\(digest)"),
        ]
    }

    /// HMAC-SHA-256 (RFC 2104) in small hexadecimal digits.
    static func hexadecimal(of message: [UInt8], key: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        // Without bytes a key has no address, and libcrypto takes that for "the last key".
        let room = key + [0]
        HMAC(EVP_sha256(), room, Int32(key.count), message, message.count, &digest, &count)
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
