import CWebSockets

/// OpenSSL, which libwebsockets and libcurl share.
enum TLSLibrary {
    /// Keeps OpenSSL from freeing its tables when the process exits, as it does unless told otherwise before its first use:
    /// service threads may still be at work then, and would end the process with a segmentation fault.
    static let isReady = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
