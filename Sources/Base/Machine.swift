import Glibc

/// Facts about the machine that the program runs on.
package enum Machine {
    /// Cores that are switched on, at least 1; a container's share of them is not known here.
    package static var cores: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }
}
