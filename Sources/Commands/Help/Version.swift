/// The program's version.
enum Version {
    /// By semantic versioning: the command line and the JSON documents are the interface.
    static let program = "0.1.0"
}
