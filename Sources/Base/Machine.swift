import Glibc

/// Facts about the machine that the program runs on.
package enum Machine {
    /// Cores that are switched on, at least 1; a container's share of them is not known here.
    package static var cores: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

    /// The kernel's name and release, such as `Linux 6.1.0`.
    package static var platform: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "Linux" }
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(name.sysname)) \(text(name.release))"
    }
}
