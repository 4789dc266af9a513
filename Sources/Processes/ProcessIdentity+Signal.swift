import CSystem
import Glibc

extension ProcessIdentity {
    /// Sends SIGUSR1, which asks a coordinator to look at its ledger; false when the process has ended.
    ///
    /// A recycled PID is never meant: the signal goes through a descriptor of the very process. One
    /// that does not handle the signal is ended by it.
    package func wake() throws(ProcessError) -> Bool {
        guard isAlive else { return false }
        var descriptor: Int32 = -1
        var code = wt_process_open(pid, start, &descriptor)
        if code == 0 {
            code = wt_process_signal(descriptor, SIGUSR1)
            close(descriptor)
        }
        if code == ESRCH { return false }
        guard code == 0 else { throw .refused(operation: "signal", path: "", code: code) }
        return true
    }
}
