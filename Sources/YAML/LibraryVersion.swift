import CYAML

extension YAMLNode {
    /// Version of libyaml in use.
    package static var libraryVersion: String { String(cString: yaml_get_version_string()) }
}
