import CCrypto

/// SHA-1 by OpenSSL, several times as fast as libgit2's, which looks for forged collisions as it goes.
struct SHA1: ~Copyable {
    // Made once, never changed.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA1", nil)

    /// Version of OpenSSL in use.
    static var libraryVersion: String { String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)) }

    private let context: OpaquePointer

    init() throws(GitError) {
        guard SHA1.algorithm != nil, let context = EVP_MD_CTX_new() else {
            throw GitError(.unsupported, "hash", "SHA-1")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// The 20 bytes of the hash.
    static func hash(_ bytes: UnsafeRawBufferPointer) throws(GitError) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: 20)
        try SHA1().hash("", bytes, into: &hash)
        return hash
    }

    /// The name that a blob of this content has.
    func blob(_ bytes: UnsafeRawBufferPointer) throws(GitError) -> ObjectID {
        var hash = [UInt8](repeating: 0, count: 20)
        try self.hash("blob \(bytes.count)\0", bytes, into: &hash)
        return hash.withUnsafeBytes { ObjectID(raw: $0, at: 0) }
    }

    /// - Parameter hash: takes 20 bytes.
    private func hash(
        _ header: String, _ bytes: UnsafeRawBufferPointer, into hash: inout [UInt8]
    ) throws(GitError) {
        var header = header
        let isDone =
            EVP_DigestInit_ex2(context, SHA1.algorithm, nil) == 1
            && header.withUTF8 { EVP_DigestUpdate(context, $0.baseAddress, $0.count) } == 1
            && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
            && EVP_DigestFinal_ex(context, &hash, nil) == 1
        guard isDone else { throw GitError(.unsupported, "hash", "SHA-1") }
    }
}
