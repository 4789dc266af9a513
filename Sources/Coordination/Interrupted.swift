/// The run is being stopped: what was going on is left as it is, to be taken up again.
struct Interrupted: Error {}

extension Coordinator {
    /// Throws ``Interrupted`` when the end was asked for.
    func proceed() throws(Interrupted) {
        if stopLevel > .none { throw Interrupted() }
    }
}
