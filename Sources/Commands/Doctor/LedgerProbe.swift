import Base
import Store

/// The state of the repository's ledger.
enum LedgerProbe {
    /// Opens the ledger below the common directory, if there is one, and checks its chain.
    static func state(below common: AbsolutePath) async -> DoctorFacts.LedgerState {
        do throws(StoreError) {
            guard let ledger = try await Ledger.openExisting(at: common.appending("treeguild"))
            else { return .none }
            return .found(try await ledger.verifyChain())
        } catch {
            return .unreadable(CommandError(error).message)
        }
    }
}
