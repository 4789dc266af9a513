import CSodium

extension Digest {
    /// Version of libsodium in use.
    package static var libraryVersion: String { String(cString: sodium_version_string()) }
}
